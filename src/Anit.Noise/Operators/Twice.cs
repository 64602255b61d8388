namespace Anit.Noise.Operators;

/// <summary>A letter comes twice: "answer", "ansswer".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>Any letter of the word. Distance: the number of words edited.</remarks>
public sealed record Twice(Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "double", "a letter of a word comes twice", "give the correct answer -> give the correct ansswer", setup => new Twice(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits) => Slips.Propose(text, Strength, rng, edits,
        Slips.IsLetter, (word, at, _) => Slips.Put(word, at, 1, [word[at], word[at]]));
}

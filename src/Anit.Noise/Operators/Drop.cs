namespace Anit.Noise.Operators;

/// <summary>An inner letter is left out: "answer", "answr".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>First and last letter of a run of letters are kept. Distance: the number of words edited.</remarks>
public sealed record Drop(Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "drop", "an inner letter of a word is missing", "give the correct answer -> give the corect answer", setup => new Drop(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits) => Slips.Propose(text, Strength, rng, edits,
        (word, at) => Slips.IsLetter(word, at - 1) && Slips.IsLetter(word, at) && Slips.IsLetter(word, at + 1),
        (word, at, _) => Slips.Put(word, at, 1, []));
}

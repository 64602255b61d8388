namespace Anit.Noise.Operators;

/// <summary>Two neighbouring inner letters change places, a slip of fast typing: "answer", "anwser".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>Belinkov and Bisk (2018), arXiv:1711.02173: one swap a word, first and last letter of a run of letters kept.
/// Distance: the number of words edited.</remarks>
public sealed record Swap(Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "swap", "two inner letters of a word change places", "give the correct answer -> give the correct anwser", setup => new Swap(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits) => Slips.Propose(text, Strength, rng, edits,
        (word, at) => Slips.IsLetter(word, at - 1) && Slips.IsLetter(word, at) && Slips.IsLetter(word, at + 1) && Slips.IsLetter(word, at + 2)
            && word[at] != word[at + 1],
        (word, at, _) => Slips.Put(word, at, 2, [word[at + 1], word[at]]));
}

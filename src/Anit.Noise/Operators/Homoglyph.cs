namespace Anit.Noise.Operators;

/// <summary>A letter gives way to one of another script that looks the same: "give" with a Cyrillic е.</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>Latin to Cyrillic, pairs that Unicode Technical Standard #39 lists as confusable. The eye sees nothing; a tokenizer sees another word.
/// Distance: the number of words edited.</remarks>
public sealed record Homoglyph(Strength Strength) : INoise
{
    const string Latin = "aceiopsxyjABCEHIKMOPSTXYJ";
    const string Cyrillic = "\u0430\u0441\u0435\u0456\u043E\u0440\u0455\u0445\u0443\u0458"
        + "\u0410\u0412\u0421\u0415\u041D\u0406\u041A\u041C\u041E\u0420\u0405\u0422\u0425\u0423\u0408";

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "homoglyph", "a letter gives way to one that looks the same", "give the correct answer -> give the сorrect answer",
        setup => new Homoglyph(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits) => Slips.Propose(text, Strength, rng, edits,
        (word, at) => Latin.Contains(word[at], StringComparison.Ordinal) && !Slips.IsMarked(word, at),
        (word, at, _) => Slips.Put(word, at, 1, [Cyrillic[Latin.IndexOf(word[at], StringComparison.Ordinal)]]));
}

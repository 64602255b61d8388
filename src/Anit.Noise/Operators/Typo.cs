namespace Anit.Noise.Operators;

/// <summary>A finger hits the key beside: "give", "gige".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>Neighbours on the QWERTY keyboard; the case of the letter stays. Only the letters a to z are keys here.
/// Distance: the number of words edited.</remarks>
public sealed record Typo(Strength Strength) : INoise
{
    // The keys around each letter, from a to z.
    static readonly string[] Beside =
    [
        "qwsz", "vghn", "xdfv", "erfcxs", "wrds", "rtgvcd", "tyhbvf", "yujnbg", "uokj", "uiknmh", "iolmj", "opk", "njk",
        "bhjm", "ipkl", "ol", "wa", "etfd", "weadxz", "ryfg", "yijh", "cfgb", "qesa", "zsdc", "tugh", "asx",
    ];

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "typo", "a letter gives way to its neighbour on the keyboard", "give the correct answer -> give the cortect answer",
        setup => new Typo(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits) =>
        Slips.Propose(text, Strength, rng, edits, (word, at) => char.IsAsciiLetter(word[at]) && !Slips.IsMarked(word, at), Hit);

    static string Hit(ReadOnlySpan<char> word, int at, Rng rng)
    {
        var keys = Beside[char.ToLowerInvariant(word[at]) - 'a'];
        var key = keys[rng.Below(keys.Length)];
        return Slips.Put(word, at, 1, [char.IsUpper(word[at]) ? char.ToUpperInvariant(key) : key]);
    }
}

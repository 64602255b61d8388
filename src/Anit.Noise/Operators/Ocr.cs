namespace Anit.Noise.Operators;

/// <summary>Letters are read as others that look like them: "corner", "comer".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>Pairs that optical character recognition confuses; the list was written down for this project.
/// Distance: the number of words edited.</remarks>
public sealed record Ocr(Strength Strength) : INoise
{
    static readonly (string Seen, string Read)[] Confusions =
    [
        ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("li", "h"), ("h", "li"), ("ri", "n"), ("n", "ri"),
        ("o", "0"), ("O", "0"), ("0", "O"), ("l", "1"), ("l", "I"),
        ("I", "l"), ("1", "l"), ("i", "l"), ("S", "5"), ("5", "S"), ("B", "8"),
        ("8", "B"), ("Z", "2"), ("2", "Z"), ("g", "9"), ("e", "c"), ("c", "e"), ("h", "b"), ("b", "6"), ("t", "f"), ("f", "t"), ("u", "v"),
        ("v", "u"), ("a", "o"),
    ];

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "ocr", "letters are misread, as a scanner does", "give the correct answer -> give the correct answcr", setup => new Ocr(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits) =>
        Slips.Propose(text, Strength, rng, edits, (word, at) => Readings(word, at) > 0, Misread);

    static int Readings(ReadOnlySpan<char> word, int at)
    {
        var found = 0;
        foreach (var (seen, _) in Confusions)
            if (Stands(word, at, seen)) found++;
        return found;
    }

    static string Misread(ReadOnlySpan<char> word, int at, Rng rng)
    {
        var left = rng.Below(Readings(word, at));
        foreach (var (seen, read) in Confusions)
            if (Stands(word, at, seen) && left-- == 0) return Slips.Put(word, at, seen.Length, read);
        throw new InvalidOperationException("a reading was counted that is not there");
    }

    static bool Stands(ReadOnlySpan<char> word, int at, string seen) => word[at..].StartsWith(seen) && !Slips.IsMarked(word, at + seen.Length - 1);
}

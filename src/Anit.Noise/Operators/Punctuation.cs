namespace Anit.Noise.Operators;

/// <summary>A mark at the end of a word goes, comes or changes: "answer.", "answer", "answer;".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>A word that ends in punctuation loses its last mark or gets another in its place (a coin); any other word gets one of , . ; : ! ? at its
/// end. Distance: the number of words edited, for punctuation belongs to its word.</remarks>
public sealed record Punctuation(Strength Strength) : INoise
{
    const string Marks = ",.;:!?";

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "punctuation", "a mark at the end of a word goes, comes or changes", "give the correct answer. -> give the correct answer;",
        setup => new Punctuation(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var words = Slips.Fit(text, Strength, rng, static _ => true);
        foreach (var position in words)
            edits.Add(new(text.Start(position), text.Word(position).Length, Other(text.Word(position), rng).AsMemory()));
        return words.Length;
    }

    static string Other(ReadOnlySpan<char> word, Rng rng)
    {
        var last = word[^1];
        if (!char.IsPunctuation(last)) return Slips.Put(word, word.Length, 0, [Marks[rng.Below(Marks.Length)]]);
        if (word.Length > 1 && rng.Coin()) return word[..^1].ToString();
        var other = Marks.Replace(last.ToString(), "", StringComparison.Ordinal);
        return Slips.Put(word, word.Length - 1, 1, [other[rng.Below(other.Length)]]);
    }
}

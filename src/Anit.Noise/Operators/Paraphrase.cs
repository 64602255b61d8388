namespace Anit.Noise.Operators;

/// <summary>Says it in other words, by a table of phrases: what back-translation or a language model made beforehand.</summary>
/// <param name="Phrases">The table.</param>
/// <param name="Strength">How many words at most, but for the last phrase drawn.</param>
/// <remarks>Phrases are found by whole words, without case and without the punctuation around them, the longest first. Found ones are drawn
/// until they have k words together; at least one is taken. The distance is whatever comes out.</remarks>
public sealed record Paraphrase(PhraseTable Phrases, Strength Strength) : INoise
{
    static readonly NoiseSetting Table = new("--paraphrases", "Table of other words for phrases: columns phrase, paraphrase.")
    {
        Columns = ["phrase", "paraphrase"], Required = true, Sample = [["the correct answer", "what is right"]],
    };

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "paraphrase", "phrases of a table are put in other words", "give the correct answer -> give what is right",
        setup => new Paraphrase(new((setup.Table(Table) ?? []).Select(r => (r[0], r[1]))), setup.Strength)) { Settings = [Table] };

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var k = Strength.Draw(text.Count, rng);
        if (k == 0) return 0;
        var found = Phrases.Find(text);
        int[] order = [.. Enumerable.Range(0, found.Count)];
        rng.Draw(order, order.Length);
        var words = 0;
        foreach (var which in order)
        {
            if (words >= k) break;
            var (first, count, others) = found[which];
            edits.Add(Put(text, first, count, others[rng.Below(others.Count)]));
            words += count;
        }
        return words;
    }

    // Punctuation around the phrase stays, and so does a capital at its beginning.
    static Edit Put(SegmentedText text, int first, int count, string other)
    {
        var (left, right) = (UnicodeForms.Core(text.Word(first)), UnicodeForms.Core(text.Word(first + count - 1)));
        var start = text.Start(first) + left.Start.GetOffset(text.Word(first).Length);
        var end = text.Start(first + count - 1) + right.End.GetOffset(text.Word(first + count - 1).Length);
        if (other.Length > 0 && char.IsUpper(text.Text.Span[start])) other = $"{char.ToUpperInvariant(other[0])}{other[1..]}";
        return new(start, end - start, other.AsMemory());
    }
}

/// <summary>Phrases and other words for them.</summary>
/// <param name="pairs">Phrase and paraphrase; a phrase may come several times, then one is drawn.</param>
public sealed class PhraseTable(IEnumerable<(string Phrase, string Paraphrase)> pairs)
{
    readonly Dictionary<string, List<string>> table = pairs.GroupBy(p => Key(p.Phrase), p => p.Paraphrase, StringComparer.Ordinal)
        .Where(g => g.Key.Length > 0)
        .ToDictionary(g => g.Key, g => g.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
    int longest = -1;

    /// <summary>The number of different phrases.</summary>
    public int Count => table.Count;

    /// <summary>The phrases of a text whose words are all free, from left to right: first word, number of words, what may stand there.</summary>
    internal List<(int First, int Count, List<string> Others)> Find(SegmentedText text)
    {
        if (longest < 0) longest = table.Keys.Select(k => k.Count(' '.Equals) + 1).DefaultIfEmpty(0).Max();
        var words = new string[text.Count];
        for (var i = 0; i < words.Length; i++) words[i] = Word(text.Word(i));
        var found = new List<(int, int, List<string>)>();
        for (var i = 0; i < words.Length; i++)
        {
            for (var n = Math.Min(longest, words.Length - i); n > 0; n--)
            {
                if (!table.TryGetValue(string.Join(' ', words, i, n), out var others) || !AllFree(text, i, n)) continue;
                found.Add((i, n, others));
                i += n - 1;
                break;
            }
        }
        return found;
    }

    static bool AllFree(SegmentedText text, int first, int count)
    {
        for (var i = first; i < first + count; i++)
            if (!text.IsFree(i)) return false;
        return true;
    }

    static string Key(string phrase) => string.Join(' ', Words.In(phrase, Segmenter.Whitespace).Select(r => Word(phrase.AsSpan()[r])));

    static string Word(ReadOnlySpan<char> word) => UnicodeForms.Nfc(word[UnicodeForms.Core(word)]).ToLowerInvariant();
}

using System.Text;

namespace Anit.Noise;

/// <summary>Gathers a vocabulary from the texts of a dataset: words of letters only, lower case, in ordinal order. Bounded, and the same for any
/// order of the rows.</summary>
/// <remarks>Where there are more words than places, those with the smallest keyed hash are kept.</remarks>
/// <param name="seed">The user's seed.</param>
/// <param name="most">How many words to keep.</param>
public sealed class VocabularyBuilder(ulong seed, int most = 100_000)
{
    const int LongestWord = 64;
    readonly KeyedStreams keys = new(seed, "vocabulary");
    readonly SortedSet<(ulong Low, ulong High, string Word)> ranked = new(Comparer<(ulong Low, ulong High, string Word)>.Create(Compare));
    readonly HashSet<string> kept = new(StringComparer.Ordinal);
    readonly WordSpans spans = new();

    /// <summary>Offers the words of a text.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8).AsSpan();
        spans.Find(text, Segmenter.Auto);
        var lookup = kept.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[LongestWord];
        for (var i = 0; i < spans.Count; i++)
        {
            var word = text[spans.Start(i)..spans.End(i)];
            word = word[UnicodeForms.Core(word)];
            if (word.Length is 0 or > LongestWord || !ContextPool.IsLetters(word)) continue;
            var size = word.ToLowerInvariant(lower);
            if (size > 0 && !lookup.Contains(lower[..size])) Offer(lower[..size].ToString());
        }
    }

    /// <summary>The vocabulary.</summary>
    public Vocabulary Build(string source) => new(kept.Order(StringComparer.Ordinal), source);

    void Offer(string word)
    {
        var key = keys.Of(word);
        var entry = (key.Low, key.High, word);
        if (ranked.Count == most)
        {
            if (Compare(entry, ranked.Max) > 0) return;
            kept.Remove(ranked.Max.Word);
            ranked.Remove(ranked.Max);
        }
        ranked.Add(entry);
        kept.Add(word);
    }

    static int Compare((ulong Low, ulong High, string Word) a, (ulong Low, ulong High, string Word) b) =>
        (a.Low, a.High) != (b.Low, b.High) ? (a.Low, a.High).CompareTo((b.Low, b.High)) : string.CompareOrdinal(a.Word, b.Word);
}

namespace Anit.Noise.Operators;

/// <summary>In-context padding: puts k words from the texts of other samples before or after the instruction.</summary>
/// <param name="Pool">Texts of other training samples.</param>
/// <param name="Strength">How many words.</param>
/// <remarks>Texts are drawn until they give k words that are purely letters; the first or last k of those (a coin) go before or after the instruction
/// (a coin), one blank between. Where the pool has fewer words, as many as there are. Distance: the number of words added.</remarks>
public sealed record Pad(ContextPool Pool, Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "pad", "words of other rows' texts stand before or after", "give the correct answer -> capital of give the correct answer",
        setup => new Pad(setup.Texts, setup.Strength)) { Needs = NoiseNeeds.Texts, IsOfPaper = true };

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var n = text.Count;
        var k = Strength.Draw(n, rng);
        if (k == 0) return 0;

        var words = Pool.Draw(text, k, rng);
        k = Math.Min(k, words.Count);
        var from = rng.Coin() ? 0 : words.Count - k;
        var before = rng.Coin();
        for (var i = 0; i < k; i++)
        {
            var word = words[from + i].AsMemory();
            edits.Add(before ? new(text.Start(0), 0, word, Blank.After) : new(text.End(n - 1), 0, word, Blank.Before));
        }
        return k;
    }
}

/// <summary>The words of other samples' texts, from which <see cref="Pad"/> draws. Holds a bounded sample of them, the same for any order of the
/// rows.</summary>
/// <remarks>Kept are the texts whose keyed hash is smallest: which ones depends on the seed and the row ids alone.</remarks>
public sealed class ContextPool
{
    /// <summary>How many texts a pool keeps.</summary>
    public const int MostTexts = 4096;

    const int MostWords = 1024; // of one text
    readonly List<(byte[] Id, string[] Words)> texts = [];

    /// <summary>The number of texts.</summary>
    public int Count => texts.Count;

    /// <summary>Adds a text; the builder decides which ones are kept.</summary>
    /// <param name="id">The id of the row it belongs to, empty for a text from elsewhere.</param>
    /// <param name="text">The text.</param>
    public void Add(ReadOnlySpan<byte> id, ReadOnlySpan<char> text)
    {
        var words = Letters(text);
        if (words.Length > 0) texts.Add((id.ToArray(), words));
    }

    /// <summary>Words that are purely letters, in text order, from enough random texts of other rows; fewer than <paramref name="k"/> only where the
    /// pool has no more.</summary>
    internal IReadOnlyList<string> Draw(SegmentedText row, int k, Rng rng)
    {
        List<string>? words = null;
        Dictionary<int, int>? moved = null; // a Fisher-Yates shuffle of the texts, written down only where it moved something
        for (var i = 0; i < texts.Count && (words is null || words.Count < k); i++)
        {
            var j = i + rng.Below(texts.Count - i);
            var (id, text) = texts[moved?.GetValueOrDefault(j, j) ?? j];
            if (i == 0 && text.Length >= k && row.Forbidden is null && !row.Id.SequenceEqual(id)) return text; // as a rule one text is enough
            moved ??= [];
            moved[j] = moved.GetValueOrDefault(i, i);
            if (id.Length > 0 && row.Id.SequenceEqual(id)) continue;
            words ??= [];
            foreach (var word in text)
                if (row.Forbidden?.Contains(word) != true) words.Add(word);
        }
        return words ?? [];
    }

    internal static string[] Letters(ReadOnlySpan<char> text)
    {
        var spans = new WordSpans();
        spans.Find(text, Segmenter.Auto);
        var words = new List<string>();
        for (var i = 0; i < spans.Count && words.Count < MostWords; i++)
        {
            var word = text[spans.Start(i)..spans.End(i)];
            if (IsLetters(word)) words.Add(word.ToString());
        }
        return [.. words];
    }

    internal static bool IsLetters(ReadOnlySpan<char> word)
    {
        foreach (var rune in word.EnumerateRunes())
            if (!System.Text.Rune.IsLetter(rune)) return false;
        return word.Length > 0;
    }
}

/// <summary>Gathers a <see cref="ContextPool"/> from a stream of rows.</summary>
/// <param name="seed">The user's seed.</param>
/// <param name="most">How many texts to keep.</param>
public sealed class ContextPoolBuilder(ulong seed, int most = ContextPool.MostTexts)
{
    readonly KeyedStreams keys = new(seed, "pool");
    readonly PriorityQueue<(byte[] Id, string Text), (ulong, ulong)> kept = new(Comparer<(ulong, ulong)>.Create((a, b) => b.CompareTo(a)));

    /// <summary>Offers a row's text.</summary>
    public void Add(ReadOnlySpan<byte> id, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        var key = keys.Of(id);
        var rank = (key.Low, key.High);
        if (kept.Count == most && kept.TryPeek(out _, out var worst) && rank.CompareTo(worst) >= 0) return;
        var words = System.Text.Encoding.UTF8.GetString(text);
        if (ContextPool.Letters(words).Length == 0) return;
        kept.Enqueue((id.ToArray(), words), rank);
        if (kept.Count > most) kept.Dequeue();
    }

    /// <summary>The pool of the texts kept, in the order of their keys.</summary>
    public ContextPool Build()
    {
        var pool = new ContextPool();
        var rows = new List<((byte[] Id, string Text) Row, (ulong, ulong) Rank)>();
        foreach (var (row, rank) in kept.UnorderedItems) rows.Add((row, rank));
        rows.Sort((a, b) => a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : string.CompareOrdinal(a.Row.Text, b.Row.Text));
        foreach (var (row, _) in rows) pool.Add(row.Id, row.Text);
        return pool;
    }
}

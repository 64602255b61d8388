using System.Text.Json;

namespace Anit.Noise.Tables;

/// <summary>What noise did to a dataset, counted; parts add up in any order.</summary>
public sealed class NoiseTally
{
    readonly SortedDictionary<string, long> kinds = new(StringComparer.Ordinal), words = new(StringComparer.Ordinal);
    readonly SortedDictionary<int, long> wanted = [], edits = [];
    readonly DistanceStatistics distances = new();
    readonly HashSet<ulong> texts = [];

    /// <summary>The most distinct texts that are counted.</summary>
    public const int MostDistinct = 1 << 16;

    /// <summary>Rows, clean ones too.</summary>
    public long Rows { get; internal set; }

    /// <summary>Noisy rows.</summary>
    public long Noisy { get; private set; }

    /// <summary>Noisy rows whose text is the clean one.</summary>
    public long Unchanged { get; private set; }

    /// <summary>Different noisy texts; where it is <see cref="MostDistinct"/>, there may be more.</summary>
    public int Distinct => texts.Count;

    /// <summary>Rows padded with fewer words than wanted, because the pool has no more.</summary>
    public long PoolTooSmall { get; private set; }

    /// <summary>Adds what another part counted.</summary>
    public void Merge(NoiseTally other)
    {
        Rows += other.Rows;
        Noisy += other.Noisy;
        Unchanged += other.Unchanged;
        PoolTooSmall += other.PoolTooSmall;
        Merge(kinds, other.kinds);
        Merge(words, other.words);
        Merge(wanted, other.wanted);
        Merge(edits, other.edits);
        distances.Merge(other.distances);
        foreach (var text in other.texts) Seen(text);
    }

    internal void Add(Noised made, ReadOnlySpan<char> text)
    {
        Noisy++;
        Seen(TextHash.Of(text));
        if (made.Unchanged) Unchanged++;
        if (made.Noise.Description.Needs.HasFlag(NoiseNeeds.Texts) && made.Edited < made.Wanted) PoolTooSmall++;
        One(kinds, made.Noise.Name);
        One(wanted, made.Wanted);
        One(edits, made.Edited);
    }

    internal void AddWords(Noised made, Noiser noiser, WordDistance distance)
    {
        distances.Add(distance.Between(noiser.Clean.Text.Span, noiser.Text, noiser.Clean.Graphemes ? Segmenter.Grapheme : Segmenter.Whitespace));
        if (!made.Noise.Description.Needs.HasFlag(NoiseNeeds.Vocabulary)) return;
        foreach (var edit in noiser.Applied) One(words, edit.Text.ToString());
    }

    /// <summary>Writes the counts into an open JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("rows", Rows);
        json.WriteNumber("noisy", Noisy);
        json.WriteNumber("unchanged", Unchanged);
        json.WriteNumber("distinct_texts", Distinct);
        json.WriteNumber("pool_too_small", PoolTooSmall);
        Write(json, "noise", kinds);
        Write(json, "k", wanted);
        Write(json, "edits", edits);
        json.WriteStartObject("distance");
        json.WriteNumber("n", distances.Rows);
        json.WriteNumber("sum", distances.Sum);
        json.WriteNumber("d_min", distances.Min);
        json.WriteNumber("d_max", distances.Max);
        Write(json, "histogram", distances.Histogram);
        json.WriteEndObject();
        Write(json, "words", words);
    }

    void Seen(ulong text)
    {
        if (texts.Count < MostDistinct) texts.Add(text);
    }

    static void Write<TKey>(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<TKey, long>> counts) where TKey : notnull
    {
        json.WriteStartObject(name);
        foreach (var (key, count) in counts) json.WriteNumber($"{key}", count);
        json.WriteEndObject();
    }

    static void One<TKey>(SortedDictionary<TKey, long> counts, TKey key) where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;

    static void Merge<TKey>(SortedDictionary<TKey, long> counts, SortedDictionary<TKey, long> other) where TKey : notnull
    {
        foreach (var (key, count) in other) counts[key] = counts.GetValueOrDefault(key) + count;
    }
}

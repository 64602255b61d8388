using System.Runtime.InteropServices;

namespace Anit.Noise.Tables;

/// <summary>A pair of texts to show.</summary>
/// <param name="Id">The row's.</param>
/// <param name="Clean">The clean text.</param>
/// <param name="Noisy">The noisy text.</param>
/// <param name="Moved">How far it moved.</param>
public sealed record NoisyPair(string Id, string Clean, string Noisy, Moved Moved);

/// <summary>What pictures of a noisy dataset show, by kind of noise: how many rows moved how far, how many texts differ, and a pair for each
/// distance. Parts add up in any order.</summary>
public sealed class DistanceSurvey
{
    readonly SortedDictionary<string, KindSurvey> kinds = new(StringComparer.Ordinal);

    /// <summary>Rows, clean ones too.</summary>
    public long Rows { get; set; }

    /// <summary>The kinds by name.</summary>
    public IReadOnlyDictionary<string, KindSurvey> Kinds => kinds;

    /// <summary>All kinds together, without examples.</summary>
    public KindSurvey All()
    {
        var all = new KindSurvey();
        foreach (var kind in kinds.Values) all.Merge(kind);
        return all;
    }

    /// <summary>Adds a noisy row.</summary>
    public void Add(string kind, NoisyPair pair)
    {
        if (!kinds.TryGetValue(kind, out var survey)) kinds[kind] = survey = new();
        survey.Add(pair);
    }

    /// <summary>Adds another part.</summary>
    public void Merge(DistanceSurvey other)
    {
        Rows += other.Rows;
        foreach (var (name, part) in other.kinds)
        {
            if (!kinds.TryGetValue(name, out var survey)) kinds[name] = survey = new();
            survey.Merge(part);
        }
    }
}

/// <summary>The rows of one kind of noise.</summary>
public sealed class KindSurvey
{
    /// <summary>The most different texts that are counted; where so many were found, there may be more.</summary>
    public const int MostDistinct = 1 << 20;

    readonly DistanceStatistics statistics = new();
    readonly Dictionary<Moved, long> moved = [];
    readonly HashSet<ulong> texts = [];
    readonly SortedDictionary<int, (ulong Rank, NoisyPair Pair)> examples = [];

    /// <summary>Sums and the histogram of the distances.</summary>
    public DistanceStatistics Distances => statistics;

    /// <summary>Different noisy texts, at most <see cref="MostDistinct"/>.</summary>
    public int Distinct => texts.Count;

    /// <summary>The distortions on a scale, with how many rows have each.</summary>
    public IEnumerable<(double Distortion, long Count)> On(DistanceScale scale) => moved.Select(m => (scale.Of(m.Key), m.Value));

    /// <summary>The distance that so large a share of the rows does not exceed.</summary>
    public int Quantile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * statistics.Rows));
        var seen = 0L;
        foreach (var (distance, count) in statistics.Histogram)
            if ((seen += count) >= wanted) return distance;
        return statistics.Max;
    }

    /// <summary>A pair that moved so far, or about so far where distances are long; null where there is none.</summary>
    public NoisyPair? Example(int distance) => examples.TryGetValue(Bucket(distance), out var found) ? found.Pair : null;

    internal void Add(NoisyPair pair)
    {
        statistics.Add(pair.Moved);
        moved[pair.Moved] = moved.GetValueOrDefault(pair.Moved) + 1;
        if (texts.Count < MostDistinct) texts.Add(Hash(pair.Noisy));
        Show(Bucket(pair.Moved.Distance), Hash(pair.Id), pair);
    }

    internal void Merge(KindSurvey other)
    {
        statistics.Merge(other.statistics);
        foreach (var (how, count) in other.moved) moved[how] = moved.GetValueOrDefault(how) + count;
        foreach (var text in other.texts)
            if (texts.Count < MostDistinct) texts.Add(text);
        foreach (var (bucket, (rank, pair)) in other.examples) Show(bucket, rank, pair);
    }

    // One pair a distance, chosen by its id, whatever the order of the rows.
    void Show(int bucket, ulong rank, NoisyPair pair)
    {
        if (!examples.TryGetValue(bucket, out var before) || rank < before.Rank
            || (rank == before.Rank && string.CompareOrdinal(pair.Id, before.Pair.Id) < 0)) examples[bucket] = (rank, pair);
    }

    // The 6 leading bits: distances up to 63 words have a pair each, longer ones share one, so that few are kept.
    static int Bucket(int distance)
    {
        var shift = Math.Max(0, 26 - int.LeadingZeroCount(distance));
        return distance >> shift << shift;
    }

    static ulong Hash(string text) => SipHash.Of(0, 0, MemoryMarshal.AsBytes(text.AsSpan())).Low;
}

using System.Collections.Concurrent;

namespace Anit.Noise.Tables;

/// <summary>How far one noisy text moved: the distortion, and the words where words were counted.</summary>
/// <param name="Distortion">0 to 1.</param>
/// <param name="Distance">Words; null where vectors were compared.</param>
public readonly record struct Score(double Distortion, int? Distance);

/// <summary>A way to score pairs of texts in two passes: look at all, then give each its distortion. Safe for several threads.</summary>
public interface IScoring
{
    /// <summary>Looks at some pairs of clean and noisy texts.</summary>
    void Look(IEnumerable<(int Row, string Clean, string Noisy)> pairs);

    /// <summary>The score of a pair, after every pair was looked at.</summary>
    Score Of(string clean, string noisy);

    /// <summary>What is known of the dataset after every pair was looked at.</summary>
    DistortionFacts Facts(BetaScope scope);
}

/// <summary>Rule-based estimation: word-level Levenshtein distance, normalised.</summary>
/// <param name="normalization">How distances become distortions.</param>
/// <param name="stored">The scale of another dataset to use; null to take this one's.</param>
/// <param name="segmenter">What counts as a word.</param>
public sealed class RbeScoring(Normalization normalization, DistanceScale? stored = null, Segmenter segmenter = Segmenter.Auto) : IScoring
{
    readonly ConcurrentBag<WordDistance> idle = [];
    readonly DistanceStatistics statistics = new();
    DistanceScale? own;

    /// <summary>The scale in use; to be asked for after every pair was looked at.</summary>
    public DistanceScale Scale => stored ?? (own ??= statistics.Scale(normalization));

    /// <summary>How many rows have each distance.</summary>
    public IReadOnlyDictionary<int, long> Histogram => statistics.Histogram;

    /// <inheritdoc/>
    public void Look(IEnumerable<(int Row, string Clean, string Noisy)> pairs)
    {
        var part = new DistanceStatistics();
        foreach (var (_, clean, noisy) in pairs) part.Add(Between(clean, noisy));
        lock (statistics) statistics.Merge(part);
    }

    /// <inheritdoc/>
    public Score Of(string clean, string noisy)
    {
        var moved = Between(clean, noisy);
        return new(Scale.Of(moved), moved.Distance);
    }

    /// <inheritdoc/>
    public DistortionFacts Facts(BetaScope scope) => new()
    {
        Method = "rbe", Scope = scope, Beta = statistics.Beta(Scale), Rows = statistics.Rows, Normalize = Scale.Normalization,
        Sum = statistics.Sum, Min = Scale.Min, Max = Scale.Max, Degenerate = statistics.Rows > 0 && Scale.IsDegenerate, Stored = stored is not null,
    };

    Moved Between(string clean, string noisy)
    {
        if (!idle.TryTake(out var distance)) distance = new();
        try { return distance.Between(clean, noisy, segmenter); }
        finally { idle.Add(distance); }
    }
}

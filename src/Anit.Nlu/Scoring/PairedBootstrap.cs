namespace Anit.Nlu.Scoring;

/// <summary>The difference of two runs' Micro-F1 with its confidence interval.</summary>
/// <param name="F1A">Micro-F1 of the first run.</param>
/// <param name="F1B">Micro-F1 of the second run.</param>
/// <param name="Low">Lower end of the interval of B minus A.</param>
/// <param name="High">Upper end.</param>
/// <param name="PValue">Two-sided: twice the smaller share of resamples on either side of zero, at most 1.</param>
public sealed record Difference(double? F1A, double? F1B, double? Low, double? High, double? PValue)
{
    /// <summary>B minus A; null when either is undefined.</summary>
    public double? Delta => F1B - F1A;
}

/// <summary>Resamples rows, the same rows for both runs, to see how sure a difference between them is.</summary>
/// <remarks>Efron and Tibshirani (1993), An Introduction to the Bootstrap, percentile interval; paired over rows as in Koehn (2004),
/// Statistical Significance Tests for Machine Translation Evaluation.</remarks>
public static class PairedBootstrap
{
    /// <summary>Compares two runs over the same rows in the same order.</summary>
    /// <param name="a">Counts a row of the first run.</param>
    /// <param name="b">Counts a row of the second run.</param>
    /// <param name="resamples">Number of resamples.</param>
    /// <param name="seed">Seed of the draws; the same seed gives the same interval.</param>
    /// <param name="level">Coverage of the interval, 0 to 1.</param>
    public static Difference Compare(IReadOnlyList<Counts> a, IReadOnlyList<Counts> b, int resamples = 1_000, ulong seed = 42, double level = 0.95)
    {
        if (a.Count != b.Count) throw new ArgumentException($"{a.Count} rows against {b.Count}; compare two runs over the same rows", nameof(b));
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);

        var deltas = new List<double>(resamples);
        for (var draw = 0; draw < resamples; draw++)
        {
            if (Resampled(a, b, ref seed) is { } delta) deltas.Add(delta);
        }
        deltas.Sort();
        var (f1A, f1B) = (Sum(a).F1, Sum(b).F1);
        if (deltas.Count == 0) return new(f1A, f1B, null, null, null);

        var tail = (1 - level) / 2;
        var sides = Math.Min(deltas.Count(d => d <= 0), deltas.Count(d => d >= 0));
        return new(f1A, f1B, Bootstrap.Quantile(deltas, tail), Bootstrap.Quantile(deltas, 1 - tail), Math.Min(1, 2.0 * sides / deltas.Count));
    }

    static double? Resampled(IReadOnlyList<Counts> a, IReadOnlyList<Counts> b, ref ulong state)
    {
        var (sumA, sumB) = (new Counts(), new Counts());
        for (var i = 0; i < a.Count; i++)
        {
            var row = Bootstrap.Below(a.Count, ref state);
            sumA += a[row];
            sumB += b[row];
        }
        return sumB.F1 - sumA.F1;
    }

    static Counts Sum(IEnumerable<Counts> counts) => counts.Aggregate(new Counts(), Counts.Add);
}

/// <summary>Mean and standard deviation of a measure over several runs, seeds for instance.</summary>
/// <param name="Runs">Number of runs.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Sample standard deviation (n - 1); null for one run.</param>
public sealed record Spread(int Runs, double Mean, double? Deviation)
{
    /// <summary>Mean and deviation of values; null when there is none.</summary>
    public static Spread? Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0) return null;
        var mean = values.Average();
        return new(values.Count, mean, values.Count == 1 ? null : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
    }
}

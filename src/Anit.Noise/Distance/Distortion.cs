namespace Anit.Noise.Distance;

/// <summary>How a word distance becomes a distortion between 0 and 1.</summary>
public enum Normalization
{
    /// <summary>Eq. 1 of the method: (d - d_min) / (d_max - d_min) over the noisy rows; d / max(n, n') where all d are equal.</summary>
    MinMax,

    /// <summary>d / max(n, n'): the share of the longer text.</summary>
    Length,

    /// <summary>The row's mean rank among the noisy rows, from 0 to 1.</summary>
    Rank,
}

/// <summary>The scale on which distances of a dataset are measured, kept so that later data use the same one.</summary>
/// <param name="Normalization">How.</param>
/// <param name="Min">d_min of the noisy rows that set the scale.</param>
/// <param name="Max">d_max.</param>
/// <param name="Ranks">For <see cref="Normalization.Rank"/>: distance to mean rank.</param>
public sealed record DistanceScale(Normalization Normalization, int Min, int Max, IReadOnlyDictionary<int, double>? Ranks = null)
{
    /// <summary>Whether Eq. 1 would be 0/0, and the share of the longer text stands in.</summary>
    public bool IsDegenerate => Normalization == Normalization.MinMax && Max <= Min;

    /// <summary>The distortion d' of a row, 0 to 1; distances beyond the scale are clamped.</summary>
    public double Of(Moved moved) => Normalization switch
    {
        Normalization.MinMax when !IsDegenerate => Math.Clamp((double)(moved.Distance - Min) / (Max - Min), 0, 1),
        Normalization.Rank => Ranks!.TryGetValue(moved.Distance, out var rank) ? rank
            : throw new ArgumentOutOfRangeException(nameof(moved), moved.Distance, "a distance without a rank"),
        _ => moved.Share,
    };
}

/// <summary>What the noisy rows of a dataset moved in all. Sums are whole numbers, so parts merge in any order to the same bits.</summary>
public sealed class DistanceStatistics
{
    readonly SortedDictionary<int, long> histogram = [];
    UnitSum shares;

    /// <summary>Noisy rows, n.</summary>
    public long Rows { get; private set; }

    /// <summary>Sum of the distances.</summary>
    public long Sum { get; private set; }

    /// <summary>d_min; 0 without rows.</summary>
    public int Min => histogram.Count == 0 ? 0 : histogram.First().Key;

    /// <summary>d_max; 0 without rows.</summary>
    public int Max => histogram.Count == 0 ? 0 : histogram.Last().Key;

    /// <summary>How many rows have each distance, by distance.</summary>
    public IReadOnlyDictionary<int, long> Histogram => histogram;

    /// <summary>Counts a noisy row.</summary>
    public void Add(Moved moved)
    {
        Rows++;
        Sum += moved.Distance;
        histogram[moved.Distance] = histogram.GetValueOrDefault(moved.Distance) + 1;
        shares.Add(moved.Share);
    }

    /// <summary>Adds what another part of the dataset moved.</summary>
    public void Merge(DistanceStatistics other)
    {
        Rows += other.Rows;
        Sum += other.Sum;
        foreach (var (d, count) in other.histogram) histogram[d] = histogram.GetValueOrDefault(d) + count;
        shares.Add(other.shares);
    }

    /// <summary>The scale that these rows set.</summary>
    public DistanceScale Scale(Normalization normalization) =>
        new(normalization, Min, Max, normalization == Normalization.Rank ? Ranks() : null);

    /// <summary>beta = mean of d' over the noisy rows (Eq. 2), 0 without any.</summary>
    public double Beta(DistanceScale scale)
    {
        if (Rows == 0) return 0;
        if (scale.Normalization == Normalization.Length || scale.IsDegenerate) return shares.Mean(Rows);
        if (scale.Normalization == Normalization.MinMax && scale.Min <= Min && Max <= scale.Max)
            return (double)(Sum - Rows * scale.Min) / ((double)Rows * (scale.Max - scale.Min)); // whole numbers until the last step
        var sum = new UnitSum();
        foreach (var (d, count) in histogram) sum.Add(scale.Of(new(d, 0, 0)), count);
        return sum.Mean(Rows);
    }

    Dictionary<int, double> Ranks()
    {
        var ranks = new Dictionary<int, double>();
        var smaller = 0L;
        foreach (var (d, count) in histogram)
        {
            ranks[d] = Rows == 1 ? 0.5 : (smaller + (count - 1) / 2.0) / (Rows - 1);
            smaller += count;
        }
        return ranks;
    }
}

/// <summary>A sum of numbers in [0, 1] that does not depend on their order: each is rounded to a multiple of 2^-60 once, the rest is whole-number
/// arithmetic.</summary>
public struct UnitSum
{
    const double Scale = 1L << 60;
    UInt128 sum;

    /// <summary>Adds a number, so many times.</summary>
    public void Add(double unit, long times = 1) => sum += (UInt128)(ulong)Math.Round(unit * Scale) * (ulong)times;

    /// <summary>Adds another sum.</summary>
    public void Add(UnitSum other) => sum += other.sum;

    /// <summary>The mean of so many numbers.</summary>
    public readonly double Mean(long count) => count == 0 ? 0 : (double)((sum + (UInt128)(count / 2)) / (UInt128)count) / Scale;

    /// <summary>The sum.</summary>
    public readonly double Value => (double)sum / Scale;
}

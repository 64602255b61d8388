namespace Anit.Nlu.Scoring;

/// <summary>What every bootstrap needs: draws and quantiles.</summary>
static class Bootstrap
{
    /// <summary>A uniform whole number from 0 to <paramref name="n"/> - 1.</summary>
    /// <remarks>SplitMix64 of Steele, Lea and Flood (2014), Fast Splittable Pseudorandom Number Generators. Anit.Models has one too, but scoring
    /// needs no libtorch, and Anit.Data, which is all that both could share, has no use for random numbers.</remarks>
    public static int Below(int n, ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return (int)((UInt128)(z ^ z >> 31) * (uint)n >> 64);
    }

    /// <summary>A quantile of sorted values, linear between neighbours.</summary>
    public static double Quantile(List<double> sorted, double share)
    {
        var at = share * (sorted.Count - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}

namespace Anit.Noise.Distance;

/// <summary>How far off a mean over rows may be: a percentile bootstrap over the rows, the same for the same numbers.</summary>
/// <remarks>Efron (1979). Of many rows each resample draws <see cref="MostDrawn"/>, and its deviation from the mean is shrunk by the square root of
/// the share drawn, which is the m out of n bootstrap (Bickel, Götze and van Zwet 1997): a million rows cost no more than five thousand.</remarks>
public static class MeanInterval
{
    /// <summary>Rows that a resample draws at most.</summary>
    public const int MostDrawn = 5_000;

    const int Resamples = 1_000;

    /// <summary>The interval that holds the middle of the resampled means.</summary>
    /// <param name="values">The numbers with how often each occurs; the order does not matter.</param>
    /// <param name="level">Coverage, 0 to 1.</param>
    /// <returns>Null for fewer than two numbers.</returns>
    public static (double Low, double High)? Of(IEnumerable<(double Value, long Count)> values, double level = 0.95)
    {
        var cells = values.Where(v => v.Count > 0).OrderBy(v => v.Value).ToArray();
        var ends = new long[cells.Length];
        var (rows, sum) = (0L, 0.0);
        for (var i = 0; i < cells.Length; i++)
        {
            ends[i] = rows += cells[i].Count;
            sum += cells[i].Value * cells[i].Count;
        }
        if (rows < 2) return null;
        var (mean, drawn) = (sum / rows, (int)Math.Min(rows, MostDrawn));
        var shrink = Math.Sqrt((double)drawn / rows);
        var rng = new Rng(new StreamKey(0, 0));
        var means = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            var total = 0.0;
            for (var i = 0; i < drawn; i++) total += cells[Cell(ends, (long)(rng.Unit() * rows))].Value;
            means[r] = mean + (total / drawn - mean) * shrink;
        }
        Array.Sort(means);
        var tail = (1 - level) / 2;
        return (At(means, tail), At(means, 1 - tail));
    }

    static int Cell(long[] ends, long row)
    {
        var found = Array.BinarySearch(ends, row + 1);
        return found >= 0 ? found : ~found;
    }

    static double At(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }
}

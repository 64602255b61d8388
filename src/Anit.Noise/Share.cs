namespace Anit.Noise;

/// <summary>Numbers that are shares: of a text's words, of a dataset's rows.</summary>
public static class Share
{
    /// <summary>Returns a share that lies in [0, 1], and refuses any other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 0 or above 1.</exception>
    public static decimal Check(decimal share, string name) =>
        share is >= 0 and <= 1 ? share : throw new ArgumentOutOfRangeException(name, share, $"{name} is {share}; expected a share from 0 to 1");

    /// <summary>The number of rows that a share of <paramref name="count"/> rows means: rounded, halves up.</summary>
    public static long Of(decimal share, long count) => (long)decimal.Floor(Check(share, nameof(share)) * count + 0.5m);
}

namespace Anit.Noise;

/// <summary>Which rows become noisy.</summary>
public enum SelectionKind
{
    /// <summary>Exactly the share phi of the rows: those that a seeded permutation puts first.</summary>
    Fixed,

    /// <summary>Each row by itself with probability phi, anew in each epoch; needs no count of the rows.</summary>
    Bernoulli,
}

/// <summary>Decides row by row which ones become noisy; rows are asked in their order.</summary>
/// <remarks>A row's key is the first half of its stream <c>select</c>, a uniform 64-bit number. Sorting the rows by key is the seeded permutation;
/// its first m = phi N rounded (halves up) are noisy. Hence a row's fate depends on the set of ids, not on order, batches, threads or
/// shards.</remarks>
public sealed class Selection
{
    readonly KeyedStreams keys;
    readonly UInt128 below; // keys under this are noisy
    readonly ulong tied;    // and of the rows with exactly this key, the first few
    long ties;

    Selection(KeyedStreams keys, UInt128 below, ulong tied = 0, long ties = 0) =>
        (this.keys, this.below, this.tied, this.ties) = (keys, below, tied, ties);

    /// <summary>Every row by itself, with probability phi.</summary>
    public static Selection Bernoulli(ulong seed, decimal phi, int? epoch = null) => new(Keys(seed, epoch), Threshold(Share.Check(phi, nameof(phi))));

    /// <summary>The m first rows of the seeded permutation, known from one or two passes over the ids.</summary>
    public static Selection Exactly(ulong seed, KeyRank rank) => new(Keys(seed, null), rank.Key, rank.Key, rank.AtKey);

    /// <summary>Whether the next row becomes noisy.</summary>
    /// <param name="id">Its id in UTF-8.</param>
    public bool IsNoisy(ReadOnlySpan<byte> id)
    {
        var key = keys.Of(id).Low;
        return key < below || (key == tied && ties > 0 && ties-- > 0);
    }

    internal static KeyedStreams Keys(ulong seed, int? epoch) => new(seed, "select", epoch);

    // phi * 2^64 rounded down, exact for decimal phi: 28 digits do not fit beside 64 bits, so half by half.
    static UInt128 Threshold(decimal phi)
    {
        const decimal Half = 4294967296m; // 2^32
        if (phi == 1) return UInt128.One << 64;
        var upper = decimal.Floor(phi * Half);
        var lower = decimal.Floor((phi * Half - upper) * Half);
        return ((UInt128)(ulong)upper << 32) + (ulong)lower;
    }
}

/// <summary>The key that stands at a rank: m rows have smaller keys, or this key and come early.</summary>
/// <param name="Key">The key.</param>
/// <param name="AtKey">How many rows with exactly this key belong to the first m; 1 unless ids repeat.</param>
public readonly record struct KeyRank(ulong Key, long AtKey);

/// <summary>Finds the m-th smallest key of a stream of ids in two passes and constant memory: first a histogram of the keys' upper bits, then the
/// keys of one bin.</summary>
/// <remarks>4,096 bins of a uniform key: of 100 million rows, a bin holds about 24,000 keys.</remarks>
public sealed class KeyRanking(ulong seed)
{
    const int BinBits = 12;
    readonly KeyedStreams keys = Selection.Keys(seed, null);
    readonly long[] bins = new long[1 << BinBits];
    List<ulong>? inside;
    int bin;
    long left;

    /// <summary>Rows seen in the first pass.</summary>
    public long Rows { get; private set; }

    /// <summary>Counts a row in the first pass.</summary>
    public void Count(ReadOnlySpan<byte> id)
    {
        bins[keys.Of(id).Low >> (64 - BinBits)]++;
        Rows++;
    }

    /// <summary>Ends the first pass. False when no second one is needed: no row is wanted.</summary>
    /// <param name="wanted">m, from 0 to the number of rows.</param>
    public bool Seek(long wanted)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, Rows);
        if (wanted <= 0) return false;
        left = wanted;
        for (bin = 0; left > bins[bin]; bin++) left -= bins[bin];
        inside = [];
        return true;
    }

    /// <summary>Looks at a row in the second pass.</summary>
    public void Refine(ReadOnlySpan<byte> id)
    {
        var key = keys.Of(id).Low;
        if ((int)(key >> (64 - BinBits)) == bin) inside!.Add(key);
    }

    /// <summary>The result after the pass or passes.</summary>
    public KeyRank Rank()
    {
        if (inside is null) return default;
        inside.Sort();
        var key = inside[(int)left - 1];
        return new(key, left - inside.FindIndex(k => k == key));
    }
}

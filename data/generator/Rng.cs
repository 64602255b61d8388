namespace Anit.Samples;

/// <summary>A counter-based generator: the n-th draw is a pure function of (key, n), on every runtime.</summary>
/// <remarks>The mixer is the finaliser of SplitMix64 (Steele, Lea and Flood 2014), applied twice.</remarks>
internal sealed class Rng(ulong key)
{
    const ulong Golden = 0x9E3779B97F4A7C15;
    ulong counter;

    /// <summary>The key of one purpose and one row under a seed, so that rows do not depend on each other.</summary>
    public static ulong Key(ulong seed, string purpose, long index)
    {
        var key = Mix(seed + Golden);
        foreach (var letter in purpose) key = Mix(key ^ letter);
        return Mix(key + Golden * (ulong)index);
    }

    public ulong Next() => Mix(Mix(++counter * Golden + key) ^ key);

    public int Below(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);

    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double share) => Unit() < share;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>An index drawn in proportion to its weight.</summary>
    public int Weighted(IReadOnlyList<int> weights)
    {
        var left = Below(weights.Sum());
        for (var i = 0; ; i++)
            if ((left -= weights[i]) < 0) return i;
    }

    /// <summary>The items in a random order (Fisher and Yates).</summary>
    public List<T> Shuffled<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
        return list;
    }

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

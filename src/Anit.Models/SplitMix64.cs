using System.Text;

namespace Anit.Models;

/// <summary>Random numbers by address: the n-th draw of a stream is a function of (seed, name, n) and of nothing else.</summary>
/// <remarks>SplitMix64's finaliser over a Weyl sequence (Steele, Lea, Flood 2014). Threads, order and batch sizes cannot
/// change a draw, which no shared generator can promise.</remarks>
public static class SplitMix64
{
    const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The key of a named stream.</summary>
    public static ulong Key(ulong seed, string name)
    {
        var hash = 0xCBF29CE484222325; // FNV-1a
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 0x100000001B3;
        return Combine(Mix(seed), hash);
    }

    /// <summary>A key made of two.</summary>
    public static ulong Combine(ulong a, ulong b) => Mix(a + Golden * (b | 1) + Mix(b));

    /// <summary>Draw number <paramref name="index"/> of a stream, 64 random bits.</summary>
    public static ulong At(ulong key, ulong index) => Mix(key + Golden * (index + 1));

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

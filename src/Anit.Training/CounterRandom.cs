using System.Security.Cryptography;
using System.Text;
using Anit.Models;

namespace Anit.Training;

/// <summary>Uniform noise keyed by what it is for, so it does not depend on batch order, threads or accumulation.</summary>
/// <remarks>A key is the first eight bytes of SHA-256 over seed, epoch, sample id and purpose; value n is
/// <see cref="SplitMix64"/>'s draw n under that key, so any value can be had without those before it.</remarks>
public static class CounterRandom
{
    /// <summary>The 64-bit key of a stream of numbers.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="id">The sample's id, or another name of what the stream is about.</param>
    /// <param name="purpose">What the numbers are for: "delta", "dropout", "order".</param>
    public static ulong Key(ulong seed, int epoch, string id, string purpose)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{epoch}\n{purpose}\n{id}"));
        return BitConverter.ToUInt64(digest, 0);
    }

    /// <summary>The n-th 64-bit number of the stream.</summary>
    public static ulong Word(ulong key, ulong n) => SplitMix64.At(key, n);

    /// <summary>Fills <paramref name="values"/> with independent draws from U(-1, 1), two to a word.</summary>
    public static void Fill(Span<float> values, ulong key)
    {
        const float unit = 1f / (1 << 23);
        for (var i = 0; i < values.Length; i += 2)
        {
            var word = Word(key, (ulong)i / 2);
            values[i] = (int)(uint)(word >> 40) * unit - 1f;             // 24 bits: [0, 2) - 1
            if (i + 1 < values.Length) values[i + 1] = (int)((word >> 8) & 0xFFFFFF) * unit - 1f;
        }
    }

    /// <summary>A seeded permutation of 0..count-1 (Fisher and Yates; the bias of the modulo is below count/2⁶⁴).</summary>
    public static int[] Permutation(int count, ulong key)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)(Word(key, (ulong)i) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}

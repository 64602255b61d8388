using System.Numerics;
using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Bits in Arrow's order: bit i is bit i % 8 of byte i / 8, lowest first.</summary>
public static class Bitmap
{
    /// <summary>Bytes that hold this many bits.</summary>
    public static int Bytes(int bits) => (int)(((long)bits + 7) >> 3);

    /// <summary>Bit <paramref name="i"/>.</summary>
    public static bool Get(ReadOnlySpan<byte> bits, int i) => (bits[i >> 3] >> (i & 7) & 1) != 0;

    /// <summary>Sets bit <paramref name="i"/>.</summary>
    public static void Set(Span<byte> bits, int i) => bits[i >> 3] |= (byte)(1 << (i & 7));

    /// <summary>Clears bit <paramref name="i"/>.</summary>
    public static void Clear(Span<byte> bits, int i) => bits[i >> 3] &= (byte)~(1 << (i & 7));

    /// <summary>Sets the bits start to start + count - 1.</summary>
    public static void SetRange(Span<byte> bits, int start, int count)
    {
        var end = start + count;
        for (; start < end && (start & 7) != 0; start++) Set(bits, start);
        var whole = (end - start) >> 3;
        if (whole > 0)
        {
            bits.Slice(start >> 3, whole).Fill(0xFF);
            start += whole << 3;
        }
        for (; start < end; start++) Set(bits, start);
    }

    /// <summary>How many of the first <paramref name="count"/> bits are set.</summary>
    public static int CountSet(ReadOnlySpan<byte> bits, int count)
    {
        var set = 0;
        var words = MemoryMarshal.Cast<byte, ulong>(bits[..(count >> 3)]);
        foreach (var word in words) set += BitOperations.PopCount(word);
        for (var i = words.Length << 3; i < count >> 3; i++) set += BitOperations.PopCount(bits[i]);
        if ((count & 7) != 0) set += BitOperations.PopCount((uint)bits[count >> 3] & ((1u << (count & 7)) - 1));
        return set;
    }

    /// <summary>Copies <paramref name="count"/> bits from <paramref name="start"/> to a new bitmap that begins at bit 0.</summary>
    public static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> bits, int start, int count)
    {
        if ((start & 7) == 0) return bits.Slice(start >> 3, Bytes(count));
        var from = bits.Span[(start >> 3)..];
        var to = new byte[Bytes(count)];
        var shift = start & 7;
        for (var i = 0; i < to.Length; i++)
        {
            var high = i + 1 < from.Length ? from[i + 1] << (8 - shift) : 0;
            to[i] = (byte)(from[i] >> shift | high);
        }
        return to;
    }
}

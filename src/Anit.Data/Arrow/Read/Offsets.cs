using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Anit.Data.Arrow.Read;

/// <summary>Checks and narrows the offsets of lists and strings.</summary>
static class Offsets
{
    static readonly byte[] none = new byte[4];

    /// <summary>Reads n + 1 offsets of 32 or 64 bits ; that they rise is checked by <see cref="Check"/>.</summary>
    /// <returns>32-bit offsets, and what to subtract from places in the data because 64-bit ones were moved to 0.</returns>
    public static (ReadOnlyMemory<byte> Bytes, long Base) Read(ref BatchCursor cursor, int length, bool large)
    {
        if (length == 0)
        {
            cursor.Buffer(); // writers leave it empty or store one 0
            return (none, 0);
        }
        if (!large) return (cursor.Values(length + 1L, 4, 4), 0);

        var wide = MemoryMarshal.Cast<byte, long>(cursor.Values(length + 1L, 8, 8).Span);
        cursor.Expand(4 * (length + 1L));
        var narrow = new byte[4 * (length + 1)];
        var to = MemoryMarshal.Cast<byte, int>(narrow.AsSpan());
        var first = wide[0];
        if (first < 0) throw new DataFormatException($"the first offset is {first}");
        for (var i = 0; i < wide.Length; i++)
        {
            var moved = unchecked(wide[i] - first);
            if (moved is < 0 or > int.MaxValue)
                throw new DataFormatException($"offset {i} is {wide[i]} after a first one of {first}: they must rise, by 2 GiB at most in one batch");
            to[i] = (int)moved;
        }
        return (narrow, first);
    }

    /// <summary>Refuses offsets that fall, are negative or leave the data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Check(ReadOnlySpan<int> offsets, long end)
    {
        // Collects the sign bits of all offsets and of all steps between neighbours.
        ref var first = ref MemoryMarshal.GetReference(offsets);
        var signs = Vector<int>.Zero;
        var (sign, i) = (first, 1);
        for (; i <= offsets.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var here = Vector.LoadUnsafe(ref first, (nuint)i);
            signs |= here | (here - Vector.LoadUnsafe(ref first, (nuint)(i - 1)));
        }
        for (; i < offsets.Length; i++) sign |= offsets[i] | (offsets[i] - offsets[i - 1]);
        if (sign < 0 || Vector.LessThanAny(signs, Vector<int>.Zero) || offsets[^1] > end) throw Fault(offsets, end);
    }

    /// <summary>Refuses text that is not UTF-8; what lies under nulls may be anything.</summary>
    public static void CheckText(Utf8Column column)
    {
        var offsets = column.Offsets;
        var all = column.Data.Span[offsets[0]..offsets[^1]];
        if (Ascii.IsValid(all) || (Utf8.IsValid(all) && BeginAtLetters(offsets, column.Data.Span))) return;
        for (var i = 0; i < column.Length; i++)
        {
            if (!column.IsNull(i) && !Utf8.IsValid(column.Bytes(i))) throw new DataFormatException($"row {i} is not UTF-8 text");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool BeginAtLetters(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> data)
    {
        foreach (var offset in offsets[..^1])
            if (offset < data.Length && (data[offset] & 0xC0) == 0x80) return false;
        return true;
    }

    static DataFormatException Fault(ReadOnlySpan<int> offsets, long end)
    {
        if (offsets[0] < 0) return new($"the first offset is {offsets[0]}");
        for (var i = 1; i < offsets.Length; i++)
            if (offsets[i] < offsets[i - 1] || offsets[i] < 0) return new($"offset {i} falls from {offsets[i - 1]} to {offsets[i]}");
        return new($"the last offset is {offsets[^1]}, past the end of the data at {end}");
    }
}

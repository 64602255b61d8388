using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anit.Data.Parquet.Encodings;

/// <summary>Decodes the RLE / bit-packed hybrid of levels and dictionary indices, run by run, and the older BIT_PACKED levels.</summary>
/// <remarks>Encodings.md of parquet-format, "RLE = 3" and "BIT_PACKED = 4". Nothing is allocated by declared counts.</remarks>
sealed class HybridDecoder
{
    byte[] data = [];
    int at, end, width;
    uint most;
    bool legacy;
    int runLeft;
    bool packed;
    uint value;
    long bit; // of the next packed value

    /// <summary>Starts on bytes <paramref name="from"/> to <paramref name="to"/>; values above <paramref name="largest"/> are an error.</summary>
    public void Begin(byte[] bytes, int from, int to, int bits, uint largest)
    {
        (data, at, end, width, most, legacy, runLeft) = (bytes, from, to, bits, largest, false, 0);
        if (bits == 0) (runLeft, packed, value) = (int.MaxValue, false, 0);
    }

    /// <summary>Starts on levels packed from the highest bit down.</summary>
    public void BeginLegacy(byte[] bytes, int from, int to, int bits, uint largest)
    {
        Begin(bytes, from, to, bits, largest);
        if (bits == 0) return;
        legacy = true;
        (runLeft, packed, bit) = ((int)Math.Min(int.MaxValue, (to - from) * 8L / bits), true, from * 8L);
    }

    /// <summary>The next values that are all equal, at most <paramref name="limit"/>; 0 when the next ones are packed one by one.</summary>
    public int TakeRun(int limit, out uint same)
    {
        if (runLeft == 0) NextRun();
        same = value;
        if (packed) return 0;
        var count = Math.Min(limit, runLeft);
        if (width > 0) runLeft -= count;
        return count;
    }

    /// <summary>Packed values that follow without a new run header, at most <paramref name="limit"/>.</summary>
    public int PackedAhead(int limit) => packed ? Math.Min(limit, runLeft) : 0;

    public void Read(Span<byte> to)
    {
        while (!to.IsEmpty)
        {
            var count = TakeRun(to.Length, out var same);
            if (count > 0) to[..count].Fill((byte)same);
            else
            {
                count = PackedAhead(to.Length);
                if (legacy) UnpackLegacy(to[..count]);
                else Unpack(to[..count]);
                if (most < (1u << width) - 1 && Largest.Of(to[..count]) is var largest && largest > most) throw TooLarge(largest);
                runLeft -= count;
            }
            to = to[count..];
        }
    }

    public void Read(Span<int> to)
    {
        while (!to.IsEmpty)
        {
            var count = TakeRun(to.Length, out var same);
            if (count > 0) to[..count].Fill((int)same);
            else
            {
                count = PackedAhead(to.Length);
                Unpack(to[..count]);
                if (Largest.Of(MemoryMarshal.Cast<int, uint>(to[..count])) is var largest && largest > most) throw TooLarge(largest);
                runLeft -= count;
            }
            to = to[count..];
        }
    }

    /// <summary>Copies packed values of one bit, which are the bits themselves; returns how many were set.</summary>
    public int ReadBits(Span<byte> bitmap, int start, int count)
    {
        var set = 0;
        for (var i = 0; i < count;)
        {
            var (byteAt, shift) = ((int)(bit >> 3), (int)(bit & 7));
            var take = Math.Min(count - i, 8 - shift);
            var bits = (uint)data[byteAt] >> shift & ((1u << take) - 1);
            var (to, toShift) = ((start + i) >> 3, (start + i) & 7);
            if (toShift == 0 && shift == 0 && count - i >= 64)
            {
                // Both aligned: eight bytes at once.
                var word = BinaryPrimitives.ReadUInt64LittleEndian(data.AsSpan(byteAt));
                BinaryPrimitives.WriteUInt64LittleEndian(bitmap[to..], word);
                set += System.Numerics.BitOperations.PopCount(word);
                i += 64;
                bit += 64;
                continue;
            }
            bitmap[to] |= (byte)(bits << toShift);
            if (toShift + take > 8) bitmap[to + 1] |= (byte)(bits >> (8 - toShift));
            set += System.Numerics.BitOperations.PopCount(bits);
            i += take;
            bit += take;
        }
        runLeft -= count;
        return set;
    }

    public bool IsLegacy => legacy;

    void NextRun()
    {
        if (legacy || width == 0) throw Early();
        uint head = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (at == end) throw Early();
            if (shift > 28) throw new DataFormatException("a run's length takes more than 5 bytes");
            var b = data[at++];
            head |= (uint)(b & 0x7F) << shift;
            if (b < 0x80) break;
        }
        packed = (head & 1) != 0;
        if (packed)
        {
            // The last group may be cut short: take the whole values that are there.
            var bytes = Math.Min((long)(head >> 1) * width, end - at);
            runLeft = (int)Math.Min(bytes * 8 / width, (long)(head >> 1) * 8);
            bit = at * 8L;
            at += (int)bytes;
        }
        else
        {
            runLeft = (int)(head >> 1);
            var bytes = (width + 7) >> 3;
            if (bytes > end - at) throw Early();
            value = 0;
            for (var i = 0; i < bytes; i++) value |= (uint)data[at++] << (8 * i);
            if (value > most) throw TooLarge(value);
        }
        if (runLeft == 0) throw new DataFormatException("a run of no values");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Unpack(Span<int> to)
    {
        var i = 0;
        var mask = width == 32 ? uint.MaxValue : (1u << width) - 1;
        ref var first = ref MemoryMarshal.GetArrayDataReference(data);
        var position = bit;
        // An 8-byte load holds any value of 32 bits at any bit offset.
        var safe = data.Length - 8;
        for (; i < to.Length && (position >> 3) <= safe; i++, position += width)
            to[i] = (int)((uint)(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, (nint)(position >> 3))) >> (int)(position & 7)) & mask);
        for (; i < to.Length; i++, position += width) to[i] = (int)(Tail(position) & mask);
        bit = position;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Unpack(Span<byte> to)
    {
        var i = 0;
        var mask = (1u << width) - 1;
        ref var first = ref MemoryMarshal.GetArrayDataReference(data);
        var position = bit;
        var safe = data.Length - 8;
        for (; i < to.Length && (position >> 3) <= safe; i++, position += width)
            to[i] = (byte)((uint)(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, (nint)(position >> 3))) >> (int)(position & 7)) & mask);
        for (; i < to.Length; i++, position += width) to[i] = (byte)(Tail(position) & mask);
        bit = position;
    }

    uint Tail(long position)
    {
        ulong word = 0;
        var start = (int)(position >> 3);
        for (var i = 0; i < 8 && start + i < data.Length; i++) word |= (ulong)data[start + i] << (8 * i);
        return (uint)(word >> (int)(position & 7));
    }

    void UnpackLegacy(Span<byte> to)
    {
        for (var i = 0; i < to.Length; i++)
        {
            var level = 0;
            for (var b = 0; b < width; b++, bit++) level = level << 1 | (data[bit >> 3] >> (7 - (int)(bit & 7)) & 1);
            to[i] = (byte)level;
        }
    }

    static DataFormatException Early() => new("the levels or indices end before the values");

    DataFormatException TooLarge(uint found) => new($"a level or dictionary index is {found}, at most {most} was expected");
}

/// <summary>Largest elements of spans.</summary>
static class Largest
{
    public static uint Of(ReadOnlySpan<uint> values)
    {
        uint largest = 0;
        var i = 0;
        if (values.Length >= Vector256<uint>.Count)
        {
            var most = Vector256<uint>.Zero;
            for (; i <= values.Length - Vector256<uint>.Count; i += Vector256<uint>.Count) most = Vector256.Max(most, Vector256.Create(values[i..]));
            for (var lane = 0; lane < Vector256<uint>.Count; lane++) largest = Math.Max(largest, most[lane]);
        }
        for (; i < values.Length; i++) largest = Math.Max(largest, values[i]);
        return largest;
    }

    public static uint Of(ReadOnlySpan<byte> values)
    {
        byte largest = 0;
        var i = 0;
        if (values.Length >= Vector256<byte>.Count)
        {
            var most = Vector256<byte>.Zero;
            for (; i <= values.Length - Vector256<byte>.Count; i += Vector256<byte>.Count) most = Vector256.Max(most, Vector256.Create(values[i..]));
            for (var lane = 0; lane < Vector256<byte>.Count; lane++) largest = Math.Max(largest, most[lane]);
        }
        for (; i < values.Length; i++) largest = Math.Max(largest, values[i]);
        return largest;
    }
}

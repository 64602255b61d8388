using System.Numerics;

namespace Anit.Data.Parquet.Encodings;

/// <summary>Encodes integers as DELTA_BINARY_PACKED: blocks of 128 in four mini blocks.</summary>
static class DeltaEncoder
{
    const int Block = 128, Mini = 32, Minis = Block / Mini;

    public static void Encode(ReadOnlySpan<long> values, ByteBuffer to) => Encode(values, to, narrow: false);

    /// <summary>Deltas of 32-bit integers wrap at 32 bits: the format forbids wider ones.</summary>
    public static void Encode(ReadOnlySpan<int> values, ByteBuffer to)
    {
        var wide = new long[values.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = values[i];
        Encode(wide, to, narrow: true);
    }

    static void Encode(ReadOnlySpan<long> values, ByteBuffer to, bool narrow)
    {
        Varint(Block, to);
        Varint(Minis, to);
        Varint((ulong)values.Length, to);
        Varint(ZigZag(values.IsEmpty ? 0 : values[0]), to);
        Span<long> deltas = stackalloc long[Block];
        for (var at = 1; at < values.Length; at += Block)
        {
            var count = Math.Min(Block, values.Length - at);
            for (var i = 0; i < count; i++)
            {
                var delta = values[at + i] - values[at + i - 1];
                deltas[i] = narrow ? (int)delta : delta;
            }
            EncodeBlock(deltas[..count], to, narrow);
        }
    }

    static void EncodeBlock(Span<long> deltas, ByteBuffer to, bool narrow)
    {
        var smallest = long.MaxValue;
        foreach (var delta in deltas) smallest = Math.Min(smallest, delta);
        Varint(ZigZag(smallest), to);
        Span<byte> widths = stackalloc byte[Minis];
        widths.Clear();
        for (var mini = 0; mini * Mini < deltas.Length; mini++)
        {
            ulong all = 0;
            foreach (var delta in deltas[(mini * Mini)..Math.Min(deltas.Length, (mini + 1) * Mini)]) all |= Above(delta, smallest, narrow);
            widths[mini] = (byte)(64 - BitOperations.LeadingZeroCount(all));
        }
        to.Append(widths);
        for (var mini = 0; mini * Mini < deltas.Length; mini++)
            Pack(deltas[(mini * Mini)..Math.Min(deltas.Length, (mini + 1) * Mini)], smallest, widths[mini], narrow, to);
    }

    static ulong Above(long delta, long smallest, bool narrow) => narrow ? (uint)(delta - smallest) : (ulong)(delta - smallest);

    static void Pack(ReadOnlySpan<long> deltas, long smallest, int width, bool narrow, ByteBuffer to)
    {
        var bytes = width * Mini / 8;
        var room = to.Reserve(bytes)[..bytes];
        room.Clear();
        var bit = 0;
        foreach (var delta in deltas)
        {
            var value = Above(delta, smallest, narrow);
            for (var left = width; left > 0;)
            {
                var shift = bit & 7;
                var take = Math.Min(left, 8 - shift);
                room[bit >> 3] |= (byte)((value & ((1u << take) - 1)) << shift);
                value >>= take;
                bit += take;
                left -= take;
            }
        }
        to.Advance(bytes);
    }

    static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);

    static void Varint(ulong value, ByteBuffer to)
    {
        for (; value >= 0x80; value >>= 7) to.Append((byte)(value | 0x80));
        to.Append((byte)value);
    }
}

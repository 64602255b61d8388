using System.Numerics;

namespace Anit.Data.Parquet.Encodings;

/// <summary>Encodes levels and dictionary indices as the RLE / bit-packed hybrid.</summary>
/// <remarks>Eight or more equal values become a run; all else is packed in groups of eight.</remarks>
static class HybridEncoder
{
    const int Group = 8;

    public static int Width(int largest) => largest == 0 ? 0 : BitOperations.Log2((uint)largest) + 1;

    public static void Encode<T>(ReadOnlySpan<T> values, int width, ByteBuffer to) where T : unmanaged, IBinaryInteger<T>
    {
        var packedFrom = 0;
        for (var at = 0; at < values.Length;)
        {
            var run = RunLength(values[at..]);
            // A run may begin only where the packed groups before it are whole.
            var lead = (Group - (at - packedFrom) % Group) % Group;
            if (run - lead < Group)
            {
                at += run;
                continue;
            }
            at += lead;
            Pack(values[packedFrom..at], width, to);
            Run(uint.CreateTruncating(values[at]), run - lead, width, to);
            at += run - lead;
            packedFrom = at;
        }
        Pack(values[packedFrom..], width, to);
    }

    static int RunLength<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryInteger<T>
    {
        var differs = values.IndexOfAnyExcept(values[0]);
        return differs < 0 ? values.Length : differs;
    }

    static void Run(uint value, int count, int width, ByteBuffer to)
    {
        Varint((uint)count << 1, to);
        for (var shift = 0; shift < width; shift += 8) to.Append((byte)(value >> shift));
    }

    static void Pack<T>(ReadOnlySpan<T> values, int width, ByteBuffer to) where T : unmanaged, IBinaryInteger<T>
    {
        if (values.IsEmpty) return;
        var groups = (values.Length + Group - 1) / Group;
        Varint((uint)groups << 1 | 1, to);
        var bytes = groups * width;
        var room = to.Reserve(bytes + sizeof(ulong))[..bytes];
        ulong pending = 0;
        var (bits, at) = (0, 0);
        foreach (var value in values)
        {
            pending |= (ulong)uint.CreateTruncating(value) << bits;
            bits += width;
            for (; bits >= 8; bits -= 8, pending >>= 8) room[at++] = (byte)pending;
        }
        for (; at < bytes; pending >>= 8) room[at++] = (byte)pending;
        to.Advance(bytes);
    }

    static void Varint(uint value, ByteBuffer to)
    {
        for (; value >= 0x80; value >>= 7) to.Append((byte)(value | 0x80));
        to.Append((byte)value);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Anit.Data.Codecs;

/// <summary>LZ4 blocks (lz4_Block_format.md), raw and in Hadoop's framing.</summary>
static unsafe class Lz4Block
{
    const int HashBits = 14;
    const int LastLiterals = 5;
    const int MatchMargin = 12;
    const int MaxOffset = 65_535;

    [ThreadStatic] static int[]? table;

    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = TryDecompress(source, target, 0);
        if (written != target.Length) throw BlockCodecs.WrongSize("lz4", written, target.Length);
    }

    /// <summary>Decompresses behind <paramref name="history"/> bytes of target that copies may refer to; returns where it ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int TryDecompress(ReadOnlySpan<byte> source, Span<byte> target, int history)
    {
        fixed (byte* source0 = source, target0 = target)
        {
            byte* from = source0, fromEnd = source0 + source.Length, to = target0 + history, end = target0 + target.Length;
            if (source.IsEmpty) return history;
            while (true)
            {
                if (from == fromEnd) throw BlockCodecs.Bad("lz4", "it ends before a literal");
                var token = *from++;
                long literal = token >> 4;
                if (literal == 15) literal += Extra(ref from, fromEnd);
                if (literal > fromEnd - from) throw BlockCodecs.Bad("lz4", "a literal reaches past the end of the data");
                if (literal > end - to) throw BlockCodecs.WrongSize("lz4", -1, target.Length);
                if (literal <= 16 && fromEnd - from >= 16 && end - to >= 16) Vector128.Store(Vector128.Load(from), to);
                else Buffer.MemoryCopy(from, to, end - to, literal);
                from += literal;
                to += literal;
                if (from == fromEnd) return (int)(to - target0);

                if (fromEnd - from < 2) throw BlockCodecs.Bad("lz4", "it ends in a copy");
                int offset = Unsafe.ReadUnaligned<ushort>(from);
                from += 2;
                long copy = token & 15;
                if (copy == 15) copy += Extra(ref from, fromEnd);
                copy += 4;
                if (offset == 0 || offset > to - target0) throw BlockCodecs.Bad("lz4", "a copy reaches before the start");
                if (copy > end - to) throw BlockCodecs.WrongSize("lz4", -1, target.Length);
                if (offset >= 16 && end - to >= copy + 16)
                {
                    var back = to - offset;
                    for (long i = 0; i < copy; i += 16) Vector128.Store(Vector128.Load(back + i), to + i);
                }
                else Overlap.Copy(to, offset, (int)copy, end);
                to += copy;
            }
        }
    }

    static long Extra(ref byte* from, byte* fromEnd)
    {
        long sum = 0;
        while (true)
        {
            if (from == fromEnd) throw BlockCodecs.Bad("lz4", "it ends in a length");
            var more = *from++;
            sum += more;
            if (more != 255) return sum;
        }
    }

    /// <summary>Parquet's codec LZ4: blocks with two big-endian lengths each as Hadoop writes them, else one raw block or an LZ4 frame.</summary>
    public static void DecompressHadoop(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (TryHadoop(source, target)) return;
        if (source.StartsWith(Lz4Frame.Magic)) Lz4Frame.Decompress(source, target);
        else Decompress(source, target);
    }

    static bool TryHadoop(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (!source.IsEmpty)
        {
            if (source.Length < 8) return false;
            var raw = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(source);
            var packed = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
            source = source[8..];
            if (packed > source.Length || raw > target.Length - written) return false;
            try
            {
                Decompress(source[..(int)packed], target.Slice(written, (int)raw));
            }
            catch (DataFormatException)
            {
                return false;
            }
            source = source[(int)packed..];
            written += (int)raw;
        }
        return written == target.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(ReadOnlySpan<byte> source, ByteBuffer target)
    {
        var room = target.Reserve(checked(source.Length + source.Length / 255 + 16));
        table ??= new int[1 << HashBits];
        table.AsSpan().Fill(-1);
        fixed (byte* from0 = source, to0 = room)
        fixed (int* slots = table)
        {
            byte* end = from0 + source.Length, literal = from0, to = to0, at = from0;
            var last = source.Length > MatchMargin ? end - MatchMargin : from0;
            for (uint skip = 64; at < last;)
            {
                var hash = Unsafe.ReadUnaligned<uint>(at) * 2654435761u >> (32 - HashBits);
                var position = slots[hash];
                var match = from0 + position;
                slots[hash] = (int)(at - from0);
                if (position < 0 || at - match > MaxOffset || Unsafe.ReadUnaligned<uint>(match) != Unsafe.ReadUnaligned<uint>(at))
                {
                    at += skip++ >> 6;
                    continue;
                }
                skip = 64;
                var matched = 4 + Overlap.Matching(match + 4, at + 4, end - LastLiterals);
                to = Sequence(to, literal, (int)(at - literal), (int)(at - match), matched - 4);
                at += matched;
                literal = at;
            }
            to = Sequence(to, literal, (int)(end - literal), 0, 0);
            target.Advance((int)(to - to0));
        }
    }

    static byte* Sequence(byte* to, byte* literal, int literals, int offset, int extra)
    {
        var token = to++;
        *token = (byte)(Math.Min(literals, 15) << 4);
        if (literals >= 15) to = Lengthen(to, literals - 15);
        Buffer.MemoryCopy(literal, to, literals, literals);
        to += literals;
        if (offset == 0) return to;
        Unsafe.WriteUnaligned(to, (ushort)offset);
        to += 2;
        *token |= (byte)Math.Min(extra, 15);
        return extra >= 15 ? Lengthen(to, extra - 15) : to;
    }

    static byte* Lengthen(byte* to, int rest)
    {
        for (; rest >= 255; rest -= 255) *to++ = 255;
        *to++ = (byte)rest;
        return to;
    }
}

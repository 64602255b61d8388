using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Anit.Data.Codecs;

/// <summary>Snappy's raw block format (google/snappy, format_description.txt).</summary>
/// <remarks>A varint with the length, then elements: literals (tag 0) and copies with offsets of 11, 16 or 32 bits.</remarks>
static unsafe class Snappy
{
    const int BlockSize = 1 << 16; // matches never cross these, so offsets fit 16 bits
    const int HashBits = 14;
    const int Wide = 16;

    [ThreadStatic] static ushort[]? table;

    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (declared, at) = Length(source);
        if (declared != target.Length) throw BlockCodecs.WrongSize("snappy", declared, target.Length);
        fixed (byte* from = source, to = target) Elements(from + at, from + source.Length, to, to + target.Length);
    }

    static (long Length, int Bytes) Length(ReadOnlySpan<byte> source)
    {
        long length = 0;
        for (var i = 0; i < 5; i++)
        {
            if (i == source.Length) throw BlockCodecs.Bad("snappy", "it ends in its length");
            length |= (long)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80) return (length, i + 1);
        }
        throw BlockCodecs.Bad("snappy", "its length takes more than 5 bytes");
    }

    /// <summary>For each tag: the length it copies, by how much it advances, the offset's high bits, and the sign where neither is that
    /// simple.</summary>
    static readonly uint[] Kinds = MakeKinds();

    static uint[] MakeKinds()
    {
        const uint Special = 1u << 31;
        var kinds = new uint[256];
        for (uint tag = 0; tag < 256; tag++)
        {
            var length = (tag >> 2) + 1;
            kinds[tag] = (tag & 3) switch
            {
                0 => length | (1 + length) << 8 | (length > 60 ? Special : 0),
                1 => ((tag >> 2 & 7) + 4) | 2 << 8 | (tag >> 5) << 24,
                2 => length | 3 << 8,
                _ => Special,
            };
        }
        return kinds;
    }

    /// <summary>Elements in the middle of the data, without branching on their kind: literals and copies alike are 32 or 64 bytes
    /// moved, of which some count. Stops at an element that needs more care.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Middle(ref byte* fromNext, byte* fromEnd, byte* start, ref byte* toNext, byte* end)
    {
        const int Most = 64;
        byte* from = fromNext, to = toNext;
        byte* fromLast = fromEnd - Most - 1, toLast = end - Most, begun = start + Wide;
        if (to < begun) return;
        fixed (uint* kinds = Kinds)
        {
            while (from <= fromLast && to <= toLast)
            {
                uint tag = *from;
                var kind = kinds[tag];
                var type = (int)(tag & 3);
                nint literal = (type - 1) >> 31; // all bits set, or none
                var offset = (nint)((Unsafe.ReadUnaligned<uint>(from + 1) & ((1u << (8 * type)) - 1)) + (kind >> 16 & 0x700));
                // Copies from less than 16 bytes back overlap themselves; literals have no offset.
                if ((int)kind < 0 || (nuint)(offset + (literal & Wide) - Wide) > (nuint)(to - begun)) break;
                var source = (byte*)((nint)(from + 1) & literal | (nint)(to - offset) & ~literal);
                var length = (int)(kind & 0xFF);
                Vector128.Store(Vector128.Load(source), to);
                Vector128.Store(Vector128.Load(source + 16), to + 16);
                if (length > 32)
                {
                    Vector128.Store(Vector128.Load(source + 32), to + 32);
                    Vector128.Store(Vector128.Load(source + 48), to + 48);
                }
                to += length;
                from += kind >> 8 & 0xFF;
            }
        }
        fromNext = from;
        toNext = to;
    }

    static void Elements(byte* from, byte* fromEnd, byte* start, byte* end)
    {
        var to = start;
        while (from < fromEnd)
        {
            Middle(ref from, fromEnd, start, ref to, end);
            if (from == fromEnd) break;
            var tag = *from++;
            if ((tag & 3) == 0)
            {
                long length = (tag >> 2) + 1;
                if (length <= Wide && fromEnd - from >= Wide && end - to >= Wide)
                {
                    Vector128.Store(Vector128.Load(from), to);
                    from += length;
                    to += length;
                    continue;
                }
                if (length > 60)
                {
                    var bytes = (int)length - 60;
                    if (fromEnd - from < bytes) throw BlockCodecs.Bad("snappy", "it ends in a literal's length");
                    length = 0;
                    for (var i = 0; i < bytes; i++) length |= (long)from[i] << (8 * i);
                    length++;
                    from += bytes;
                }
                if (length > fromEnd - from) throw BlockCodecs.Bad("snappy", "a literal reaches past the end of the data");
                if (length > end - to) throw BlockCodecs.Bad("snappy", "a literal reaches past the declared size");
                Buffer.MemoryCopy(from, to, end - to, length);
                from += length;
                to += length;
                continue;
            }

            int copy, offset;
            if ((tag & 3) == 1)
            {
                if (fromEnd - from < 1) throw BlockCodecs.Bad("snappy", "it ends in a copy");
                copy = ((tag >> 2) & 7) + 4;
                offset = ((tag >> 5) << 8) | *from++;
            }
            else
            {
                var bytes = (tag & 3) == 2 ? 2 : 4;
                if (fromEnd - from < bytes) throw BlockCodecs.Bad("snappy", "it ends in a copy");
                copy = (tag >> 2) + 1;
                offset = bytes == 2 ? Unsafe.ReadUnaligned<ushort>(from) : Unsafe.ReadUnaligned<int>(from);
                from += bytes;
            }
            if (offset <= 0 || offset > to - start) throw BlockCodecs.Bad("snappy", "a copy reaches before the start");
            if (copy > end - to) throw BlockCodecs.Bad("snappy", "a copy reaches past the declared size");
            if (offset >= Wide && end - to >= 64)
            {
                var back = to - offset;
                Vector128.Store(Vector128.Load(back), to);
                if (copy > Wide)
                {
                    Vector128.Store(Vector128.Load(back + 16), to + 16);
                    if (copy > 32)
                    {
                        Vector128.Store(Vector128.Load(back + 32), to + 32);
                        Vector128.Store(Vector128.Load(back + 48), to + 48);
                    }
                }
                to += copy;
            }
            else
            {
                Overlap.Copy(to, offset, copy, end);
                to += copy;
            }
        }
        if (to != end) throw BlockCodecs.WrongSize("snappy", to - start, (int)(end - start));
    }

    public static void Compress(ReadOnlySpan<byte> source, ByteBuffer target)
    {
        var most = checked(32 + source.Length + source.Length / 6);
        var room = target.Reserve(most);
        var at = 0;
        for (var rest = (uint)source.Length; ; rest >>= 7)
        {
            room[at++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80) break;
        }
        table ??= new ushort[1 << HashBits];
        fixed (byte* from = source, to = room)
        fixed (ushort* slots = table)
        {
            var next = to + at;
            for (var block = 0; block < source.Length; block += BlockSize)
            {
                table.AsSpan().Clear();
                next = Block(from + block, Math.Min(BlockSize, source.Length - block), next, slots);
            }
            target.Advance((int)(next - to));
        }
    }

    /// <summary>Greedy matching through a table of 4-byte hashes; the step widens where nothing matches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static byte* Block(byte* from, int length, byte* to, ushort* slots)
    {
        const int Margin = 15;
        var end = from + length;
        var literal = from;
        if (length >= Margin)
        {
            var last = end - Margin;
            var at = from + 1;
            while (true)
            {
                uint skip = 32;
                byte* match;
                do
                {
                    var hash = Hash(at);
                    match = from + slots[hash];
                    slots[hash] = (ushort)(at - from);
                    if (Unsafe.ReadUnaligned<uint>(match) == Unsafe.ReadUnaligned<uint>(at) && match < at) break;
                    at += skip++ >> 5;
                } while (at <= last);
                if (at > last) break;

                to = Literal(literal, (int)(at - literal), to);
                do
                {
                    var matched = 4 + Overlap.Matching(match + 4, at + 4, end);
                    to = Copy((int)(at - match), matched, to);
                    at += matched;
                    literal = at;
                    if (at > last) goto Rest;
                    slots[Hash(at - 1)] = (ushort)(at - 1 - from);
                    var hash = Hash(at);
                    match = from + slots[hash];
                    slots[hash] = (ushort)(at - from);
                } while (Unsafe.ReadUnaligned<uint>(match) == Unsafe.ReadUnaligned<uint>(at) && match < at);
                at++;
                if (at > last) break;
            }
        }
    Rest:
        return literal < end ? Literal(literal, (int)(end - literal), to) : to;
    }

    static uint Hash(byte* at) => Unsafe.ReadUnaligned<uint>(at) * 0x1E35A7BD >> (32 - HashBits);

    static byte* Literal(byte* from, int length, byte* to)
    {
        var n = length - 1;
        if (n < 60) *to++ = (byte)(n << 2);
        else
        {
            var bytes = (BitOperations.Log2((uint)n) >> 3) + 1;
            *to++ = (byte)((59 + bytes) << 2);
            for (var i = 0; i < bytes; i++) *to++ = (byte)(n >> (8 * i));
        }
        Buffer.MemoryCopy(from, to, length, length);
        return to + length;
    }

    static byte* Copy(int offset, int length, byte* to)
    {
        while (length >= 68)
        {
            to = Copy16(offset, 64, to);
            length -= 64;
        }
        if (length > 64)
        {
            to = Copy16(offset, 60, to);
            length -= 60;
        }
        if (length >= 12 || offset >= 2048) return Copy16(offset, length, to);
        *to++ = (byte)(1 | ((length - 4) << 2) | ((offset >> 8) << 5));
        *to++ = (byte)offset;
        return to;
    }

    static byte* Copy16(int offset, int length, byte* to)
    {
        *to = (byte)(2 | ((length - 1) << 2));
        BinaryPrimitives.WriteUInt16LittleEndian(new Span<byte>(to + 1, 2), (ushort)offset);
        return to + 3;
    }
}

/// <summary>Copies and comparisons that LZ77 codecs share.</summary>
static unsafe class Overlap
{
    /// <summary>Repeats what lies <paramref name="offset"/> bytes back, <paramref name="length"/> bytes long, never past
    /// <paramref name="end"/>.</summary>
    public static void Copy(byte* to, int offset, int length, byte* end)
    {
        var from = to - offset;
        var stop = to + length;
        if (offset >= 8 && end - stop >= 8)
        {
            for (; to < stop; to += 8, from += 8) Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));
            return;
        }
        if (offset == 1)
        {
            Unsafe.InitBlockUnaligned(to, *from, (uint)length);
            return;
        }
        while (to < stop) *to++ = *from++;
    }

    /// <summary>How many bytes at <paramref name="a"/> and the later <paramref name="b"/> agree before <paramref name="end"/>.</summary>
    public static int Matching(byte* a, byte* b, byte* end)
    {
        var start = b;
        while (end - b >= 8)
        {
            var differ = Unsafe.ReadUnaligned<ulong>(a) ^ Unsafe.ReadUnaligned<ulong>(b);
            if (differ != 0) return (int)(b - start) + (BitOperations.TrailingZeroCount(differ) >> 3);
            a += 8;
            b += 8;
        }
        while (b < end && *a == *b)
        {
            a++;
            b++;
        }
        return (int)(b - start);
    }
}

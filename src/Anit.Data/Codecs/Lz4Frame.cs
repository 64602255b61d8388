using System.Buffers.Binary;

namespace Anit.Data.Codecs;

/// <summary>LZ4 frames (lz4_Frame_format.md), what Arrow bodies use.</summary>
static class Lz4Frame
{
    const int BlockBytes = 1 << 16;
    const uint Uncompressed = 0x8000_0000;

    public static ReadOnlySpan<byte> Magic => [0x04, 0x22, 0x4D, 0x18];

    /// <summary>Decompresses one frame into <paramref name="target"/>, which it must fill exactly.</summary>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < 7 || !source.StartsWith(Magic)) throw Bad("it does not begin as a frame");
        var (flags, blocks) = (source[4], source[5]);
        if (flags >> 6 != 1) throw Bad($"version {flags >> 6}");
        if ((flags & 1) != 0) throw Bad("it needs an external dictionary");
        if ((blocks & 0x8F) != 0 || (blocks >> 4) < 4) throw Bad("an unknown block size");
        var (independent, blockSums, hasSize, contentSum) = ((flags & 32) != 0, (flags & 16) != 0, (flags & 8) != 0, (flags & 4) != 0);
        var header = 4 + 2 + (hasSize ? 8 : 0);
        if (source.Length < header + 1) throw Bad("it ends in its header");
        if (hasSize && BinaryPrimitives.ReadUInt64LittleEndian(source[6..]) is var size && size != (ulong)target.Length)
            throw BlockCodecs.WrongSize("lz4 frame", size > long.MaxValue ? -1 : (long)size, target.Length);
        if ((byte)(XxHash32.Of(source[4..header]) >> 8) != source[header]) throw Bad("its header does not match its checksum");
        var largest = 1 << (8 + 2 * (blocks >> 4));
        var rest = source[(header + 1)..];

        var written = 0;
        while (true)
        {
            var length = Take32(ref rest);
            if (length == 0) break;
            var packed = (int)(length & ~Uncompressed);
            if (packed > rest.Length) throw Bad("a block reaches past the end of the data");
            if (packed > largest) throw Bad("a block is larger than the frame allows");
            var block = rest[..packed];
            rest = rest[packed..];
            if (blockSums && Take32(ref rest) != XxHash32.Of(block)) throw Bad("a block does not match its checksum");
            if ((length & Uncompressed) != 0)
            {
                if (packed > target.Length - written) throw BlockCodecs.WrongSize("lz4 frame", -1, target.Length);
                block.CopyTo(target[written..]);
                written += packed;
            }
            else
            {
                // Independent blocks start anew; linked ones may copy from what came before.
                var room = target[..(int)Math.Min(target.Length, (long)written + largest)];
                written = independent ? written + Lz4Block.TryDecompress(block, room[written..], 0) : Lz4Block.TryDecompress(block, room, written);
            }
        }
        if (written != target.Length) throw BlockCodecs.WrongSize("lz4 frame", written, target.Length);
        if (contentSum && Take32(ref rest) != XxHash32.Of(target)) throw Bad("the content does not match its checksum");
        if (!rest.IsEmpty) throw Bad("bytes follow the frame");
    }

    /// <summary>Appends one frame of independent 64 KiB blocks.</summary>
    public static void Compress(ReadOnlySpan<byte> source, ByteBuffer target)
    {
        target.Append(Magic);
        ReadOnlySpan<byte> descriptor = [0b0110_0000, 4 << 4];
        target.Append(descriptor);
        target.Append((byte)(XxHash32.Of(descriptor) >> 8));
        for (var at = 0; at < source.Length; at += BlockBytes)
        {
            var block = source.Slice(at, Math.Min(BlockBytes, source.Length - at));
            var start = target.Length;
            target.AppendValue(0u);
            Lz4Block.Compress(block, target);
            var packed = (uint)(target.Length - start - sizeof(uint));
            if (packed >= block.Length)
            {
                target.Truncate(start + sizeof(uint));
                target.Append(block);
                packed = (uint)block.Length | Uncompressed;
            }
            BinaryPrimitives.WriteUInt32LittleEndian(target.WrittenSpan[start..], packed);
        }
        target.AppendValue(0u);
    }

    static uint Take32(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 4) throw Bad("it ends early");
        var value = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        rest = rest[4..];
        return value;
    }

    static DataFormatException Bad(string fault) => BlockCodecs.Bad("lz4 frame", fault);
}

/// <summary>The 32-bit xxHash with seed 0 (Collet, xxhash_spec.md).</summary>
static class XxHash32
{
    const uint P1 = 2654435761, P2 = 2246822519, P3 = 3266489917, P4 = 668265263, P5 = 374761393;

    public static uint Of(ReadOnlySpan<byte> data)
    {
        var length = (uint)data.Length;
        uint hash;
        if (data.Length >= 16)
        {
            uint a = unchecked(P1 + P2), b = P2, c = 0, d = unchecked(0 - P1);
            for (; data.Length >= 16; data = data[16..])
            {
                a = Round(a, data);
                b = Round(b, data[4..]);
                c = Round(c, data[8..]);
                d = Round(d, data[12..]);
            }
            hash = uint.RotateLeft(a, 1) + uint.RotateLeft(b, 7) + uint.RotateLeft(c, 12) + uint.RotateLeft(d, 18);
        }
        else hash = P5;
        hash += length;
        for (; data.Length >= 4; data = data[4..])
            hash = uint.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(data) * P3, 17) * P4;
        foreach (var b in data) hash = uint.RotateLeft(hash + b * P5, 11) * P1;
        hash = (hash ^ (hash >> 15)) * P2;
        hash = (hash ^ (hash >> 13)) * P3;
        return hash ^ (hash >> 16);
    }

    static uint Round(uint sum, ReadOnlySpan<byte> data) =>
        uint.RotateLeft(sum + BinaryPrimitives.ReadUInt32LittleEndian(data) * P2, 13) * P1;
}

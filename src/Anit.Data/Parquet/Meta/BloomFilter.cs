using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Anit.Data.Codecs;
using Anit.Data.Parquet.Read;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Meta;

/// <summary>Parquet's split block bloom filter: it knows for sure of some values that a column chunk does not hold them.</summary>
/// <remarks>BloomFilter.md of parquet-format: blocks of eight 32-bit words; a value sets one bit in each word of one block. Hashes are XXH64 of a
/// value's PLAIN bytes, without the length of texts.</remarks>
sealed class BloomFilter
{
    const int BlockBytes = 32, Words = 8, MostBytes = 128 << 20;

    static readonly uint[] Salts =
        [0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31];

    readonly byte[] bits;

    BloomFilter(byte[] bits) => this.bits = bits;

    /// <summary>A filter for so many values that takes another value for one of them with this probability.</summary>
    public static BloomFilter For(int values, double falsePositives)
    {
        var wanted = -Words * Math.Max(1, values) / Math.Log(1 - Math.Pow(falsePositives, 1.0 / Words)) / 8;
        var size = BlockBytes;
        while (size < wanted && size < MostBytes) size *= 2;
        return new(new byte[size]);
    }

    public static ulong Hash(ReadOnlySpan<byte> plain) => XxHash64.Of(plain);

    public void Add(ulong hash)
    {
        var words = MemoryMarshal.Cast<byte, uint>(bits.AsSpan(Block(hash), BlockBytes));
        for (var i = 0; i < Words; i++) words[i] |= Mask(hash, i);
    }

    /// <summary>False when no value of this hash was added.</summary>
    public bool MayHold(ulong hash)
    {
        var words = MemoryMarshal.Cast<byte, uint>(bits.AsSpan(Block(hash), BlockBytes));
        for (var i = 0; i < Words; i++)
            if ((words[i] & Mask(hash, i)) == 0) return false;
        return true;
    }

    int Block(ulong hash) => (int)((hash >> 32) * (ulong)(bits.Length / BlockBytes) >> 32) * BlockBytes;

    static uint Mask(ulong hash, int word) => 1u << (int)(unchecked((uint)hash * Salts[word]) >> 27);

    /// <summary>Header and bits, as they stand in the file.</summary>
    public byte[] Encoded()
    {
        var buffer = new ByteBuffer();
        var w = new CompactWriter(buffer);
        w.Begin();
        w.Int32(1, bits.Length);
        foreach (var (field, only) in ((int, int)[])[(2, 1), (3, 1), (4, 1)]) // block, XXH64, not compressed
        {
            w.Struct(field);
            w.EmptyStruct(only);
            w.End();
        }
        w.End();
        buffer.Append(bits);
        return buffer.Written.ToArray();
    }

    /// <summary>The filter of a chunk; null where there is none that can be used: it only helps, and a reader without it loses no row.</summary>
    public static BloomFilter? Of(ByteSource file, ColumnChunk chunk, long footerStart, ReadLimits limits)
    {
        const int LongestHeader = 64;
        var (at, left) = (chunk.BloomFilterOffset, footerStart - chunk.BloomFilterOffset);
        if (at <= 0 || left <= 0) return null;
        var head = new byte[Math.Min(LongestHeader, left)];
        file.Read(at, head);
        if (Header(head, limits) is not (> 0 and var size, var length)) return null;
        if (size % BlockBytes != 0 || size > limits.MetadataBytes || size > left - length) return null;
        if (chunk.BloomFilterLength > 0 && chunk.BloomFilterLength != length + size) return null; // header and footer contradict each other
        var bits = new byte[size];
        file.Read(at + length, bits);
        return new(bits);
    }

    // The size of a split block filter of XXH64, not compressed, and of its header; null for other kinds and what is no header.
    static (int Size, int Length)? Header(byte[] bytes, ReadLimits limits)
    {
        try
        {
            var r = new CompactReader(bytes, limits);
            var size = 0;
            r.Begin();
            while (r.Next(out var id, out var type))
            {
                if (id == 1) size = r.Int32(type);
                else if (id is 2 or 3 or 4 && type == Wire.Struct)
                {
                    var outer = r.Begin();
                    while (r.Next(out var kind, out var inner))
                    {
                        if (kind != 1) return null;
                        r.Skip(inner);
                    }
                    r.End(outer);
                }
                else r.Skip(type);
            }
            return (size, r.Position);
        }
        catch (DataFormatException)
        {
            return null;
        }
    }

    /// <summary>The hash of what a range asks for, where that is one value; null where it is more, or the column's values are not hashed
    /// so.</summary>
    public static ulong? Sought(ColumnRange range, SchemaElement element) => (range, element.Type) switch
    {
        (TextRange { Least: { } text } t, PhysicalType.ByteArray) when t.Most is { } most && most.AsSpan().SequenceEqual(text) => Hash(text),
        (IntegerRange n, PhysicalType.Int32) when n.Least == n.Most && n.Least is >= int.MinValue and <= uint.MaxValue && IsPlain(element) =>
            Of32(n.Least),
        (IntegerRange n, PhysicalType.Int64) when n.Least == n.Most && IsPlain(element) => Of64(n.Least),
        _ => null,
    };

    public static ulong Of32(long value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, unchecked((int)value));
        return Hash(bytes);
    }

    public static ulong Of64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Hash(bytes);
    }

    static bool IsPlain(SchemaElement e) => e.Logical != LogicalKind.Decimal && e.Converted != ConvertedType.Decimal;
}

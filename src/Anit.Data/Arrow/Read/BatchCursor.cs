using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>Walks the columns and buffers of one record batch in their depth-first order; every size is checked.</summary>
/// <remarks>Buffers are slices of the body, so a batch costs no copy unless it is compressed, big-endian or encoded in a way
/// columns do not keep. What it costs beyond the body is counted against the limits.</remarks>
ref struct BatchCursor(BatchHeader header, ReadOnlyMemory<byte> body, int version, bool bigEndian, ReadLimits limits)
{
    const int RowsWithoutData = 1 << 24; // null columns take no bytes: more of them than this is a bomb
    const int FreeRatio = 16;            // a batch may expand this much before `BatchBytes` counts

    readonly BatchHeader header = header;
    int node, buffer, variadic;
    long expanded;

    /// <summary>Unions of metadata V4 have a validity bitmap, those of V5 do not.</summary>
    public readonly bool UnionsHaveValidity => version == 3;

    public readonly bool BigEndian => bigEndian;

    /// <summary>The length of the next column, which must be <paramref name="expected"/> unless that is -1.</summary>
    public int Node(long expected, out long nulls)
    {
        if (node == header.Nodes) throw new DataFormatException($"the record batch describes {header.Nodes} columns, the schema needs more");
        (var length, nulls) = header.Node(node++);
        if (length is < 0 or > int.MaxValue) throw new DataFormatException($"a column of {length} values");
        if (expected >= 0 && length != expected) throw new DataFormatException($"a column of {length} values where {expected} belong");
        if (nulls > length) throw new DataFormatException($"{nulls} nulls among {length} values");
        if (length > RowsWithoutData && length / 8 > body.Length * (header.Codec == BodyCodec.None ? 1L : 10_000L))
            throw new LimitExceededException($"a column of {length:N0} values in a batch of {body.Length:N0} bytes, which cannot hold them");
        return (int)length;
    }

    /// <summary>The next buffer, decompressed when the batch is.</summary>
    public ReadOnlyMemory<byte> Buffer()
    {
        if (buffer == header.Buffers) throw new DataFormatException($"the record batch has {header.Buffers} buffers, its columns need more");
        var (offset, length) = header.Buffer(buffer++);
        if (offset < 0 || length < 0 || length > body.Length || offset > body.Length - length)
            throw new DataFormatException($"buffer {buffer - 1} ({length} bytes at {offset}) lies outside the body of {body.Length} bytes");
        var bytes = body.Slice((int)offset, (int)length);
        return header.Codec == BodyCodec.None || length == 0 ? bytes : Decompressed(bytes);
    }

    /// <summary>The next buffer, which must hold <paramref name="count"/> values of <paramref name="width"/> bytes, in this machine's
    /// byte order; <paramref name="swap"/> bytes form one number, 1 for none.</summary>
    public ReadOnlyMemory<byte> Values(long count, int width, int swap)
    {
        var bytes = Buffer();
        if (bytes.Length < count * width) throw new DataFormatException($"a buffer of {bytes.Length} bytes where {count * width} are needed");
        bytes = bytes[..(int)(count * width)];
        return bigEndian && swap > 1 ? Swapped(bytes, swap) : bytes;
    }

    /// <summary>The validity bitmap of the column just begun, empty when nothing is null.</summary>
    public ReadOnlyMemory<byte> Validity(int length, ref long nulls)
    {
        var bytes = Buffer();
        if (bytes.IsEmpty)
        {
            if (nulls > 0) throw new DataFormatException($"{nulls} nulls but no validity bitmap");
            nulls = 0;
            return default;
        }
        if (bytes.Length < Bitmap.Bytes(length)) throw new DataFormatException($"a validity bitmap of {bytes.Length} bytes for {length} values");
        var counted = length - Bitmap.CountSet(bytes.Span, length);
        if (nulls >= 0 && counted != nulls) throw new DataFormatException($"{nulls} nulls announced, the validity bitmap has {counted}");
        nulls = counted;
        return counted == 0 ? default : bytes;
    }

    /// <summary>The number of data buffers of the next view column.</summary>
    public int Variadic()
    {
        // Some writers leave the counts out when no view column has data buffers.
        if (variadic == header.VariadicCounts)
            return header.VariadicCounts == 0 ? 0 : throw new DataFormatException("too few variadic buffer counts for the view columns");
        var count = header.Variadic(variadic++);
        return count >= 0 && count <= header.Buffers ? (int)count : throw new DataFormatException($"a view column with {count} data buffers");
    }

    /// <summary>Passes over a column that is not wanted.</summary>
    public void Skip(ArrowField field)
    {
        Node(-1, out _);
        var kind = field.Dictionary is null ? field.Type.Kind : ArrowKind.Int;
        var buffers = kind switch
        {
            ArrowKind.Null or ArrowKind.RunEndEncoded => 0,
            ArrowKind.Struct or ArrowKind.FixedSizeList => 1,
            ArrowKind.Union => 1 + field.Type.Unit + (UnionsHaveValidity ? 1 : 0),
            ArrowKind.Utf8 or ArrowKind.Binary or ArrowKind.LargeUtf8 or ArrowKind.LargeBinary or ArrowKind.ListView or ArrowKind.LargeListView => 3,
            ArrowKind.Utf8View or ArrowKind.BinaryView => 2 + Variadic(),
            _ => 2,
        };
        buffer += buffers;
        if (buffer > header.Buffers) throw new DataFormatException($"the record batch has {header.Buffers} buffers, its columns need more");
        if (field.Dictionary is not null) return;
        foreach (var child in field.Children) Skip(child);
    }

    /// <summary>Counts memory beyond the body that the batch is about to take.</summary>
    public void Expand(long bytes)
    {
        expanded += bytes;
        var allowed = Math.Max(limits.BatchBytes, Math.Min(limits.BodyBytes, (long)FreeRatio * body.Length));
        if (expanded > allowed) throw ReadLimits.Exceeded("the memory of one record batch", expanded, nameof(limits.BatchBytes), allowed);
    }

    ReadOnlyMemory<byte> Decompressed(ReadOnlyMemory<byte> bytes)
    {
        // Each compressed buffer begins with its length when decompressed; -1 means it is stored as it is.
        if (bytes.Length < 8) throw new DataFormatException($"a compressed buffer of {bytes.Length} bytes, too short for its length");
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span);
        var source = bytes[8..];
        if (length == -1) return source;
        if (length < 0) throw new DataFormatException($"a compressed buffer that announces {length} bytes");
        if (length > limits.PageBytes) throw ReadLimits.Exceeded("a decompressed buffer", length, nameof(limits.PageBytes), limits.PageBytes);
        if (length == 0) return default;
        Expand(length);
        var target = GC.AllocateUninitializedArray<byte>((int)length);
        BodyCodecs.Decompress(header.Codec, source.Span, target);
        return target;
    }

    ReadOnlyMemory<byte> Swapped(ReadOnlyMemory<byte> bytes, int width)
    {
        Expand(bytes.Length);
        var copy = bytes.ToArray();
        switch (width)
        {
            case 2: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, short>(bytes.Span),
                MemoryMarshal.Cast<byte, short>(copy.AsSpan())); break;
            case 4: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(bytes.Span),
                MemoryMarshal.Cast<byte, int>(copy.AsSpan())); break;
            case 8: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, long>(bytes.Span),
                MemoryMarshal.Cast<byte, long>(copy.AsSpan())); break;
            default:
                for (var at = 0; at < copy.Length; at += width) copy.AsSpan(at, width).Reverse();
                break;
        }
        return copy;
    }
}

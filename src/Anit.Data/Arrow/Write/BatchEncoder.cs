using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Write;

/// <summary>Lays out the columns of one batch as Arrow wants them: nodes and buffers, depth first.</summary>
/// <remarks>`dictionary` gives the indices of a dictionary column as they count in the output, and sends its values before.</remarks>
sealed class BatchEncoder(BodyCodec codec, int? level, Func<ArrowField, DictionaryColumn, ReadOnlyMemory<byte>> dictionary)
{
    const int Alignment = 64;

    readonly List<long> nodes = [];
    readonly List<long> places = [];
    readonly List<ReadOnlyMemory<byte>> buffers = [];

    /// <summary>Length and null count of each column.</summary>
    public ReadOnlySpan<long> Nodes => CollectionsMarshal.AsSpan(nodes);

    /// <summary>Offset and length of each buffer in the body.</summary>
    public ReadOnlySpan<long> Places => CollectionsMarshal.AsSpan(places);

    /// <summary>The buffers; each begins at the next multiple of 64 bytes.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Buffers => buffers;

    /// <summary>Bytes of the body with its padding.</summary>
    public long BodyLength { get; private set; }

    /// <summary>Bytes of zeros that follow a buffer of this length.</summary>
    public static int Padding(long length) => (int)(-length & (Alignment - 1));

    public void Begin()
    {
        nodes.Clear();
        places.Clear();
        buffers.Clear();
        BodyLength = 0;
    }

    public void Add(ArrowField field, Column column)
    {
        nodes.Add(column.Length);
        if (column is DictionaryColumn d)
        {
            // A null among the values stays one: only the nulls of the indices are the batch's.
            nodes.Add(d.Indices.NullCount);
            Buffer(Bits(d.Indices.Validity, d.Length));
            Buffer(dictionary(field, d));
            return;
        }
        nodes.Add(column is UnionColumn ? 0 : column.NullCount);
        if (column is NullColumn) return;
        if (column is not UnionColumn) Buffer(Bits(column.Validity, column.Length));
        switch (column)
        {
            case BoolColumn c: Buffer(Bits(c.Bits, c.Length)); break;
            case BytesColumn c:
                Buffer(Rebased(c.OffsetBytes, c.Offsets));
                Buffer(c.Data[c.Offsets[0]..c.Offsets[^1]]);
                break;
            case ListColumn c:
                Buffer(Rebased(c.OffsetBytes, c.Offsets));
                Add(field.Children[0], Part(c.Items, c.Offsets));
                break;
            case MapColumn c:
                Buffer(Rebased(c.OffsetBytes, c.Offsets));
                var (keys, values) = (Part(c.Keys, c.Offsets), Part(c.Items, c.Offsets));
                if (keys.NullCount > 0)
                    throw new UnsupportedTypeException($"column '{field.Name}' has a map with a null as key, which Arrow does not have");
                nodes.AddRange([keys.Length, 0]);
                Buffer(default);
                Add(field.Children[0].Children[0], keys);
                Add(field.Children[0].Children[1], values);
                break;
            case StructColumn c:
                for (var i = 0; i < c.Children.Count; i++) Add(field.Children[i], c.Children[i]);
                break;
            case UnionColumn c:
                Buffer(c.TypeIds[..c.Length]);
                if (field.Type.Unit == 1) Buffer(c.OffsetBytes[..(4 * c.Length)]);
                for (var i = 0; i < c.Children.Count; i++) Add(field.Children[i], c.Children[i]);
                break;
            case FixedColumn<Int128> { Type: TimestampType }:
                throw new UnsupportedTypeException($"column '{field.Name}' holds timestamps beyond 64 bits, which Arrow does not have");
            default:
                Buffer(CellBytes.Data(column)[..(CellBytes.WidthOf(column) * column.Length)]);
                break;
        }
    }

    void Buffer(ReadOnlyMemory<byte> bytes)
    {
        if (codec != BodyCodec.None && !bytes.IsEmpty) bytes = Compressed(bytes);
        places.AddRange([BodyLength, bytes.Length]);
        buffers.Add(bytes);
        BodyLength += bytes.Length + Padding(bytes.Length);
    }

    // Each compressed buffer begins with its raw length; -1 marks one that is stored because it did not shrink.
    ReadOnlyMemory<byte> Compressed(ReadOnlyMemory<byte> raw)
    {
        var packed = new ByteBuffer();
        packed.AppendValue((long)raw.Length);
        BodyCodecs.Compress(codec, raw.Span, level, packed);
        if (packed.Length - sizeof(long) < raw.Length) return packed.Detach();
        packed.Clear();
        packed.AppendValue(-1L);
        packed.Append(raw.Span);
        return packed.Detach();
    }

    static ReadOnlyMemory<byte> Bits(ReadOnlyMemory<byte> bits, int length) => bits.IsEmpty ? default : bits[..Bitmap.Bytes(length)];

    static Column Part(Column items, ReadOnlySpan<int> offsets) =>
        offsets[0] == 0 && offsets[^1] == items.Length ? items : items.Slice(offsets[0], offsets[^1] - offsets[0]);

    static ReadOnlyMemory<byte> Rebased(ReadOnlyMemory<byte> bytes, ReadOnlySpan<int> offsets)
    {
        if (offsets[0] == 0) return bytes[..(4 * offsets.Length)];
        var result = new byte[4 * offsets.Length];
        var to = MemoryMarshal.Cast<byte, int>(result.AsSpan());
        for (var i = 0; i < to.Length; i++) to[i] = offsets[i] - offsets[0];
        return result;
    }
}

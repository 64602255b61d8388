using System.Buffers.Binary;
using Anit.Data.Arrow.FlatBuffers;

namespace Anit.Data.Arrow.Meta;

/// <summary>What a message holds, by its number in Message.fbs.</summary>
enum MessageKind : byte { None, Schema, DictionaryBatch, RecordBatch, Tensor, SparseTensor }

/// <summary>The envelope of every part of a stream.</summary>
readonly ref struct ArrowMessage
{
    readonly FlatTable header, message;

    public MessageKind Kind { get; }

    /// <summary>3 for V4, 4 for V5.</summary>
    public int Version { get; }

    public long BodyLength { get; }

    public ArrowMessage(ReadOnlySpan<byte> metadata)
    {
        message = FlatTable.Root(metadata);
        Version = message.Int16(0);
        if (Version is not (3 or 4))
            throw new DataFormatException($"Arrow message of metadata version V{Version + 1}; V4 and V5 can be read");
        Kind = (MessageKind)message.Byte(1);
        if (!message.TryTable(2, out header) || Kind == MessageKind.None) throw new DataFormatException("Arrow message without a header");
        if (Kind > MessageKind.RecordBatch)
            throw new DataFormatException($"Arrow message of kind {Kind}; schemas, dictionaries and record batches can be read");
        BodyLength = message.Int64(3);
        if (BodyLength < 0) throw new DataFormatException($"Arrow message with a body of {BodyLength} bytes");
    }

    public IReadOnlyDictionary<string, string> Metadata => SchemaReading.KeyValues(message, 4);

    public ArrowSchema Schema() => SchemaReading.Read(header);

    public BatchHeader Batch() => new(header);

    public BatchHeader Dictionary(out long id, out bool delta)
    {
        (id, delta) = (header.Int64(0), header.Bool(2));
        if (!header.TryTable(1, out var data)) throw new DataFormatException($"Arrow dictionary batch {id} without data");
        return new BatchHeader(data);
    }
}

/// <summary>Codec of compressed buffers, by its number in Message.fbs.</summary>
enum BodyCodec : sbyte { None = -1, Lz4Frame = 0, Zstd = 1 }

/// <summary>Lengths and places of a record batch's buffers.</summary>
readonly ref struct BatchHeader
{
    readonly ReadOnlySpan<byte> nodes, buffers, variadic;

    public long Rows { get; }

    public BodyCodec Codec { get; }

    public int Nodes { get; }

    public int Buffers { get; }

    public int VariadicCounts { get; }

    public BatchHeader(FlatTable table)
    {
        Rows = table.Int64(0);
        if (Rows is < 0 or > int.MaxValue) throw new DataFormatException($"Arrow record batch of {Rows} rows");
        nodes = table.Structs(1, 16, out var count);
        Nodes = count;
        buffers = table.Structs(2, 16, out count);
        Buffers = count;
        variadic = table.Structs(4, 8, out count);
        VariadicCounts = count;
        Codec = BodyCodec.None;
        if (!table.TryTable(3, out var compression)) return;
        var codec = compression.Byte(0);
        if (codec > 1) throw new DataFormatException($"Arrow record batch compressed with codec {codec}; lz4 (0) and zstd (1) can be read");
        if (compression.Byte(1) != 0)
            throw new DataFormatException($"Arrow record batch compressed by method {compression.Byte(1)}; by buffer (0) can be read");
        Codec = (BodyCodec)codec;
    }

    /// <summary>A batch that did not come in a message: nodes and buffers as pairs of 64-bit integers.</summary>
    public BatchHeader(long rows, ReadOnlySpan<byte> nodes, ReadOnlySpan<byte> buffers, ReadOnlySpan<byte> variadic)
    {
        (Rows, Codec) = (rows, BodyCodec.None);
        (Nodes, Buffers, VariadicCounts) = (nodes.Length / 16, buffers.Length / 16, variadic.Length / 8);
        this.nodes = nodes;
        this.buffers = buffers;
        this.variadic = variadic;
    }

    public (long Length, long Nulls) Node(int i) => Pair(nodes, i);

    public (long Offset, long Length) Buffer(int i) => Pair(buffers, i);

    public long Variadic(int i) => BinaryPrimitives.ReadInt64LittleEndian(variadic[(8 * i)..]);

    static (long, long) Pair(ReadOnlySpan<byte> bytes, int i) =>
        (BinaryPrimitives.ReadInt64LittleEndian(bytes[(16 * i)..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[(16 * i + 8)..]));
}

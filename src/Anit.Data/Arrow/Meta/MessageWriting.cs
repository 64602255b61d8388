using System.Runtime.InteropServices;
using Anit.Data.Arrow.FlatBuffers;

namespace Anit.Data.Arrow.Meta;

/// <summary>Writes messages and the footer of a file as FlatBuffers, metadata version V5.</summary>
static class MessageWriting
{
    const short V5 = 4;

    public static byte[] Schema(ArrowSchema schema)
    {
        var to = new FlatBuilder();
        return Message(to, MessageKind.Schema, SchemaWriting.Write(to, schema), 0, 0);
    }

    // nodes: length and null count of each column, depth first; buffers: offset and length of each in the body.
    public static byte[] Batch(long rows, ReadOnlySpan<long> nodes, ReadOnlySpan<long> buffers, BodyCodec codec, long body,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var to = new FlatBuilder();
        var custom = metadata is null ? 0 : SchemaWriting.KeyValues(to, metadata);
        return Message(to, MessageKind.RecordBatch, Record(to, rows, nodes, buffers, codec), body, custom);
    }

    public static byte[] Dictionary(long id, bool delta, long rows, ReadOnlySpan<long> nodes, ReadOnlySpan<long> buffers, BodyCodec codec, long body)
    {
        var to = new FlatBuilder();
        var data = Record(to, rows, nodes, buffers, codec);
        to.Begin(3);
        to.Int64(0, id);
        to.Offset(1, data);
        to.Bool(2, delta);
        return Message(to, MessageKind.DictionaryBatch, to.End(), body, 0);
    }

    public static byte[] Footer(ArrowSchema schema, IReadOnlyList<ArrowBlock> dictionaries, IReadOnlyList<ArrowBlock> batches)
    {
        var to = new FlatBuilder();
        var batchesAt = Blocks(to, batches);
        var dictionariesAt = Blocks(to, dictionaries);
        var schemaAt = SchemaWriting.Write(to, schema);
        to.Begin(5);
        to.Int16(0, V5);
        to.Offset(1, schemaAt);
        to.Offset(2, dictionariesAt);
        to.Offset(3, batchesAt);
        return to.Finish(to.End());
    }

    static byte[] Message(FlatBuilder to, MessageKind kind, int header, long body, int metadata)
    {
        to.Begin(5);
        to.Int64(3, body);
        to.Offset(2, header);
        to.Offset(4, metadata);
        to.Int16(0, V5);
        to.Byte(1, (byte)kind);
        return to.Finish(to.End());
    }

    static int Record(FlatBuilder to, long rows, ReadOnlySpan<long> nodes, ReadOnlySpan<long> buffers, BodyCodec codec)
    {
        var compression = 0;
        if (codec != BodyCodec.None)
        {
            to.Begin(2);
            to.Byte(0, (byte)codec);
            compression = to.End();
        }
        var buffersAt = to.Structs(MemoryMarshal.AsBytes(buffers), buffers.Length / 2, 8);
        var nodesAt = to.Structs(MemoryMarshal.AsBytes(nodes), nodes.Length / 2, 8);
        to.Begin(4);
        to.Int64(0, rows);
        to.Offset(1, nodesAt);
        to.Offset(2, buffersAt);
        to.Offset(3, compression);
        return to.End();
    }

    static int Blocks(FlatBuilder to, IReadOnlyList<ArrowBlock> blocks)
    {
        // struct Block { offset: long; metaDataLength: int; 4 bytes of padding; bodyLength: long }
        var numbers = new long[3 * blocks.Count];
        for (var i = 0; i < blocks.Count; i++)
            (numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]) = (blocks[i].Offset, (uint)blocks[i].MetadataLength, blocks[i].BodyLength);
        return to.Structs(MemoryMarshal.AsBytes(numbers.AsSpan()), blocks.Count, 8);
    }
}

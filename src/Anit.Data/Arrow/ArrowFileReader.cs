using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Anit.Data.Arrow.Meta;
using Anit.Data.Arrow.Read;
using Anit.Data.Receipts;

namespace Anit.Data.Arrow;

/// <summary>Reads an Arrow IPC file by the index in its footer.</summary>
sealed class ArrowFileReader : ITableReader, ISealedReader
{
    readonly Stream stream;
    readonly ArrowFooter footer;
    readonly BatchDecoder decoder;
    readonly ReadOptions options;
    readonly long footerStart;
    byte[] reused = [];

    ArrowFileReader(Stream stream, ArrowFooter footer, long footerStart, ReadOptions options)
    {
        (this.stream, this.footer, this.footerStart, this.options) = (stream, footer, footerStart, options);
        var metadata = new Dictionary<string, string>(footer.Schema.Metadata);
        metadata.Remove(FileSeal.Key);
        decoder = new BatchDecoder(footer.Schema with { Metadata = metadata }, options);
    }

    public static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    public Schema Schema => decoder.Schema;

    public bool SealFits => footer.Schema.Metadata.GetValueOrDefault(FileSeal.Key) is { } seal && seal == FileSeal.Of(footerStart, (offset, to) =>
    {
        stream.Position = offset;
        stream.ReadExactly(to);
    });

    public IReadOnlyDictionary<string, string> LateMetadata { get; } = new Dictionary<string, string>();

    public static async Task<ArrowFileReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop)
    {
        const int Tail = 10; // length of the footer, magic
        if (stream.Length < Magic.Length + 2 + Tail) throw new DataFormatException($"an Arrow file of {stream.Length} bytes: it is cut off");
        var tail = await ReadAsync(stream, stream.Length - Tail, Tail, stop).ConfigureAwait(false);
        if (!tail.AsSpan(4).SequenceEqual(Magic))
            throw new DataFormatException("the Arrow file does not end with ARROW1: it is cut off or still being written");
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        var end = stream.Length - Tail - length;
        if (length <= 0 || end < Magic.Length + 2)
            throw new DataFormatException($"an Arrow footer of {length} bytes in a file of {stream.Length}").At(offset: stream.Length - Tail);
        if (length > options.Limits.MetadataBytes)
            throw ReadLimits.Exceeded("the Arrow footer", length, nameof(ReadLimits.MetadataBytes), options.Limits.MetadataBytes);
        var footer = ArrowFooter.Read(await ReadAsync(stream, end, length, stop).ConfigureAwait(false), end);
        return new ArrowFileReader(stream, footer, end, options);
    }

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        foreach (var block in footer.Dictionaries)
            Decode(block, await BlockAsync(block, rows: false, stop).ConfigureAwait(false), MessageKind.DictionaryBatch);
        foreach (var block in footer.Batches)
        {
            var batch = Decode(block, await BlockAsync(block, rows: true, stop).ConfigureAwait(false), MessageKind.RecordBatch)!;
            foreach (var piece in decoder.Cut(batch)) yield return piece;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    async ValueTask<ReadOnlyMemory<byte>> BlockAsync(ArrowBlock block, bool rows, CancellationToken stop)
    {
        var limit = options.Limits.BodyBytes;
        if (block.BodyLength > limit)
            throw ReadLimits.Exceeded("the body of an Arrow message", block.BodyLength, nameof(ReadLimits.BodyBytes), limit).At(file: options.Name);
        var length = checked((int)(block.MetadataLength + block.BodyLength));
        if (!options.ReuseMemory || !rows) return await ReadAsync(stream, block.Offset, length, stop).ConfigureAwait(false);
        if (reused.Length < length) reused = GC.AllocateUninitializedArray<byte>(length);
        await ReadAsync(stream, block.Offset, reused.AsMemory(0, length), stop).ConfigureAwait(false);
        return reused.AsMemory(0, length);
    }

    ColumnBatch? Decode(ArrowBlock block, ReadOnlyMemory<byte> all, MessageKind wanted)
    {
        try
        {
            var bytes = all.Span;
            var start = BinaryPrimitives.ReadInt32LittleEndian(bytes) == -1 ? 8 : 4; // files before 2019 lack the 0xFFFFFFFF
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[(start - 4)..]);
            if (length <= 0 || length > block.MetadataLength - start)
                throw new DataFormatException($"metadata of {length} bytes where the footer leaves {block.MetadataLength - start}");
            var message = new ArrowMessage(bytes.Slice(start, length));
            if (message.Kind != wanted) throw new DataFormatException($"a {message.Kind} where the footer announces a {wanted}");
            if (message.BodyLength != block.BodyLength)
                throw new DataFormatException($"a body of {message.BodyLength} bytes where the footer announces {block.BodyLength}");
            var body = all[block.MetadataLength..];
            if (wanted == MessageKind.RecordBatch) return decoder.Batch(message, body);
            decoder.Dictionary(message, body, replace: false);
            return null;
        }
        catch (DataFormatException fault)
        {
            throw fault.At(file: options.Name, offset: block.Offset);
        }
    }

    static async ValueTask<byte[]> ReadAsync(Stream stream, long offset, int length, CancellationToken stop)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        await ReadAsync(stream, offset, bytes.AsMemory(), stop).ConfigureAwait(false);
        return bytes;
    }

    static async ValueTask ReadAsync(Stream stream, long offset, Memory<byte> target, CancellationToken stop)
    {
        stream.Position = offset;
        if (await stream.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false) < target.Length)
            throw new DataFormatException("the file became shorter while it was read");
    }
}

using System.Runtime.CompilerServices;
using Anit.Data.Arrow.Meta;
using Anit.Data.Arrow.Read;

namespace Anit.Data.Arrow;

/// <summary>Opens Arrow IPC files and streams.</summary>
static class ArrowReader
{
    public static async Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop)
    {
        var first = new byte[ArrowFileReader.Magic.Length];
        var have = await stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        if (stream.CanSeek) stream.Position -= have;
        else stream = new PrefixedStream(first.AsMemory(0, have), stream);
        if (!first.AsSpan(0, have).SequenceEqual(ArrowFileReader.Magic))
            return await ArrowStreamReader.OpenAsync(stream, options, stop).ConfigureAwait(false);
        stream = await Spool.SeekableAsync(stream, stop).ConfigureAwait(false);
        return await ArrowFileReader.OpenAsync(stream, options, stop).ConfigureAwait(false);
    }
}

/// <summary>Reads an Arrow IPC stream as it arrives.</summary>
sealed class ArrowStreamReader : ITableReader
{
    readonly Stream stream;
    readonly MessageStream messages;
    readonly BatchDecoder decoder;
    readonly ReadOptions options;
    readonly Dictionary<string, string> late = [];

    ArrowStreamReader(Stream stream, MessageStream messages, BatchDecoder decoder, ReadOptions options) =>
        (this.stream, this.messages, this.decoder, this.options) = (stream, messages, decoder, options);

    public Schema Schema => decoder.Schema;

    public IReadOnlyDictionary<string, string> LateMetadata => late;

    public static async Task<ArrowStreamReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop)
    {
        var messages = new MessageStream(stream, options);
        if (!await messages.NextAsync(stop).ConfigureAwait(false)) throw new DataFormatException("an Arrow stream that ends before its schema");
        return new ArrowStreamReader(stream, messages, new BatchDecoder(SchemaOf(messages), options), options);
    }

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        while (await NextAsync(stop).ConfigureAwait(false))
        {
            if (Decode() is not { } batch) continue;
            foreach (var piece in decoder.Cut(batch)) yield return piece;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    static ArrowSchema SchemaOf(MessageStream messages)
    {
        var message = new ArrowMessage(messages.Metadata.Span);
        return message.Kind == MessageKind.Schema ? message.Schema()
            : throw new DataFormatException($"the Arrow stream begins with a {message.Kind} instead of its schema");
    }

    async ValueTask<bool> NextAsync(CancellationToken stop)
    {
        try
        {
            return await messages.NextAsync(stop).ConfigureAwait(false);
        }
        catch (DataFormatException fault)
        {
            throw fault.At(file: options.Name, offset: messages.Position);
        }
    }

    ColumnBatch? Decode()
    {
        try
        {
            var message = new ArrowMessage(messages.Metadata.Span);
            switch (message.Kind)
            {
                case MessageKind.DictionaryBatch:
                    decoder.Dictionary(message, messages.Body, replace: true);
                    return null;
                case MessageKind.RecordBatch:
                    foreach (var (key, value) in message.Metadata) late[key] = value;
                    return decoder.Batch(message, messages.Body);
                default:
                    throw new DataFormatException("a second schema inside the Arrow stream");
            }
        }
        catch (DataFormatException fault)
        {
            throw fault.At(file: options.Name, offset: messages.Position - messages.Body.Length);
        }
    }
}

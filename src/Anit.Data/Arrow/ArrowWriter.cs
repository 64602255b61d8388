using Anit.Data.Arrow.Meta;
using Anit.Data.Arrow.Write;
using Anit.Data.Parquet.Write;
using Anit.Data.Receipts;

namespace Anit.Data.Arrow;

/// <summary>Writes Arrow IPC, as a stream or as a file, which is a stream with a magic before and an index behind.</summary>
/// <remarks>Metadata V5, buffers at multiples of 64 bytes, little endian, bodies uncompressed unless asked. The end marker
/// is written by <see cref="FinishAsync"/> only, so a reader of the pipe can tell a whole table from a broken one.</remarks>
sealed class ArrowWriter : ITableWriter
{
    const int MostRows = 65_536, LeastRows = 64;
    const long MostBytes = 1 << 20; // larger batches are cut: what a reader checks still lies in the cache, and it holds less (bench/Pipes)

    readonly Stream stream;
    readonly bool file;
    readonly Schema schema;
    readonly ArrowSchema arrow;
    readonly MessageSink sink;
    readonly BodyCodec codec;
    readonly int? level;
    readonly BatchEncoder encoder;
    readonly Dictionary<long, DictionaryTracker> dictionaries = [];
    readonly List<ArrowBlock> dictionaryBlocks = [], batchBlocks = [];
    readonly Queue<(byte[] Metadata, BatchEncoder Body)> pending = [];
    bool started, finished;

    ArrowWriter(Stream stream, bool file, Schema schema, WriteOptions options)
    {
        (this.stream, this.file, this.schema) = (stream, file, schema);
        arrow = SchemaExport.Schema(schema);
        sink = new MessageSink(stream);
        codec = options.Compression switch
        {
            Compression.Default or Compression.None => BodyCodec.None,
            Compression.Zstd => BodyCodec.Zstd,
            Compression.Lz4 => BodyCodec.Lz4Frame,
            _ => throw new NotSupportedException($"Arrow bodies are compressed with zstd or lz4, not {$"{options.Compression}".ToLowerInvariant()}"),
        };
        level = options.Level;
        encoder = new BatchEncoder(codec, level, Indices);
    }

    public static ITableWriter Create(Stream stream, bool file, Schema schema, WriteOptions options) =>
        new ArrowWriter(stream, file, schema, options);

    public async ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        if (batch.Columns.Count != schema.Fields.Count)
            throw new ArgumentException($"{batch.Columns.Count} columns for {schema.Fields.Count} fields", nameof(batch));
        await StartAsync(stop).ConfigureAwait(false);
        var most = RowsAtOnce(batch);
        if (batch.Rows <= most)
        {
            if (batch.Rows > 0) await BatchAsync(batch, null, stop).ConfigureAwait(false);
            return;
        }
        for (var at = 0; at < batch.Rows; at += most)
            await BatchAsync(batch.Slice(at, Math.Min(most, batch.Rows - at)), null, stop).ConfigureAwait(false);
    }

    // A multiple of 64, so that no bitmap has to be shifted.
    static int RowsAtOnce(ColumnBatch batch)
    {
        var bytes = batch.Columns.Sum(column => ColumnSize.Of(column, 0, batch.Rows));
        return (int)Math.Clamp(MostBytes * batch.Rows / Math.Max(1, bytes) / LeastRows * LeastRows, LeastRows, MostRows);
    }

    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        if (finished) return;
        await StartAsync(default).ConfigureAwait(false);
        if (lateMetadata is { Count: > 0 } && !file)
        {
            var empty = new ColumnBatch(schema, [.. schema.Fields.Select(field => EmptyColumn.Of(field.Type))], 0);
            await BatchAsync(empty, lateMetadata, default).ConfigureAwait(false);
        }
        await sink.EndAsync(default).ConfigureAwait(false);
        if (file) await FooterAsync(lateMetadata ?? new Dictionary<string, string>()).ConfigureAwait(false);
        await sink.FlushAsync(default).ConfigureAwait(false);
        finished = true;
    }

    public ValueTask DisposeAsync()
    {
        finished = true;
        return ValueTask.CompletedTask;
    }

    async ValueTask StartAsync(CancellationToken stop)
    {
        if (started) return;
        started = true;
        if (file) await sink.WriteAsync("ARROW1\0\0"u8.ToArray(), stop).ConfigureAwait(false);
        await sink.MessageAsync(MessageWriting.Schema(arrow), null, stop).ConfigureAwait(false);
    }

    async ValueTask BatchAsync(ColumnBatch batch, IReadOnlyDictionary<string, string>? metadata, CancellationToken stop)
    {
        encoder.Begin();
        for (var i = 0; i < batch.Columns.Count; i++)
        {
            if (batch.Columns[i].Type.GetType() != schema.Fields[i].Type.GetType())
                throw new ArgumentException($"column '{schema.Fields[i].Name}' is {batch.Columns[i].Type}, the schema says {schema.Fields[i].Type}",
                    nameof(batch));
            encoder.Add(arrow.Fields[i], batch.Columns[i]);
        }
        while (pending.TryDequeue(out var part))
            dictionaryBlocks.Add(await sink.MessageAsync(part.Metadata, part.Body, stop).ConfigureAwait(false));
        var message = MessageWriting.Batch(batch.Rows, encoder.Nodes, encoder.Places, codec, encoder.BodyLength, metadata);
        batchBlocks.Add(await sink.MessageAsync(message, encoder, stop).ConfigureAwait(false));
    }

    async ValueTask FooterAsync(IReadOnlyDictionary<string, string> late)
    {
        var metadata = new Dictionary<string, string>(schema.WithMetadata(late).Metadata);
        await sink.FlushAsync(default).ConfigureAwait(false);
        if (FileSeal.Of(stream, sink.Position, metadata) is { } seal) metadata[FileSeal.Key] = seal;
        var whole = arrow with { Metadata = metadata };
        var footer = MessageWriting.Footer(whole, dictionaryBlocks, batchBlocks);
        await sink.WriteAsync(footer, default).ConfigureAwait(false);
        await sink.WriteAsync(BitConverter.GetBytes(footer.Length), default).ConfigureAwait(false);
        await sink.WriteAsync("ARROW1"u8.ToArray(), default).ConfigureAwait(false);
    }

    // Called while a batch is laid out; what the dictionary lacks is queued and goes out before the batch.
    ReadOnlyMemory<byte> Indices(ArrowField field, DictionaryColumn column)
    {
        var id = field.Dictionary!.Id;
        if (!dictionaries.TryGetValue(id, out var tracker)) dictionaries[id] = tracker = new DictionaryTracker(column.Values.Type);
        if (tracker.Take(column.Values, out var delta) is { } values)
        {
            var body = new BatchEncoder(codec, level, Indices);
            body.Begin();
            body.Add(field with { Dictionary = null }, values);
            pending.Enqueue((MessageWriting.Dictionary(id, delta, values.Length, body.Nodes, body.Places, codec, body.BodyLength), body));
        }
        return tracker.Indices(column.Indices);
    }
}

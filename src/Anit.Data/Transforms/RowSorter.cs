using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Anit.Data;

/// <summary>Sorts rows in bounded memory: runs that fit are sorted and kept in temporary files, then merged.</summary>
/// <remarks>Stable: rows of equal keys stay in their order. At most <see cref="FanIn"/> runs are merged at once; where there are more, some are
/// merged into longer ones first.</remarks>
sealed class RowSorter : IAsyncDisposable
{
    const int FanIn = 64, BatchRows = 4_096;
    const string KeyName = "key"; // the last column of a run

    readonly record struct Entry(ulong Prefix, int Start, int Length, int Batch, int Row);

    readonly Schema schema, runSchema;
    readonly KeyEncoder encoder;
    readonly long memory;
    readonly List<ColumnBatch> batches = [];
    readonly List<Entry> entries = [];
    readonly ByteBuffer keys = new();
    readonly List<Spool> runs = [];
    long bytes, most;

    /// <param name="schema">The rows' columns.</param>
    /// <param name="keys">By what they are ordered.</param>
    /// <param name="memory">How many bytes of rows are kept, about.</param>
    public RowSorter(Schema schema, IReadOnlyList<SortKey> keys, long memory)
    {
        (this.schema, this.memory, encoder) = (schema, memory, new(schema, keys));
        runSchema = new Schema(schema.Fields.Append(new(KeyName, DataType.Binary, Nullable: false)));
    }

    /// <summary>Takes rows; the batch is kept.</summary>
    public async ValueTask AddAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            var start = keys.Length;
            encoder.Append(keys, batch, row);
            entries.Add(new(PrefixOf(keys.Written[start..]), start, keys.Length - start, batches.Count, row));
        }
        batches.Add(batch);
        var size = ColumnSizes.Of(batch);
        most = Math.Max(most, batch.Rows == 0 ? 0 : size / batch.Rows);
        bytes += size;
        if (bytes + keys.Length + entries.Count * 24L > memory || keys.Length > 1 << 30) await FlushAsync(stop).ConfigureAwait(false);
    }

    /// <summary>All rows in order.</summary>
    public async IAsyncEnumerable<ColumnBatch> SortedAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        if (runs.Count == 0)
        {
            foreach (var batch in Ordered(schema, withKeys: false)) yield return batch;
            yield break;
        }
        if (entries.Count > 0) await FlushAsync(stop).ConfigureAwait(false);
        while (runs.Count > FanIn)
        {
            var first = runs.GetRange(0, FanIn);
            var longer = await KeepAsync(MergedAsync(first, runSchema, stop), stop).ConfigureAwait(false);
            foreach (var run in first) run.Dispose();
            runs.RemoveRange(0, FanIn);
            runs.Insert(0, longer); // its rows came first, and so they stay before their equals
        }
        await foreach (var batch in MergedAsync(runs, schema, stop).ConfigureAwait(false)) yield return batch;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var run in runs) run.Dispose();
        return default;
    }

    static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        Span<byte> first = stackalloc byte[8];
        first.Clear();
        key[..Math.Min(8, key.Length)].CopyTo(first);
        return BinaryPrimitives.ReadUInt64BigEndian(first);
    }

    int Compare(Entry a, Entry b)
    {
        if (a.Prefix != b.Prefix) return a.Prefix < b.Prefix ? -1 : 1;
        var order = keys.Written.Slice(a.Start, a.Length).SequenceCompareTo(keys.Written.Slice(b.Start, b.Length));
        return order != 0 ? order : a.Batch != b.Batch ? a.Batch.CompareTo(b.Batch) : a.Row.CompareTo(b.Row);
    }

    // Batches of a run are small enough for many runs to be read at once.
    int RowsAtOnce => (int)Math.Clamp(memory / (2 * FanIn) / Math.Max(1, most), 16, BatchRows);

    IEnumerable<ColumnBatch> Ordered(Schema to, bool withKeys)
    {
        entries.Sort(Compare);
        for (var first = 0; first < entries.Count; first += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, entries.Count - first);
            var builders = to.Fields.Select(field => ColumnBuilder.For(field.Type)).ToArray();
            for (var c = 0; c < schema.Fields.Count; c++)
                for (var i = first; i < first + count; i++) builders[c].AppendFrom(batches[entries[i].Batch].Columns[c], entries[i].Row);
            if (withKeys)
                for (var i = first; i < first + count; i++) ((BinaryBuilder)builders[^1]).Append(keys.Written.Slice(entries[i].Start, entries[i]
                    .Length));
            yield return new ColumnBatch(to, [.. builders.Select(builder => builder.Build())], count);
        }
    }

    async Task FlushAsync(CancellationToken stop)
    {
        runs.Add(await KeepAsync(Ordered(runSchema, withKeys: true).ToAsyncEnumerable(), stop).ConfigureAwait(false));
        batches.Clear();
        entries.Clear();
        keys.Clear();
        bytes = 0;
    }

    Task<Spool> KeepAsync(IAsyncEnumerable<ColumnBatch> rows, CancellationToken stop) => Spool.WriteAsync(async file =>
    {
        await using var writer = Table.Create(file, TableFormat.ArrowStream, runSchema, new() { Compression = Compression.None });
        await foreach (var batch in rows.ConfigureAwait(false)) await writer.WriteAsync(batch, stop).ConfigureAwait(false);
        await writer.FinishAsync().ConfigureAwait(false);
    });

    async IAsyncEnumerable<ColumnBatch> MergedAsync(IReadOnlyList<Spool> from, Schema to, [EnumeratorCancellation] CancellationToken stop)
    {
        var cursors = new List<Cursor>();
        var heap = new PriorityQueue<Cursor, Cursor>(Comparer<Cursor>.Create(Cursor.Compare));
        try
        {
            foreach (var run in from)
            {
                var cursor = new Cursor(await Table.OpenAsync(run.Open(), stop: stop).ConfigureAwait(false), cursors.Count, stop);
                cursors.Add(cursor);
                if (await cursor.NextAsync().ConfigureAwait(false)) heap.Enqueue(cursor, cursor);
            }
            var chosen = new List<(ColumnBatch Batch, int Row)>();
            while (heap.TryDequeue(out var cursor, out _)) // out before it moves on: its place hangs on its row
            {
                chosen.Add((cursor.Batch, cursor.Row));
                if (chosen.Count == RowsAtOnce)
                {
                    yield return Gathered(chosen, to);
                    chosen.Clear();
                }
                if (await cursor.NextAsync().ConfigureAwait(false)) heap.Enqueue(cursor, cursor);
            }
            if (chosen.Count > 0) yield return Gathered(chosen, to);
        }
        finally
        {
            foreach (var cursor in cursors) await cursor.DisposeAsync().ConfigureAwait(false);
        }
    }

    static ColumnBatch Gathered(List<(ColumnBatch Batch, int Row)> rows, Schema to)
    {
        var columns = new Column[to.Fields.Count];
        for (var c = 0; c < columns.Length; c++)
        {
            var builder = ColumnBuilder.For(to.Fields[c].Type);
            foreach (var (batch, row) in rows) builder.AppendFrom(batch.Columns[c], row);
            columns[c] = builder.Build();
        }
        return new ColumnBatch(to, columns, rows.Count);
    }

    /// <summary>The next row of a run.</summary>
    sealed class Cursor(ITableReader reader, int ordinal, CancellationToken stop) : IAsyncDisposable
    {
        readonly IAsyncEnumerator<ColumnBatch> batches = reader.ReadBatchesAsync(stop).GetAsyncEnumerator(stop);
        BinaryColumn keys = (BinaryColumn)new BinaryBuilder().Build();

        public ColumnBatch Batch { get; private set; } = new(new([]), [], 0);

        public int Row { get; private set; }

        public async ValueTask<bool> NextAsync()
        {
            if (++Row < Batch.Rows) return true;
            do
            {
                if (!await batches.MoveNextAsync().ConfigureAwait(false)) return false;
                (Batch, Row) = (batches.Current, 0);
            }
            while (Batch.Rows == 0);
            keys = (BinaryColumn)Batch.Columns[^1];
            return true;
        }

        public static int Compare(Cursor? a, Cursor? b)
        {
            var order = a!.keys.Bytes(a.Row).SequenceCompareTo(b!.keys.Bytes(b.Row));
            return order != 0 ? order : a.Ordinal.CompareTo(b.Ordinal);
        }

        int Ordinal => ordinal;

        public async ValueTask DisposeAsync()
        {
            await batches.DisposeAsync().ConfigureAwait(false);
            await reader.DisposeAsync().ConfigureAwait(false);
        }
    }
}

using System.Runtime.CompilerServices;

namespace Anit.Data;

/// <summary>A table that can be read several times: by opening its source again, or by keeping a pipe's rows in a temporary Arrow stream.</summary>
/// <param name="first">The table, nothing but its schema read yet; stays the caller's.</param>
/// <param name="source">What it was opened from.</param>
/// <param name="options">How to open it again.</param>
public sealed class RepeatableTable(ITableReader first, DataSource source, ReadOptions? options = null) : IAsyncDisposable
{
    readonly ReadOptions options = options ?? new();
    Spool? spool;
    bool started;

    /// <summary>Columns and metadata.</summary>
    public Schema Schema => first.Schema;

    /// <summary>Metadata from the end of the input; complete once all rows were read, or kept.</summary>
    public IReadOnlyDictionary<string, string> LateMetadata => first.LateMetadata;

    /// <summary>Whether the rows of a pipe are kept in a temporary file.</summary>
    public bool IsKept => spool is not null;

    /// <summary>Makes sure that the rows can be read more than once.</summary>
    public async Task KeepAsync(CancellationToken stop = default)
    {
        if (source.Repeats || spool is not null) return;
        spool = await Spool.WriteAsync(async file =>
        {
            await using var writer = Table.Create(file, TableFormat.ArrowStream, Schema);
            await foreach (var batch in First(stop).ConfigureAwait(false)) await writer.WriteAsync(batch, stop).ConfigureAwait(false);
            await writer.FinishAsync().ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>All rows, from the first to the last. The first such reading goes through the reader this object was made with.</summary>
    public IAsyncEnumerable<ColumnBatch> ReadBatchesAsync(CancellationToken stop = default) =>
        spool is null && !started ? First(stop) : Again(null, stop);

    /// <summary>The rows of a filter, from the first to the last; where a receipt tells the digest of all, the others need not be read.</summary>
    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync(RowFilter where, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var test = where.Bind(Schema);
        var batches = first is Receipts.StageInput { Digest: not null } && source is { Repeats: true, Parts.Count: 0 }
            ? Again(null, stop, where) : ReadBatchesAsync(stop);
        await foreach (var batch in batches.ConfigureAwait(false))
            if (test.Apply(batch) is { Rows: > 0 } chosen) yield return chosen;
    }

    /// <summary>Some columns (null for all) of all rows, for a look ahead; leaves the first full reading to come.</summary>
    public IAsyncEnumerable<ColumnBatch> LookAsync(IReadOnlyList<string>? columns, CancellationToken stop = default) => Again(columns, stop);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        spool?.Dispose();
        return default;
    }

    IAsyncEnumerable<ColumnBatch> First(CancellationToken stop)
    {
        if (started) throw new InvalidOperationException("a pipe can be read a second time only after KeepAsync");
        started = true;
        return first.ReadBatchesAsync(stop);
    }

    async IAsyncEnumerable<ColumnBatch> Again(IReadOnlyList<string>? columns, [EnumeratorCancellation] CancellationToken stop,
        RowFilter? where = null)
    {
        var how = options with { Columns = columns, Where = where, CarryReceipts = false, UniqueColumn = null }; // the first reading sees to these
        if (spool is null && !source.Repeats) throw new InvalidOperationException("a pipe can be read a second time only after KeepAsync");
        await using var reader = spool is not null
            ? await Table.OpenAsync(spool.Open(), how with { Schema = null, Types = new Dictionary<string, DataType>() }, stop).ConfigureAwait(false)
            : await Table.OpenAsync(source, how, stop).ConfigureAwait(false);
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false)) yield return batch;
    }
}

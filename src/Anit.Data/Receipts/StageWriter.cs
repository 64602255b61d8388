namespace Anit.Data.Receipts;

/// <summary>Writes a stage's output, keeps a copy for the cache and closes with the finished receipt.</summary>
sealed class StageWriter : ITableWriter
{
    readonly ITableWriter inner;
    readonly CacheEntry? entry;
    readonly ITableWriter? copy;
    readonly RowDigest digest;
    readonly Func<Receipt, ValueTask<IReadOnlyList<Receipt>>> chain;

    public StageWriter(ITableWriter inner, Schema schema, CacheEntry? entry, Func<Receipt, ValueTask<IReadOnlyList<Receipt>>> chain)
    {
        (this.inner, this.entry, this.chain) = (inner, entry, chain);
        digest = new RowDigest(schema);
        if (entry is not null) copy = Table.Create(entry.File, TableFormat.ArrowFile, schema, new WriteOptions { Compression = Compression.Lz4 });
    }

    /// <summary>Whether rows went out.</summary>
    public bool Started => digest.Rows > 0;

    public async ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        digest.Add(batch);
        if (copy is not null) await copy.WriteAsync(batch, stop).ConfigureAwait(false);
        await inner.WriteAsync(batch, stop).ConfigureAwait(false);
    }

    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        var receipts = await chain(new Receipt { Tool = "", Version = 0, Rows = digest.Result(), Count = digest.Rows }).ConfigureAwait(false);
        var late = new Dictionary<string, string>(lateMetadata ?? new Dictionary<string, string>()) { [Chain.Key] = Chain.Write(receipts) };
        if (copy is not null)
        {
            await copy.FinishAsync(late).ConfigureAwait(false);
            entry!.Keep(alsoAs: receipts[^1].Key);
        }
        await inner.FinishAsync(late).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        digest.Dispose();
        if (copy is not null) await copy.DisposeAsync().ConfigureAwait(false);
        entry?.Dispose();
        await inner.DisposeAsync().ConfigureAwait(false);
    }
}

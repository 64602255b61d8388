namespace Anit.Data.Receipts;

/// <summary>Writes a stage's output, keeps a copy for the cache and closes with the finished receipt.</summary>
sealed class StageWriter : ITableWriter
{
    readonly ITableWriter inner;
    readonly CacheEntry? entry;
    readonly ITableWriter? copy;
    readonly RowDigest digest;
    readonly Func<Receipt, ValueTask<IReadOnlyList<Receipt>>> chain;
    readonly bool aside; // whether the digest is taken on another thread than the rows are written on

    /// <summary>A writer that owns what it is given; <paramref name="digest"/> has no rows yet.</summary>
    public StageWriter(ITableWriter inner, Schema schema, RowDigest digest, CacheEntry? entry, bool aside,
        Func<Receipt, ValueTask<IReadOnlyList<Receipt>>> chain)
    {
        (this.inner, this.digest, this.entry, this.aside, this.chain) = (inner, digest, entry, aside, chain);
        if (entry is not null) copy = Table.Create(entry.File, TableFormat.ArrowFile, schema, new WriteOptions { Compression = Compression.Lz4 });
    }

    /// <summary>Whether rows went out.</summary>
    public bool Started => digest.Rows > 0;

    public async ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        var digesting = aside ? Task.Run(() => digest.Add(batch), stop) : Task.CompletedTask;
        if (!aside) digest.Add(batch);
        try
        {
            await PutAsync(batch, stop).ConfigureAwait(false);
        }
        finally
        {
            await ((Task)digesting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the batch's memory is used again
        }
        await digesting.ConfigureAwait(false);
    }

    async ValueTask PutAsync(ColumnBatch batch, CancellationToken stop)
    {
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

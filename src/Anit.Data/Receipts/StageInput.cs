using System.Runtime.CompilerServices;

namespace Anit.Data.Receipts;

/// <summary>The input of a stage, digested in passing when no receipt tells its digest.</summary>
sealed class StageInput : ITableReader
{
    readonly ITableReader inner;
    readonly Receipt? last;
    RowDigest? digest;
    ITableReader? narrow;
    IAsyncEnumerator<ColumnBatch>? rest;
    bool ended;

    /// <summary>An input whose last receipt tells the digest of its rows, where that can be trusted.</summary>
    public StageInput(ITableReader inner, bool trusted)
    {
        this.inner = inner;
        last = trusted && Chain.Read(inner.Schema.Metadata) is { Count: > 0 } chain ? chain[^1] : null;
        Digest = last?.Rows;
    }

    /// <summary>The digest of the rows, once known.</summary>
    public string? Digest { get; set; }

    /// <summary>The unfinished receipt that stands for the rows of a stream still being written.</summary>
    public Receipt? Pending => last is { Rows: null } ? last : null;

    /// <summary>What is known of the rows before they are read.</summary>
    public string? Identity => Digest ?? (Pending is { } pending ? Chain.Via(pending) : null);

    public Schema Schema => inner.Schema;

    /// <summary>Known before the rows were read where a reading ahead was worth it.</summary>
    public IReadOnlyDictionary<string, string> LateMetadata { get => field ?? inner.LateMetadata; set; }

    /// <summary>The table itself.</summary>
    public ITableReader Table => inner;

    /// <summary>Whether the rows' digest will be known only when all were read.</summary>
    public bool DigestsInPassing => Digest is null && Pending is null;

    /// <summary>The digest of a column, once <see cref="DigestsInPassing"/> is over.</summary>
    public byte[] ColumnDigest(string name) => digest!.Column(name);

    /// <summary>Reads only these columns from now on, and lets the others stand for themselves (<see cref="PassedColumn"/>).</summary>
    public void Narrow(ITableReader to) => narrow = to;

    /// <summary>The input's metadata, with what came at its end.</summary>
    public IReadOnlyDictionary<string, string> Metadata => inner.Schema.WithMetadata(LateMetadata).Metadata;

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        if (DigestsInPassing) digest = new RowDigest(inner.Schema);
        rest = (narrow ?? inner).ReadBatchesAsync(stop).GetAsyncEnumerator(stop);
        while (await NextAsync().ConfigureAwait(false)) yield return narrow is null ? rest.Current : Widened(rest.Current);
    }

    ColumnBatch Widened(ColumnBatch some) =>
        new(Schema, [.. Schema.Fields.Select(field => some.Find(field.Name) ?? new PassedColumn(field.Type, some.Rows))], some.Rows);

    /// <summary>The digest, for which what the stage left unread is read now.</summary>
    public async ValueTask<string> FinalDigestAsync()
    {
        if (Digest is not null) return Digest;
        if (rest is null)
        {
            await foreach (var _ in ReadBatchesAsync().ConfigureAwait(false)) { }
        }
        while (await NextAsync().ConfigureAwait(false)) { }
        if (digest is not null) return Digest = digest.Result();
        var late = Chain.Read(Metadata);
        return Digest = late.Count > 0 && late[^1].Rows is { } rows ? rows
            : throw new DataFormatException("the input's last receipt is unfinished: the stage before did not complete it");
    }

    public async ValueTask DisposeAsync()
    {
        digest?.Dispose();
        if (rest is not null) await rest.DisposeAsync().ConfigureAwait(false);
        if (narrow is not null) await narrow.DisposeAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
    }

    async ValueTask<bool> NextAsync()
    {
        if (ended) return false;
        if (await rest!.MoveNextAsync().ConfigureAwait(false))
        {
            digest?.Add(rest.Current);
            return true;
        }
        ended = true;
        return false;
    }
}

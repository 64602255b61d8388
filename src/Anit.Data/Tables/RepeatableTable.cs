namespace Anit.Data;

/// <summary>A table that can be read several times: a file by opening it again, a pipe by keeping its rows in a temporary Arrow stream.</summary>
/// <remarks>The temporary file loses its name as soon as it is open, so that nothing is left behind however the process ends.
/// Readings follow one another; two at a time are not possible.</remarks>
/// <param name="first">The table, nothing but its schema read yet; stays the caller's.</param>
/// <param name="path">The path by which it can be opened again, or null for a pipe.</param>
/// <param name="options">How to open it again.</param>
public sealed class RepeatableTable(ITableReader first, string? path, ReadOptions? options = null) : IAsyncDisposable
{
    readonly ReadOptions options = options ?? new();
    FileStream? spool;
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
        if (path is not null || spool is not null) return;
        var name = Path.Combine(Path.GetTempPath(), $"anit-{Path.GetRandomFileName()}.arrows");
        var file = new FileStream(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 1 << 16);
        File.Delete(name);
        try
        {
            await using var writer = Table.Create(file, TableFormat.ArrowStream, Schema);
            await foreach (var batch in First(stop).ConfigureAwait(false)) await writer.WriteAsync(batch, stop).ConfigureAwait(false);
            await writer.FinishAsync().ConfigureAwait(false);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        spool = file;
    }

    /// <summary>All rows, from the first to the last. The first such reading goes through the reader this object was made with.</summary>
    public IAsyncEnumerable<ColumnBatch> ReadBatchesAsync(CancellationToken stop = default) => spool is null && !started ? First(stop) : Again(null, stop);

    /// <summary>Some columns of all rows, for a look ahead; leaves the first full reading to come.</summary>
    public IAsyncEnumerable<ColumnBatch> LookAsync(IReadOnlyList<string> columns, CancellationToken stop = default) => Again(columns, stop);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => spool?.DisposeAsync() ?? default;

    IAsyncEnumerable<ColumnBatch> First(CancellationToken stop)
    {
        if (started) throw new InvalidOperationException("a pipe can be read a second time only after KeepAsync");
        started = true;
        return first.ReadBatchesAsync(stop);
    }

    async IAsyncEnumerable<ColumnBatch> Again(IReadOnlyList<string>? columns, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var how = options with { Columns = columns };
        if (spool is not null) spool.Position = 0;
        else if (path is null) throw new InvalidOperationException("a pipe can be read a second time only after KeepAsync");
        await using var reader = spool is not null
            ? await Table.OpenAsync(new Borrowed(spool), how with { Schema = null }, stop).ConfigureAwait(false)
            : await Table.OpenAsync(path!, how, stop).ConfigureAwait(false);
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false)) yield return batch;
    }

    /// <summary>Passes everything on but the closing.</summary>
    sealed class Borrowed(FileStream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => inner.Position = value; }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override int Read(Span<byte> buffer) => inner.Read(buffer);
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.ReadAsync(buffer, offset, count, cancellationToken);
        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

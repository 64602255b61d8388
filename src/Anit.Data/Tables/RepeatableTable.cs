namespace Anit.Data;

/// <summary>A table that can be read several times: a file as it is, a pipe by keeping its rows in a temporary Arrow stream.</summary>
/// <remarks>The temporary file loses its name as soon as it is open, so that nothing is left behind however the process ends.
/// Readings follow one another; two at a time are not possible.</remarks>
public sealed class RepeatableTable : IAsyncDisposable
{
    readonly ReadOptions options;
    readonly string? path;
    ITableReader? first;
    FileStream? spool;
    IReadOnlyDictionary<string, string> late = new Dictionary<string, string>();

    RepeatableTable(ReadOptions options, string? path, ITableReader first) => (this.options, this.path, this.first, Schema) = (options, path, first, first.Schema);

    /// <summary>Columns and metadata.</summary>
    public Schema Schema { get; }

    /// <summary>Metadata from the end of the input; complete once it was read to the end, or kept.</summary>
    public IReadOnlyDictionary<string, string> LateMetadata => first is { LateMetadata.Count: > 0 } reading ? reading.LateMetadata : late;

    /// <summary>Whether the rows of a pipe are kept in a temporary file.</summary>
    public bool IsKept => spool is not null;

    /// <summary>Opens a table; nothing but its schema is read yet.</summary>
    /// <param name="input">The stream; this object owns it.</param>
    /// <param name="path">The file's path, or null for a pipe.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="stop">Cancels.</param>
    public static async Task<RepeatableTable> OpenAsync(Stream input, string? path, ReadOptions? options = null, CancellationToken stop = default)
    {
        options ??= new();
        options = options with { Name = options.Name ?? path ?? "standard input" };
        var repeats = path is not null && input.CanSeek; // a named pipe has a path and cannot be read twice
        return new(options, repeats ? path : null, await Table.OpenAsync(input, options, stop).ConfigureAwait(false));
    }

    /// <summary>Makes sure that the rows can be read more than once.</summary>
    public async Task KeepAsync(CancellationToken stop = default)
    {
        if (path is not null || spool is not null) return;
        var reader = first ?? throw new InvalidOperationException("the pipe was read already");
        var name = Path.Combine(Path.GetTempPath(), $"anit-{Path.GetRandomFileName()}.arrows");
        var file = new FileStream(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 1 << 16);
        File.Delete(name);
        try
        {
            await using var writer = Table.Create(file, TableFormat.ArrowStream, Schema);
            await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false)) await writer.WriteAsync(batch, stop).ConfigureAwait(false);
            await writer.FinishAsync().ConfigureAwait(false);
            late = reader.LateMetadata;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        spool = file;
        first = null;
        await reader.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The rows from the first to the last.</summary>
    /// <param name="columns">Only these columns, where the rows can be read again anyway; null for all.</param>
    /// <param name="stop">Cancels.</param>
    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync(
        IReadOnlyList<string>? columns = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        var reader = await NextAsync(columns, stop).ConfigureAwait(false);
        try
        {
            await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false)) yield return batch;
            if (!IsKept) late = reader.LateMetadata;
        }
        finally
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (first is not null) await first.DisposeAsync().ConfigureAwait(false);
        if (spool is not null) await spool.DisposeAsync().ConfigureAwait(false);
    }

    async Task<ITableReader> NextAsync(IReadOnlyList<string>? columns, CancellationToken stop)
    {
        if (first is { } opened && (columns is null || path is null))
        {
            first = null;
            return opened;
        }
        if (spool is not null)
        {
            spool.Position = 0;
            return await Table.OpenAsync(new Borrowed(spool), options with { Schema = null, Columns = columns }, stop).ConfigureAwait(false);
        }
        return path is not null
            ? await Table.OpenAsync(path, options with { Columns = columns ?? options.Columns }, stop).ConfigureAwait(false)
            : throw new InvalidOperationException("a pipe can be read a second time only after KeepAsync");
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

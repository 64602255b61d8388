namespace Anit.Data.Json;

/// <summary>The rows of a JSON table as bytes, one object each: lines of a file or items of an array.</summary>
abstract class JsonRows : IAsyncDisposable
{
    /// <summary>The next row, valid until the next call, or null at the end.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken stop);

    public abstract ValueTask DisposeAsync();
}

namespace Anit.Data;

/// <summary>Bytes of a pipe kept in a temporary file, to be read as often as wanted.</summary>
/// <remarks>The one kind of temporary storage that there is. The file loses its name as soon as it is open, so that nothing is
/// left behind however the process ends.</remarks>
public sealed class Spool : IDisposable
{
    const int NoSpace = 28; // ENOSPC, as IOException.HResult on Unix

    readonly FileStream file;

    Spool(FileStream file) => this.file = file;

    /// <summary>Keeps what is left of a stream, and closes it.</summary>
    public static async Task<Spool> KeepAsync(Stream stream, CancellationToken stop = default)
    {
        await using (stream.ConfigureAwait(false))
            return await WriteAsync(file => stream.CopyToAsync(file, 1 << 20, stop)).ConfigureAwait(false);
    }

    /// <summary>Nothing yet; <see cref="Append"/> adds to it.</summary>
    internal static Spool Empty() => new(Create());

    /// <summary>Bytes so far.</summary>
    internal long Length => RandomAccess.GetLength(file.SafeFileHandle);

    /// <summary>Adds bytes to the end.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(file.SafeFileHandle, bytes, RandomAccess.GetLength(file.SafeFileHandle));
        }
        catch (IOException full) when (full.HResult == NoSpace)
        {
            throw Unusable(full);
        }
    }

    /// <summary>Keeps what is written.</summary>
    public static async Task<Spool> WriteAsync(Func<Stream, Task> write)
    {
        var file = Create();
        try
        {
            await write(file).ConfigureAwait(false);
            await file.FlushAsync().ConfigureAwait(false);
            return new(file);
        }
        catch (IOException full) when (full.HResult == NoSpace)
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw Unusable(full);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static FileStream Create()
    {
        var path = Path.Combine(Path.GetTempPath(), $"anit-{Path.GetRandomFileName()}.tmp");
        try
        {
            var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);
            File.Delete(path);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(error);
        }
    }

    static IOException Unusable(Exception error) =>
        new($"what comes from a pipe is kept in a temporary file, and {Path.GetTempPath()} takes none: {Errno.Reason(error)}; set TMPDIR to a "
            + "folder with room", error);

    /// <summary>The bytes from their start, at a position of their own; closing them leaves the others open.</summary>
    public Stream Open() => new View(file, owns: false);

    /// <summary>The stream itself when it can seek, else its bytes in a temporary file: formats with their index at the end need that.</summary>
    internal static async Task<Stream> SeekableAsync(Stream stream, CancellationToken stop) =>
        stream.CanSeek ? stream : new View((await KeepAsync(stream, stop).ConfigureAwait(false)).file, owns: true);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    sealed class View(FileStream file, bool owns) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => RandomAccess.GetLength(file.SafeFileHandle);
        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            var count = RandomAccess.Read(file.SafeFileHandle, buffer, Position);
            Position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(Read(buffer.Span)); // what was just written lies in the system's memory
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && owns) file.Dispose();
            base.Dispose(disposing);
        }
    }
}

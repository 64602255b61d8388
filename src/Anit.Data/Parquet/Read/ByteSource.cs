using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Anit.Data.Parquet.Read;

/// <summary>A file read at any place, by any thread.</summary>
abstract class ByteSource : IAsyncDisposable
{
    public abstract long Length { get; }

    /// <summary>Fills the span from this offset on; the range must lie inside the file.</summary>
    public abstract void Read(long offset, Span<byte> to);

    public abstract ValueTask DisposeAsync();

    /// <summary>A source over a stream; one that cannot seek is kept first (<see cref="Spool"/>).</summary>
    public static async Task<ByteSource> OpenAsync(Stream stream, CancellationToken stop)
    {
        if (stream is FileStream { CanSeek: true } file) return new FileSource(file, file.SafeFileHandle);
        return new SeekSource(await Spool.SeekableAsync(stream, stop).ConfigureAwait(false));
    }

    protected static DataFormatException Ended(long at) =>
        new DataFormatException("the file ends early; it is shorter than when it was opened").At(offset: at);

    sealed class FileSource(FileStream file, SafeFileHandle handle) : ByteSource
    {
        public override long Length { get; } = RandomAccess.GetLength(handle);

        public override void Read(long offset, Span<byte> to)
        {
            while (!to.IsEmpty)
            {
                var count = RandomAccess.Read(handle, to, offset);
                if (count == 0) throw Ended(offset);
                to = to[count..];
                offset += count;
            }
        }

        public override ValueTask DisposeAsync() => file.DisposeAsync();
    }

    sealed class SeekSource(Stream stream) : ByteSource
    {
        public override long Length { get; } = stream.Length;

        public override void Read(long offset, Span<byte> to)
        {
            lock (stream) // several threads may read, and the stream has one position
            {
                stream.Position = offset;
                if (stream.ReadAtLeast(to, to.Length, throwOnEndOfStream: false) < to.Length) throw Ended(offset);
            }
        }

        public override ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}

/// <summary>Bytes of one range of a file in order, through a window that grows only as far as one page needs.</summary>
sealed class ChunkBytes(ArrayPool<byte> pool) : IDisposable
{
    ByteSource? source;
    byte[] window = []; // from the pool
    int start, end; // what the window holds and was not taken
    long next;      // file offset behind the window
    long rangeEnd;
    int ahead;

    /// <summary>Where the next byte lies in the file.</summary>
    public long Offset => next - (end - start);

    /// <summary>Bytes of the range not yet taken.</summary>
    public long Left => rangeEnd - Offset;

    public byte[] Buffer => window;
    public int Position => start;

    /// <summary>Starts on a range; reads at least <paramref name="readAhead"/> bytes at a time.</summary>
    public void Begin(ByteSource file, long from, long to, int readAhead)
    {
        (source, next, rangeEnd, ahead) = (file, from, to, readAhead);
        (start, end) = (0, 0);
    }

    /// <summary>The next bytes, at least <paramref name="count"/> unless the range ends.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        count = (int)Math.Min(count, Left);
        if (end - start < count) Fill(count);
        return window.AsSpan(start, end - start);
    }

    public void Take(int count) => start += count;

    /// <summary>Passes over bytes of the range without reading what the window has not.</summary>
    public void Skip(int count)
    {
        var held = Math.Min(count, end - start);
        start += held;
        next += count - held;
    }

    void Fill(int count)
    {
        var wanted = (int)Math.Min(Math.Max(count, ahead), Left);
        if (window.Length < wanted)
        {
            var larger = pool.Rent(wanted);
            window.AsSpan(start, end - start).CopyTo(larger);
            Dispose();
            window = larger;
        }
        else window.AsSpan(start, end - start).CopyTo(window);
        (start, end) = (0, end - start);
        source!.Read(next, window.AsSpan(end, wanted - end));
        next += wanted - end;
        end = wanted;
    }

    /// <summary>Gives the window back; nobody may hold spans of it.</summary>
    public void Dispose()
    {
        if (window.Length > 0) pool.Return(window);
        window = [];
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Anit.Cli;

/// <summary>Standard input read through its handle, on the calling thread.</summary>
/// <remarks>.NET reads a pipe asynchronously by a hop to the thread pool for each of its 64 KiB pieces; a pipe read from a live
/// writer is a memory copy. On Linux the pipe is widened to 1 MiB where allowed, which halves the switches between
/// the two processes. Both together: see bench/Pipes.</remarks>
sealed partial class PipeInput() : Stream
{
    const int SetPipeSize = 1031, Wide = 1 << 20; // F_SETPIPE_SZ of fcntl(2)

    readonly FileStream inner = Open();

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Widens a pipe; without effect on anything else and where the system refuses.</summary>
    public static void Widen(int handle)
    {
        if (OperatingSystem.IsLinux()) _ = Control(handle, SetPipeSize, Wide);
    }

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(inner.Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    static FileStream Open()
    {
        Widen(0);
        return new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int handle, int command, int argument);
}

using Microsoft.Win32.SafeHandles;

namespace Anit.Cli;

/// <summary>The reader of our output went away: stop quietly.</summary>
public sealed class BrokenPipeException() : IOException("the reader of standard output has closed it");

/// <summary>Standard input and output as byte streams. "-" or no path means the standard stream.</summary>
public static class Streams
{
    /// <summary>Whether standard output is a terminal, which never gets binary data.</summary>
    public static bool StdoutIsTerminal => !Console.IsOutputRedirected;

    /// <summary>Whether standard input is a terminal: nobody pipes data to us.</summary>
    public static bool StdinIsTerminal => !Console.IsInputRedirected;

    /// <summary>Whether a path stands for a standard stream.</summary>
    public static bool IsStandard(string? path) => path is null or "-";

    /// <summary>What an input is called in messages.</summary>
    public static string NameOf(string? path) => IsStandard(path) ? "standard input" : path!;

    /// <summary>Opens a file, or standard input for null and "-".</summary>
    /// <exception cref="UserError">No file was named and standard input is a terminal; or the file is missing, or a directory.</exception>
    public static Stream OpenInput(string? path)
    {
        if (!IsStandard(path))
            return File.Exists(path)
                ? new FileStream(path!, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16)
                : throw new UserError(Directory.Exists(path) ? $"{path}: is a directory; name a file" : $"{path}: no such file", Exit.BadData);
        ClosedStreams.CheckInput();
        return StdinIsTerminal
            ? throw new UserError("no input: name a file or pipe a table in", Exit.Usage)
            : OperatingSystem.IsWindows() ? Console.OpenStandardInput() : new PipeInput();
    }

    /// <summary>Standard output. On a pipe it is written through the handle, because .NET's console stream swallows a closed pipe.</summary>
    public static Stream Stdout()
    {
        ClosedStreams.CheckOutput();
        PipeInput.Widen(1);
        var console = Console.OpenStandardOutput();
        // A regular file keeps the console stream: a second FileStream on the handle would not move the shared file offset.
        return OperatingSystem.IsWindows() || File.Exists("/proc/self/fd/1") && IsRegularFile()
            ? console
            : new PipeStream(new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0));
    }

    static bool IsRegularFile()
    {
        var target = new FileInfo("/proc/self/fd/1").ResolveLinkTarget(returnFinalTarget: false)?.FullName;
        return target is not null && File.Exists(target) && !target.StartsWith("/dev/", StringComparison.Ordinal);
    }

    sealed class PipeStream(FileStream inner) : Stream
    {
        const int BrokenPipe = 32;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try { inner.Write(buffer); }
            catch (IOException error) when (error.HResult == BrokenPipe) { throw new BrokenPipeException(); }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        // Synchronous on purpose: a pipe write to a live reader is a memory copy, and the thread pool would only add a hop.
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Anit.Data;

/// <summary>Waits until what was written is on the disk.</summary>
static partial class Disk
{
    const int Invalid = 22, ReadOnly = 30, NotSupported = 95; // errno of files that have no disk behind them

    /// <summary>fsync(2), whose errors count: .NET's <c>Flush(flushToDisk: true)</c> passes over them, so that a failing disk would leave a
    /// file that looks whole.</summary>
    /// <exception cref="IOException">The disk failed or is full; HResult is errno.</exception>
    public static void Flush(FileStream file)
    {
        file.Flush(flushToDisk: OperatingSystem.IsWindows());
        if (OperatingSystem.IsWindows() || Sync(file.SafeFileHandle) == 0) return;
        var errno = Marshal.GetLastPInvokeError();
        if (errno is not (Invalid or ReadOnly or NotSupported))
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(errno)} : '{file.Name}'", errno);
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}

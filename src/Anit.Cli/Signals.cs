using System.Runtime.InteropServices;

namespace Anit.Cli;

/// <summary>SIGINT and SIGTERM: the work is asked to end, and the process ends where it does not.</summary>
/// <remarks>A tool may wait anywhere: for the next byte of a pipe, for the other end of a FIFO, for a reader of its output. Such a call
/// cannot be taken back, so a moment after the signal the process ends whatever it is doing, with the signal's exit code: results
/// appear whole or not at all, and exit handlers remove temporary files. A second signal ends it at once.</remarks>
public sealed partial class Signals : IDisposable
{
    const PosixSignal FileTooLarge = (PosixSignal)25; // SIGXFSZ of Linux: a write beyond ulimit -f is an error, not the end

    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);
    static volatile bool deferred;
    static int held;

    readonly CancellationTokenSource stop = new();
    readonly PosixSignalRegistration[] registrations;
    int code;

    internal Signals() => registrations =
    [
        On(PosixSignal.SIGINT, Exit.Interrupted), On(PosixSignal.SIGTERM, Exit.Terminated),
        .. OperatingSystem.IsLinux() ? [PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true)]
            : Array.Empty<PosixSignalRegistration>(),
    ];

    /// <summary>From here on a signal only asks: the work ends by itself, and has something to save first.</summary>
    public static void Defer() => deferred = true;

    /// <summary>Until what it returns is disposed of, a signal only asks: an answer is under way that is paid for. The caller sees to it that
    /// this does not take long.</summary>
    public static IDisposable Hold()
    {
        Interlocked.Increment(ref held);
        return new Release();
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Stop => stop.Token;

    /// <summary>The exit code of the signal that came; 0 for none.</summary>
    internal int Code => Volatile.Read(ref code);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        stop.Dispose();
    }

    PosixSignalRegistration On(PosixSignal signal, int exit) => PosixSignalRegistration.Create(signal, context =>
    {
        if (Interlocked.CompareExchange(ref code, exit, 0) != 0) return;
        context.Cancel = true;
        new Thread(EndSoon) { IsBackground = true }.Start(); // no pool thread: all of them may be waiting
        stop.Cancel();
    });

    void EndSoon()
    {
        Thread.Sleep(Grace);
        while (Volatile.Read(ref held) > 0) Thread.Sleep(Grace / 10);
        if (!deferred) EndNow(code);
    }

    /// <summary>Ends the process whatever its threads are doing; exit handlers run.</summary>
    /// <param name="code">The exit code.</param>
    public static void EndNow(int code)
    {
        // Last of the exit handlers: those of native libraries would take memory from threads that still compute.
        if (!OperatingSystem.IsWindows()) AppDomain.CurrentDomain.ProcessExit += (_, _) => End(code);
        Environment.Exit(code);
    }

    sealed class Release : IDisposable
    {
        int done;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref done, 1) == 0) Interlocked.Decrement(ref held);
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void End(int code);
}

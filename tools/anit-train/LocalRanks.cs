using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Anit.Cli;

namespace Anit.Tools.Train;

/// <summary><c>--nproc N</c>: this program N times on this machine, told apart by torchrun's variables.</summary>
/// <remarks>The processes get what comes on standard input, all of it, and the signals. When one fails the others have a moment to end by
/// themselves, rank 0 a longer one, since it saves first; the exit code is that of the first, or the signal's.</remarks>
static partial class LocalRanks
{
    const string Parent = "ANIT_PARENT";
    static volatile int signalled; // the signal that was passed on; 0 for none

    static readonly TimeSpan Moment = TimeSpan.FromSeconds(8), ToSave = TimeSpan.FromSeconds(60);

    /// <summary>Whether this process was started here.</summary>
    public static bool IsOne => Environment.GetEnvironmentVariable(Parent) is { Length: > 0 };

    /// <summary>Starts the ranks and waits for them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="reads">Whether they read standard input.</param>
    public static async Task<int> Run(int count, bool reads)
    {
        Signals.Defer(); // they end, then this
        var port = FreePort();
        var ranks = Enumerable.Range(0, count).Select(rank => Start(rank, count, port)).ToArray();
        using var interrupt = Forward(PosixSignal.SIGINT, 2, ranks);
        using var terminate = Forward(PosixSignal.SIGTERM, 15, ranks);
        if (reads) new Thread(() => Feed(ranks)) { IsBackground = true }.Start(); // it may wait for bytes that nobody wants any more
        else Feed(ranks, from: Stream.Null);

        var (code, running) = (Exit.Done, ranks.Select(rank => rank.WaitForExitAsync()).ToList());
        using var done = new CancellationTokenSource();
        while (running.Count > 0)
        {
            running.Remove(await Task.WhenAny(running));
            if (code is not (Exit.Done or Exit.Stopped)) continue;
            var codes = ranks.Where(rank => rank.HasExited).Select(rank => rank.ExitCode).ToList();
            code = codes.FirstOrDefault(c => c is not (Exit.Done or Exit.Stopped), codes.Contains(Exit.Stopped) ? Exit.Stopped : Exit.Done);
            if (code is not (Exit.Done or Exit.Stopped)) _ = End(ranks, done.Token);
        }
        done.Cancel();
        if (Array.TrueForAll(ranks, rank => rank.ExitCode == 128 + 9)) // nobody was left to say it
            Console.Error.WriteLine("anit-train: all ranks were killed (signal 9); was there enough memory for them?");
        // Who fails because another did ends with 1, maybe before it.
        if (code == Exit.Failed) code = ranks.Select(rank => rank.ExitCode).FirstOrDefault(c => c is not (0 or Exit.Failed or Exit.Stopped), code);
        return signalled != 0 && code is not (Exit.Done or Exit.Stopped) ? 128 + signalled : code;
    }

    static Process Start(int rank, int count, int port)
    {
        var arguments = Environment.GetCommandLineArgs();
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet"; // its first argument is the program
        return Process.Start(new ProcessStartInfo(program, arguments.Skip(isHost ? 0 : 1))
        {
            RedirectStandardInput = true,
            Environment =
            {
                ["RANK"] = Text(rank), ["LOCAL_RANK"] = Text(rank), ["WORLD_SIZE"] = Text(count), ["LOCAL_WORLD_SIZE"] = Text(count),
                ["MASTER_ADDR"] = "127.0.0.1", ["MASTER_PORT"] = Text(port), [Parent] = Text(Environment.ProcessId),
            },
        })!;

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static PosixSignalRegistration Forward(PosixSignal signal, int number, Process[] ranks) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        signalled = number;
        foreach (var rank in ranks.Where(rank => !rank.HasExited)) _ = Send(rank.Id, number);
    });

    static async Task End(Process[] ranks, CancellationToken done)
    {
        await Task.Delay(Moment, done);
        foreach (var rank in ranks.Skip(1).Where(rank => !rank.HasExited)) rank.Kill();
        await Task.Delay(ToSave - Moment, done);
        if (!ranks[0].HasExited) ranks[0].Kill();
    }

    static void Feed(Process[] ranks, Stream? from = null)
    {
        var readers = ranks.Select(rank => rank.StandardInput.BaseStream).ToList();
        using var input = from ?? Console.OpenStandardInput();
        var buffer = new byte[1 << 16];
        for (int count; (count = input.Read(buffer)) > 0;)
            readers.RemoveAll(reader => !Write(reader, buffer.AsSpan(0, count)));
        foreach (var reader in readers) Write(reader, [], isLast: true);
    }

    // False where the rank reads no more.
    static bool Write(Stream to, ReadOnlySpan<byte> bytes, bool isLast = false)
    {
        try
        {
            to.Write(bytes);
            to.Flush();
            if (isLast) to.Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>In a process that was started here: signals come through who started it, not from the terminal besides, and it ends with
    /// it.</summary>
    public static void Follow()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(Parent), NumberStyles.None, CultureInfo.InvariantCulture, out var parent)) return;
        _ = JoinGroup(0, 0);
        new Thread(() =>
        {
            while (ParentNow() == parent) Thread.Sleep(1000);
            Signals.EndNow(Exit.Failed);
        }) { IsBackground = true }.Start();
    }

    [LibraryImport("libc", EntryPoint = "kill")] private static partial int Send(int process, int signal);
    [LibraryImport("libc", EntryPoint = "setpgid")] private static partial int JoinGroup(int process, int group);
    [LibraryImport("libc", EntryPoint = "getppid")] private static partial int ParentNow();
}

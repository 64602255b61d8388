using System.Diagnostics;
using System.Globalization;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Torch.Tests;

/// <summary>Kernels of oneDNN keep data where a signal handler's stack would lie: no handler may run on a thread that multiplies.</summary>
public sealed class SignalTests
{
    const int Terminate = 15, Continue = 18, Activation = 34; // of Linux; the last is .NET's own, SIGRTMIN

    [Fact]
    public void Workers_take_no_signal_and_another_thread_does()
    {
        var before = Threads();
        OnNewThread(() =>
        {
            Native.UseThreads(2);
            using var scope = NewDisposeScope();
            using var _ = ones(512, 512).matmul(ones(512, 512)).sum();
            Threads().Except(before).Count(t => Blocks(t, Terminate) && Blocks(t, Continue)).ShouldBeGreaterThanOrEqualTo(1, "the worker");
        });
        Threads().Count(t => Name(t) == "anit-signals" && !Blocks(t, Terminate) && !Blocks(t, Continue)).ShouldBe(1);
    }

    // A process inherits what the thread that starts it blocks: kill and Ctrl-C would not end it.
    [Fact]
    public void A_thread_that_computed_blocks_nothing_afterwards() => OnNewThread(() =>
    {
        using var scope = NewDisposeScope();
        using var _ = ones(300, 300).matmul(ones(300, 300));
        File.ReadLines("/proc/thread-self/status").ShouldContain(l => l.StartsWith("SigBlk:", StringComparison.Ordinal) && !Has(l, Terminate));
        using var child = Process.Start("/bin/sleep", ["60"]);
        Process.Start("/bin/kill", [$"{child.Id}"]).WaitForExit();
        child.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        child.ExitCode.ShouldBe(128 + Terminate);
    });

    [Theory]
    [InlineData(Terminate)]
    [InlineData(Continue)]
    [InlineData(Activation)]
    public void A_signal_waits_while_a_product_is_made(int signal)
    {
        string? computing = null;
        var done = false;
        var thread = new Thread(() =>
        {
            computing = Path.GetFileName(File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)!.FullName);
            using var scope = NewDisposeScope();
            var (a, b) = (ones(700, 700), ones(700, 700));
            while (!Volatile.Read(ref done)) a.matmul(b).Dispose();
        });
        thread.Start();
        var seen = SpinWait.SpinUntil(() => computing is { } one && Blocks(one, signal), TimeSpan.FromSeconds(30));
        Volatile.Write(ref done, true);
        thread.Join();
        seen.ShouldBeTrue();
    }

    [Fact]
    public void No_number_of_threads_means_all_that_the_process_may_use() => OnNewThread(() =>
    {
        var before = Threads();
        Native.UseThreads(1);
        get_num_threads().ShouldBe(1);
        Native.UseThreads(0);
        get_num_threads().ShouldBe(Environment.ProcessorCount);
        Threads().Except(before).Count(t => Blocks(t, Terminate)).ShouldBe(Environment.ProcessorCount - 1, "workers");
    });

    [Fact]
    public void Row_wise_kernels_share_their_rows_out_among_threads() => OnNewThread(() =>
    {
        Native.UseThreads(2);
        using var scope = NewDisposeScope();
        var (x, weight) = (ones(4096, 512), ones(512));
        var workers = Threads().Where(t => Blocks(t, Terminate)).ToDictionary(t => t, Busy);
        for (var i = 0; i < 100; i++) Fused.RmsNorm(x, weight, 1e-6, 0); // some 50 ms in all
        workers.ShouldContain(w => Busy(w.Key) - w.Value > 5_000_000, "a worker computed for 5 ms");
    });

    // Nanoseconds on a processor.
    static long Busy(string thread) =>
        Lines(thread, "schedstat").Select(l => long.Parse(l.Split(' ')[0], CultureInfo.InvariantCulture)).FirstOrDefault();

    static void OnNewThread(Action work)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try { work(); }
            catch (Exception e) { failure = e; }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) throw new InvalidOperationException("on the other thread", failure);
    }

    static HashSet<string> Threads() => [.. Directory.GetDirectories("/proc/self/task").Select(t => Path.GetFileName(t)!)];

    static string Name(string thread) => Lines(thread, "comm").FirstOrDefault("");

    static bool Blocks(string thread, int signal) =>
        Lines(thread, "status").FirstOrDefault(l => l.StartsWith("SigBlk:", StringComparison.Ordinal)) is { } line && Has(line, signal);

    static bool Has(string line, int signal) =>
        (ulong.Parse(line["SigBlk:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) != 0;

    static string[] Lines(string thread, string file)
    {
        try { return File.ReadAllLines($"/proc/self/task/{thread}/{file}"); }
        catch (IOException) { return []; } // it has ended
    }
}

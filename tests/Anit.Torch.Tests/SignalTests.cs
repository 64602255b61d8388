using System.Globalization;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Torch.Tests;

/// <summary>Kernels of oneDNN keep data where a signal handler's stack would lie: no handler may run on a thread that multiplies.</summary>
public sealed class SignalTests
{
    const int Terminate = 15, Continue = 18, Activation = 34; // of Linux; the last is .NET's own, SIGRTMIN

    [Fact]
    public void Threads_that_compute_and_their_workers_take_no_signal_and_another_thread_does()
    {
        var before = Threads();
        HashSet<string> computing = [];
        OnNewThread(() =>
        {
            Native.UseThreads(2);
            using var scope = NewDisposeScope();
            using var _ = ones(512, 512).matmul(ones(512, 512)).sum();
            computing = [.. Threads().Where(t => Blocks(t, Terminate) && Blocks(t, Continue))];
            File.ReadLines("/proc/thread-self/status")
                .ShouldContain(l => l.StartsWith("SigBlk:", StringComparison.Ordinal) && Has(l, Terminate) && !Has(l, Activation));
        });
        computing.Except(before).Count().ShouldBeGreaterThanOrEqualTo(2, "the thread and its worker");
        Threads().Count(t => Name(t) == "anit-signals" && !Blocks(t, Terminate) && !Blocks(t, Continue)).ShouldBe(1);
    }

    [Fact]
    public void The_collector_s_signal_waits_while_a_product_is_made()
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
        var seen = SpinWait.SpinUntil(() => computing is { } one && Blocks(one, Activation), TimeSpan.FromSeconds(30));
        Volatile.Write(ref done, true);
        thread.Join();
        seen.ShouldBeTrue();
    }

    [Fact]
    public void No_number_of_threads_means_all_that_the_process_may_use() => OnNewThread(() =>
    {
        Native.UseThreads(1);
        get_num_threads().ShouldBe(1);
        Native.UseThreads(0);
        get_num_threads().ShouldBe(Environment.ProcessorCount);
        var before = Threads();
        using var scope = NewDisposeScope();
        ones(512, 512).matmul(ones(512, 512));
        Threads().Except(before).Count().ShouldBe(Environment.ProcessorCount - 1);
    });

    [Fact]
    public void Row_wise_kernels_share_their_rows_out_among_threads() => OnNewThread(() =>
    {
        Native.UseThreads(2);
        using var scope = NewDisposeScope();
        var x = empty(512, 512); // not filled: libtorch would take its threads for that
        var before = Threads();
        Fused.RmsNorm(x, ones(512), 1e-6, 0);
        Threads().Except(before).Count().ShouldBe(1);
    });

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

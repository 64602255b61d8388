using System.Diagnostics;

namespace Anit.Cli;

/// <summary>Progress on standard error: a live line on a terminal, one plain line every 30 seconds elsewhere, nothing when quiet.</summary>
/// <param name="what">What is counted, in the plural: "rows".</param>
/// <param name="quiet">Say nothing.</param>
/// <param name="total">How many there will be, when known; gives the share and the time left.</param>
/// <param name="from">How many were done before, by an earlier run.</param>
public sealed class Progress(string what, bool quiet, long? total = null, long from = 0) : IDisposable
{
    static readonly TimeSpan Live = TimeSpan.FromMilliseconds(200), Plain = TimeSpan.FromSeconds(30);

    readonly bool live = !Console.IsErrorRedirected;
    readonly Stopwatch clock = Stopwatch.StartNew();
    TimeSpan last;
    bool shown;

    /// <summary>Says that <paramref name="done"/> have been done so far, with an optional remark such as "loss 1.23".</summary>
    public void Report(long done, string? remark = null)
    {
        if (quiet || clock.Elapsed - last < (live ? Live : Plain)) return;
        last = clock.Elapsed;
        var line = Line(done, clock.Elapsed.TotalSeconds, remark);
        if (live) Console.Error.Write($"\r\u001b[K{Fit(line, Columns())}");
        else Console.Error.WriteLine(line);
        shown = live;
    }

    /// <summary>Clears the live line so that other output starts on a clean one.</summary>
    public void Dispose()
    {
        if (shown) Console.Error.Write("\r\u001b[K");
    }

    string Line(long done, double seconds, string? remark)
    {
        var rate = Math.Max(done - from, 0) / Math.Max(seconds, 1e-9);
        var speed = rate is > 0 and < 10 ? $"{1 / rate:0.00} s/{One()}" : $"{rate:N0}/s";
        var line = total is { } all && all > 0
            ? $"{done:N0}/{all:N0} {what} ({100.0 * done / all:0} %), {speed}, {Left((all - done) / Math.Max(rate, 1e-9))} left"
            : $"{done:N0} {what}, {speed}";
        return remark is null ? line : $"{line}, {remark}";
    }

    // steps -> step, rows read -> row
    string One() => what.Split(' ')[0].TrimEnd('s');

    // A line that wraps could not be written over.
    static string Fit(string line, int columns) => line.Length < columns ? line : line[..Math.Max(columns - 2, 0)] + "…";

    static int Columns()
    {
        try { return Console.WindowWidth is > 0 and var width ? width : int.MaxValue; }
        catch (IOException) { return int.MaxValue; } // no terminal that tells
    }

    static string Left(double seconds) => seconds switch
    {
        < 90 => $"{seconds:0} s",
        < 5400 => $"{seconds / 60:0} min",
        _ => $"{seconds / 3600:0.0} h",
    };
}

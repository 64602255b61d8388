using System.Diagnostics;

namespace Anit.Cli;

/// <summary>Progress on standard error: a live line on a terminal, one plain line every 30 seconds elsewhere, nothing when quiet.</summary>
/// <param name="what">What is counted, in the plural: "rows".</param>
/// <param name="quiet">Say nothing.</param>
/// <param name="total">How many there will be, when known; gives the share and the time left.</param>
public sealed class Progress(string what, bool quiet, long? total = null) : IDisposable
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
        var rate = done / Math.Max(clock.Elapsed.TotalSeconds, 1e-9);
        var line = total is { } all && all > 0
            ? $"{done:N0}/{all:N0} {what} ({100.0 * done / all:0} %), {rate:N0}/s, {Left((all - done) / Math.Max(rate, 1e-9))} left"
            : $"{done:N0} {what}, {rate:N0}/s";
        if (remark is not null) line += ", " + remark;
        if (live) Console.Error.Write($"\r\u001b[K{line}");
        else Console.Error.WriteLine(line);
        shown = live;
    }

    /// <summary>Clears the live line so that other output starts on a clean one.</summary>
    public void Dispose()
    {
        if (shown) Console.Error.Write("\r\u001b[K");
    }

    static string Left(double seconds) => seconds switch
    {
        < 90 => $"{seconds:0} s",
        < 5400 => $"{seconds / 60:0} min",
        _ => $"{seconds / 3600:0.0} h",
    };
}

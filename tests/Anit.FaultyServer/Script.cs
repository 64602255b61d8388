using System.Globalization;

namespace Anit.FaultyServer;

/// <summary>What shall go wrong with one request: a word, a number with some words (seconds), a wait before it in milliseconds.</summary>
sealed record Fault(string Name, string? Value, int Delay)
{
    /// <summary>Reads <c>429</c>, <c>429=2</c>, <c>ok+500</c> (a wait of half a second).</summary>
    public static Fault Of(string text)
    {
        var (what, wait) = text.Split('+') is [var before, var delay] ? (before, int.Parse(delay, CultureInfo.InvariantCulture)) : (text, 0);
        return what.Split('=') is [var name, var value] ? new(name, value, wait) : new(what, null, wait);
    }
}

/// <summary>The faults to come, one a request; the last one holds for ever when it ends in <c>*</c>, else all is well after it.</summary>
sealed class Script
{
    readonly Lock gate = new();
    Queue<string> faults = [];

    public void Set(string[] next)
    {
        lock (gate) faults = new(next);
    }

    public Fault Next(IReadOnlyList<string> texts)
    {
        // What no server would take, whatever the script says.
        if (texts.Any(t => t.Contains("TOO LONG", StringComparison.Ordinal))) return new("context", null, 0);
        lock (gate)
        {
            if (!faults.TryPeek(out var text)) return new("ok", null, 0);
            if (text.EndsWith('*')) return Fault.Of(text[..^1]);
            faults.Dequeue();
            return Fault.Of(text);
        }
    }
}

using System.Collections.Concurrent;
using Anit.Data;

namespace Anit.Noise.Tables;

/// <summary>What one thread needs.</summary>
sealed class NoiseWorker(Noiser noiser, Protection? protection)
{
    /// <summary>The column of a row's labels.</summary>
    public const string Options = "options";

    const int MostLists = 1_000; // datasets have few option lists; a hostile one must not fill the memory
    readonly Dictionary<string, ForbiddenWords> lists = new(StringComparer.Ordinal);
    readonly ForbiddenWords? always = protection is { Listed.Count: > 0 } ? protection.Listed : null;

    public Noiser Noiser { get; } = noiser;

    public WordDistance Distance { get; } = new();

    public ForbiddenWords? ForbiddenIn(Column? options, int row, long first)
    {
        if (options is null) return always;
        var labels = TableColumns.Labels(options, row, first);
        if (labels.Length == 0) return always;
        var key = string.Join('\0', labels);
        if (lists.TryGetValue(key, out var forbidden)) return forbidden;
        if (lists.Count == MostLists) lists.Clear();
        return lists[key] = new(always is null ? labels : labels.Concat(always.All));
    }
}

/// <summary>The workers of a transform, as many as threads ask at once.</summary>
/// <param name="noiser">Makes a worker's noiser.</param>
/// <param name="protection">Words that the user protects.</param>
sealed class NoiseWorkers(Func<Noiser> noiser, Protection? protection)
{
    readonly ConcurrentBag<NoiseWorker> idle = [];

    /// <summary>Does work with a worker that nobody else has meanwhile.</summary>
    public T Lend<T>(Func<NoiseWorker, T> work)
    {
        if (!idle.TryTake(out var worker)) worker = new(noiser(), protection);
        try { return work(worker); }
        finally { idle.Add(worker); }
    }
}

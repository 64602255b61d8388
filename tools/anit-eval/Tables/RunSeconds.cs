namespace Anit.Tools.Eval.Tables;

/// <summary>Seconds of trainings: tables with the columns arm, seed and seconds, where one run may have several lines that add up.</summary>
sealed class RunSeconds
{
    readonly SortedDictionary<(string Arm, string Seed), double> seconds = [];

    /// <summary>Reads the tables.</summary>
    public static async Task<RunSeconds> ReadAsync(IEnumerable<string> paths, CancellationToken stop)
    {
        var all = new RunSeconds();
        foreach (var path in paths)
            await foreach (var row in SmallTable.ReadAsync(path, ["arm", "seed", "seconds"], stop))
            {
                var run = (row[0] ?? throw SmallTable.Lacks(path, "arm"), row[1] ?? throw SmallTable.Lacks(path, "seed"));
                all.seconds[run] = all.seconds.GetValueOrDefault(run) + SmallTable.Number(path, "seconds", row[2]);
            }
        return all;
    }

    /// <summary>Whether there are any.</summary>
    public bool Any => seconds.Count > 0;

    /// <summary>Seconds of an arm over seeds.</summary>
    public Spread? Of(string arm) => Spread.Of([.. seconds.Where(s => s.Key.Arm == arm).Select(s => s.Value)]);
}

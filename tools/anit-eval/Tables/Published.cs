namespace Anit.Tools.Eval.Tables;

/// <summary>A number of the paper, in per cent: a value, or the range that it had over models.</summary>
sealed record Published(string Column, string Row, double Low, double High)
{
    /// <summary>Reads a table with the columns column, row, low and high.</summary>
    public static async Task<IReadOnlyList<Published>> ReadAsync(string? path, CancellationToken stop)
    {
        var all = new List<Published>();
        if (path is null) return all;
        await foreach (var row in SmallTable.ReadAsync(path, ["column", "row", "low", "high"], stop))
            all.Add(new(row[0] ?? throw SmallTable.Lacks(path, "column"), row[1] ?? throw SmallTable.Lacks(path, "row"),
                SmallTable.Number(path, "low", row[2]), SmallTable.Number(path, "high", row[3])));
        return all;
    }
}

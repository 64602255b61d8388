using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary>How commands that choose rows at random do it: by which ids, within which groups, with which seed.</summary>
sealed record RowChoice(string IdColumn, string? Group, ulong Seed)
{
    const string RowNumber = "#";

    public static Option<string> Id() => new("--id") { Description = "The column of unique row ids on which the choice hangs; # takes row numbers.",
        DefaultValueFactory = _ => "id", HelpName = "name" };

    public static Option<string?> By() =>
        new("--by") { Description = "Keep the shares of this column's values (stratify), such as target or task.", HelpName = "column" };

    /// <summary>What of it decides the rows.</summary>
    public JsonObject Options() => new() { ["id"] = IdColumn, ["by"] = Group };

    /// <summary>Reads ids and groups of all rows.</summary>
    public async Task<RowRanks> RankAsync(string purpose, RepeatableTable table, TableInput input, CancellationToken stop)
    {
        input.Require(table.Schema, [IdColumn == RowNumber ? null : IdColumn, Group]);
        var ranks = new RowRanks(purpose, Seed, IdColumn == RowNumber ? null : IdColumn, Group);
        var columns = ranks.Columns.Count > 0 ? ranks.Columns : [table.Schema.Fields[0].Name];
        await foreach (var batch in table.LookAsync(columns, stop)) ranks.Add(batch);
        return ranks;
    }

    /// <summary>Copies the chosen rows in their order.</summary>
    public static async Task CopyAsync(IAsyncEnumerable<ColumnBatch> batches, bool[] chosen, ITableWriter writer, CancellationToken stop)
    {
        var first = 0;
        await foreach (var batch in batches)
        {
            var rows = Enumerable.Range(0, batch.Rows).Where(row => chosen[first + row]).ToArray();
            first += batch.Rows;
            if (rows.Length == batch.Rows) await writer.WriteAsync(batch, stop);
            else if (rows.Length > 0) await writer.WriteAsync(batch.Take(rows), stop);
        }
    }
}

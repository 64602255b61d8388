using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data stats FILE</c>: rows, and for each column nulls, distinct values, range and the commonest values.</summary>
static class StatsCommand
{
    const int LabelsAtMost = 50, WidestValue = 60;

    public static Command Create()
    {
        var input = Opt.Input();
        var columns = Opt.Names("--columns", "Only these columns.");
        var top = Opt.Count("--top", "How many of the commonest values to show of columns with few.", 5, from: 0);
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var quiet = Opt.Quiet();
        var command = new Command("stats", "Counts rows, nulls and distinct values, and measures numbers and lengths.") { input, columns,
            top, json, quiet }
            .Example("anit-data stats noisy.parquet --columns noise distance");
        command.SetAction((given, stop) =>
            Run(new(given.GetValue(input) ?? []), given.GetValue(columns), given.GetValue(top), given.GetValue(json), given.GetValue(quiet), stop));
        return command;
    }

    static async Task<int> Run(TableInput input, string[]? columns, int top, bool json, bool quiet, CancellationToken stop)
    {
        await using var reader = await input.OpenAsync(columns, stop);
        var singles = reader.Schema.Fields.Select(field => new Schema([field])).ToArray();
        var stats = reader.Schema.Fields.Select(field => new ColumnStats(field)).ToArray();
        long rows = 0;
        using (var progress = new Progress("rows", quiet))
        {
            await foreach (var batch in reader.ReadBatchesAsync(stop))
            {
                for (var i = 0; i < stats.Length; i++) stats[i].Add(new ColumnBatch(singles[i], [batch.Columns[i]], batch.Rows));
                progress.Report(rows += batch.Rows);
            }
        }
        await Console.Out.WriteAsync(json ? Json(rows, stats, top) : Text(rows, stats, top));
        return Exit.Done;
    }

    static string Text(long rows, ColumnStats[] stats, int top)
    {
        var text = new StringBuilder().Append($"{rows} rows\n");
        foreach (var column in stats)
        {
            text.Append($"{column.Field.Name}: {column}\n");
            if (column.Distinct <= LabelsAtMost && column.Distinct < rows)
                foreach (var (value, count) in column.Top(top))
                    text.Append($"  {count,8}  {(value.Length > WidestValue ? value[..WidestValue] + "…" : value)}\n");
        }
        return text.ToString();
    }

    static string Json(long rows, ColumnStats[] stats, int top)
    {
        var columns = new JsonArray();
        foreach (var column in stats)
        {
            var entry = new JsonObject { ["name"] = column.Field.Name, ["type"] = column.Field.Type.ToString(), ["nulls"] = column.Nulls,
                ["distinct"] = column.Distinct };
            if (column.Numbers > 0 && double.IsFinite(column.Mean))
                entry[column.IsLength ? "length" : "number"] =
                    new JsonObject { ["min"] = column.Min, ["max"] = column.Max, ["mean"] = column.Mean, ["deviation"] = column.Deviation };
            if (column.Distinct <= LabelsAtMost)
                entry["top"] = new JsonArray([.. column.Top(top)
                    .Select(value => (JsonNode)new JsonObject { ["value"] = JsonNode.Parse(value.Value), ["count"] = value.Count })]);
            columns.Add(entry);
        }
        return new JsonObject { ["rows"] = rows, ["columns"] = columns }.ToJsonString() + "\n";
    }
}

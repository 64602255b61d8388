using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data sort FILE --by "task, beta desc"</c>: the rows in another order, whatever their number.</summary>
static class SortCommand
{
    const int Version = 1; // raised whenever equal keys give another order

    public static Command Create()
    {
        var files = new StageFlags();
        var by = new Option<IReadOnlyList<SortKey>>("--by")
        {
            Description = "Columns, each with desc, nulls first or nulls last (the default) where wanted, as in \"task, beta desc\".",
                HelpName = "keys",
            Required = true, CustomParser = result => Parsed.By(result, "--by", SortKey.Parse),
        };
        var memory = ReadSwitches.Memory();
        var command = new Command("sort", "Orders rows by columns; equal rows stay in their order.")
        {
            files.Input, by, memory, files.Output, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data sort noisy.parquet --by \"task, distance desc\" -o sorted.parquet");
        command.SetAction((given, stop) => Run(files.Of(given), given.GetValue(by)!, given.GetValue(memory).Count, stop));
        return command;
    }

    static async Task<int> Run(StageIO files, IReadOnlyList<SortKey> keys, long memory, CancellationToken stop)
    {
        await files.Output.CheckAsync(files.Input.Paths, stop);
        var stage = new Stage("anit-data sort", Version)
        {
            Options = new() { ["by"] = new JsonArray([.. keys.Select(key => (JsonNode)key.ToString())]) },
        };
        await files.RunAsync(stage, async (table, create) =>
        {
            files.Input.Require(table.Schema, keys.Select(key => key.Column));
            await using var writer = create(table.Schema);
            using (var progress = new Progress("rows", files.Quiet))
            {
                long rows = 0;
                await foreach (var batch in table.ReadBatchesAsync(stop).SortAsync(table.Schema, keys, memory, stop))
                {
                    await writer.WriteAsync(batch, stop);
                    progress.Report(rows += batch.Rows);
                }
            }
            await writer.FinishAsync(table.LateMetadata.Where(e => e.Key != Chain.Key).ToDictionary());
        }, stop);
        return Exit.Done;
    }
}

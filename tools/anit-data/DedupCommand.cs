using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data dedup FILE --by NAME...</c>: of rows that agree in some columns the first one.</summary>
static class DedupCommand
{
    const int Version = 1;

    public static Command Create()
    {
        var files = new StageFlags();
        var by = Opt.Names("--by", "The columns that must differ; all when absent.");
        var command = new Command("dedup", "Keeps the first of rows that agree in some columns.")
        {
            files.Input, by, files.Output, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data dedup old.parquet new.parquet --by id -o all.parquet");
        command.SetAction((given, stop) => Run(files.Of(given), given.GetValue(by) ?? [], stop));
        return command;
    }

    static async Task<int> Run(StageIO files, string[] by, CancellationToken stop)
    {
        files = files with { Input = files.Input with { RepeatedIds = true } }; // they are what this is for
        await files.Output.CheckAsync(files.Input.Paths, stop);
        var stage = new Stage("anit-data dedup", Version) { Options = new() { ["by"] = new JsonArray([.. by.Select(name => (JsonNode)name)]) } };
        await files.RunAsync(stage, async (table, create) =>
        {
            files.Input.Require(table.Schema, by);
            await table.KeepAsync(stop);
            IReadOnlyList<string> columns = by.Length > 0 ? by : [.. table.Schema.Fields.Select(field => field.Name)];
            using var repeated = await RepeatedRows.FindAsync(table.LookAsync(columns, stop), columns, stop);
            await using var writer = create(table.Schema);
            using (var progress = new Progress("rows", files.Quiet))
            {
                long rows = 0;
                await foreach (var batch in repeated.LeaveOutAsync(table.ReadBatchesAsync(stop), stop))
                {
                    await writer.WriteAsync(batch, stop);
                    progress.Report(rows += batch.Rows);
                }
            }
            await writer.FinishAsync(table.LateMetadata.Where(e => e.Key != Chain.Key).ToDictionary());
            if (!files.Quiet) Notice.Say($"{repeated.Count:N0} repeated rows left out");
        }, stop);
        return Exit.Done;
    }
}

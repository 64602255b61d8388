using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data join FILE SECOND --on id</c>: the columns of a second table beside those of the first, by a key.</summary>
static class JoinCommand
{
    const int Version = 1;

    public static Command Create()
    {
        var files = new StageFlags();
        var with = new Option<string>("--with") { Description = "The second table; no two of its rows may have one key.", HelpName = "file",
            Required = true };
        var on = Opt.Names("--on", "The key: columns of both.", "id");
        var columns = Opt.Names("--columns", "Only these columns of the second table.");
        var how = Choices.One("--how", "Rows without a match are left out or have nulls", JoinKind.Inner);
        var suffix = new Option<string?>("--suffix") { Description = "Put to names of the second table that the first one has, too.",
            HelpName = "text" };
        var memory = ReadSwitches.Memory();
        var command = new Command("join", "Adds the columns of a second table by a key; rows stay in the order of the first.")
        {
            files.Input, with, on, columns, how, suffix, memory, files.Output, files.To, files.Force, files.Explain, files.Cache, files.Quiet,
        }.Example("anit-data join noisy.parquet --with scores.csv --on id --how left -o joined.parquet");
        command.SetAction((given, stop) => Run(files.Of(given), new(given.GetValue(with)!), given.GetValue(on)!, given.GetValue(columns) ?? [],
            given.GetValue(how), given.GetValue(suffix), given.GetValue(memory).Count, stop));
        return command;
    }

    static async Task<int> Run(StageIO files, TableInput second, string[] on, string[] columns, JoinKind how, string? suffix, long memory,
        CancellationToken stop)
    {
        await files.Output.CheckAsync([.. files.Input.Paths, .. second.Paths], stop);
        var (kept, source) = await InputFiles.KeepAsync(second.Source(), stop);
        using var keeping = kept;
        var stage = new Stage("anit-data join", Version)
        {
            Options = new()
            {
                ["on"] = new JsonArray([.. on.Select(name => (JsonNode)name)]), ["how"] = how.ToString().ToLowerInvariant(), ["suffix"] = suffix,
                ["columns"] = columns.Length == 0 ? null : new JsonArray([.. columns.Select(name => (JsonNode)name)]),
            },
        };
        await (files with { Beside = source }).RunAsync(stage, async (table, create) =>
        {
            await using var other = await second.OpenAsync(source, second.Wanting(columns.Length == 0 ? null : [.. on.Union(columns)]), stop);
            LookupJoin? join = null;
            files.Input.Check(() => join = new(table.Schema, other.Schema, on, how, suffix));
            await using var writer = create(join!.Schema);
            using (var progress = new Progress("rows", files.Quiet))
            {
                long rows = 0;
                await foreach (var batch in join.RowsAsync(table.ReadBatchesAsync(stop), other.ReadBatchesAsync(stop), memory, stop))
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

using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data partition FILE --by task -o FOLDER</c>: a file for each value, in Hive's folders: task=ner/part-0.parquet.</summary>
static class PartitionCommand
{
    const int Version = 1;

    public static Command Create()
    {
        var files = new StageFlags();
        var by = Opt.Names("--by", "The columns whose values make the folders, outermost first.");
        by.Required = true;
        var folder = new Option<string>("--output", "-o") { Description = "The folder to write.", HelpName = "folder", Required = true };
        var command = new Command("partition", "Writes a folder of files, one for each value of some columns.")
        {
            files.Input, by, folder, files.Force, files.Quiet,
        }.Example("anit-data partition all.parquet --by task -o by-task", "anit-data cat by-task/task=ner");
        command.SetAction((given, stop) => Run(files.Of(given), given.GetValue(by)!, given.GetValue(folder)!, stop));
        return command;
    }

    static async Task<int> Run(StageIO files, string[] by, string folder, CancellationToken stop)
    {
        await TableFolder.CheckAsync(folder, files.Input.Paths, files.Output.Force, stop);
        var (kept, source) = await InputFiles.KeepAsync(files.Input.Source(), stop);
        using var keeping = kept;
        var stage = new Stage("anit-data partition", Version);
        await using var run = await StageRun.BeginAsync(stage, new() { Input = source, Read = files.Input.Options, Force = true, Cache = "" }, stop);
        await using var table = new RepeatableTable(run.Input, source, files.Input.Options);
        files.Input.Require(table.Schema, by);
        var values = await CountAsync(table.LookAsync(by, stop), stop);

        var columns = new JsonArray([.. by.Select(name => (JsonNode)name)]);
        await using var writer = PartitionedWriter.Create(folder, table.Schema, by, null, values, files.Output.Force, (folders, digest) =>
        {
            var options = new JsonObject { ["by"] = columns.DeepClone(), ["folders"] = folders.DeepClone() };
            return run.ReceiptsAsync(stage with { Options = options }, digest.Result(), digest.Rows);
        });
        using (var progress = new Progress("rows", files.Quiet))
        {
            long rows = 0;
            await foreach (var batch in table.ReadBatchesAsync(stop))
            {
                await writer.WriteAsync(batch, stop);
                progress.Report(rows += batch.Rows);
            }
        }
        await writer.FinishAsync(table.LateMetadata.Where(e => e.Key != Chain.Key).ToDictionary());
        return Exit.Done;
    }

    // How many files there will be, so that their row groups fit into memory together.
    static async Task<int> CountAsync(IAsyncEnumerable<ColumnBatch> batches, CancellationToken stop)
    {
        var (seen, json) = (new HashSet<string>(StringComparer.Ordinal), new CanonicalJson());
        await foreach (var batch in batches.WithCancellation(stop))
            for (var row = 0; row < batch.Rows && seen.Count <= PartitionedWriter.MostFiles; row++)
                seen.Add(System.Text.Encoding.UTF8.GetString(json.Row(batch, row).Span));
        return seen.Count;
    }
}

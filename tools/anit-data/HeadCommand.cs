using System.CommandLine;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;

namespace Anit.Tools.Data;

/// <summary><c>anit-data head FILE</c>: the first rows as a table; stops reading there.</summary>
static class HeadCommand
{
    public static Command Create()
    {
        var files = new StageFlags();
        var rows = Opt.Count("--rows", "How many rows.", 10, from: 0);
        rows.Aliases.Add("-n");
        var command = new Command("head", "Passes on the first rows.") { files.Input, rows, files.Output, files.To, files.Force, files.Quiet }
            .Example("anit-data head train.parquet -n 100 -o small.parquet", "anit-data import sst2 train.tsv | anit-data head -n 5");
        command.SetAction((given, stop) => Run(files.Of(given), given.GetValue(rows), stop));
        return command;
    }

    static async Task<int> Run(StageIO files, int count, CancellationToken stop)
    {
        await files.Output.CheckAsync(files.Input.Paths, stop);
        await using var reader = await files.Input.OpenAsync(columns: null, stop);
        // The rows are no longer those of the receipts, and the whole input, which a receipt of ours would name, is not read.
        var schema = new Schema(reader.Schema.Fields, reader.Schema.Metadata.Where(pair => pair.Key != Chain.Key).ToDictionary());
        await using var output = files.Output.Create(schema);
        var left = count;
        if (left > 0)
        {
            await foreach (var batch in reader.ReadBatchesAsync(stop))
            {
                var part = batch.Rows <= left ? batch : batch.Slice(0, left);
                await output.WriteAsync(part.WithSchema(schema), stop);
                if ((left -= part.Rows) == 0) break;
            }
        }
        await output.FinishAsync();
        return Exit.Done;
    }
}

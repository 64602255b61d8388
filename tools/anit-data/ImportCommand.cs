using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data.Receipts;
using Anit.Nlu;

namespace Anit.Tools.Data;

/// <summary><c>anit-data import FORMAT FILE...</c>: a dataset's native files become a table of rows.</summary>
static class ImportCommand
{
    const int Version = 2; // raised whenever equal files and options give other rows
    const int BatchRows = 4_096, SkipsShown = 5;

    public static Command Create()
    {
        var flags = new ImportFlags();
        var command = new Command("import", "Turns a dataset's native files into a table of rows.") { flags.Format, flags.Files }
            .Example("anit-data import conll2003 eng.train --split train -o train.parquet",
                "anit-data import sst2 dev.tsv --split dev | anit-noise --noise insert | anit-score -o dev.parquet");
        foreach (var option in flags.All) command.Options.Add(option);
        command.SetAction((given, stop) =>
            Run(given.GetValue(flags.Format)!, given.GetValue(flags.Files)!, flags.Of(given), flags.Output.Of(given), stop));
        return command;
    }

    static async Task<int> Run(string format, string[] files, ImportOptions options, StageIO output, CancellationToken stop)
    {
        await output.Output.CheckAsync(files, stop);
        var plan = Planned(format, options);
        using var inputs = await InputFiles.OfAsync(files, stop);
        var stage = new Stage("anit-data import", Version) { Options = Decides(format, plan, options), Files = inputs.Bytes };
        await output.RunAsync(stage, async create =>
        {
            var tally = new ImportTally { OnSkip = Said(output.Quiet) };
            await using var writer = create(NluTable.Schema);
            using (var progress = new Progress("rows", output.Quiet))
            {
                var builder = new NluBatchBuilder();
                foreach (var row in DatasetImporter.Read(format, inputs.Sources, options, tally))
                {
                    stop.ThrowIfCancellationRequested();
                    builder.Add(row);
                    if (builder.Count == BatchRows) await writer.WriteAsync(builder.Batch(), stop);
                    progress.Report(tally.Rows);
                }
                if (builder.Count > 0) await writer.WriteAsync(builder.Batch(), stop);
            }
            await writer.FinishAsync();
            if (!output.Quiet) Tell(tally);
        }, stop);
        return Exit.Done;
    }

    // A wrong format or task is a wrong command line, found before anything is read.
    static ImportPlan Planned(string format, ImportOptions options)
    {
        try
        {
            return DatasetImporter.Plan(format, options);
        }
        catch (ArgumentException e)
        {
            throw new UserError(e.Message, Exit.Usage);
        }
    }

    static JsonObject Decides(string format, ImportPlan plan, ImportOptions options) => new()
    {
        ["format"] = format,
        ["dataset"] = plan.Dataset,
        ["split"] = options.Split,
        ["task"] = plan.Task,
        ["wordings"] = new JsonArray([.. plan.Wordings.Select(w => (JsonNode)new JsonArray(w.Instruction, w.Question, w.Format))]),
        ["label_subsets"] = options.LabelSubsets,
        ["seed"] = options.LabelSubsets || plan.Wordings.Count > 1 ? options.Seed : null,
        ["labels"] = new JsonArray([.. plan.Labels.Select(l => (JsonNode)new JsonArray(l.Code, l.Name))]),
        ["on_conflict"] = options.OnConflict.ToString().ToLowerInvariant(),
        ["drop_repeats"] = options.DropRepeats,
        ["decode_html"] = options.DecodeHtml,
        ["skip_bad"] = options.SkipBad,
    };

    static Action<string> Said(bool quiet)
    {
        var said = 0;
        return message =>
        {
            if (!quiet && said++ < SkipsShown) Notice.Say($"skipped: {message}");
        };
    }

    static void Tell(ImportTally tally)
    {
        Notice.Say($"{tally.Rows:N0} rows, {tally.Items:N0} gold items{(tally.Skipped > 0 ? $", {tally.Skipped:N0} records skipped" : "")}");
        foreach (var (what, count) in tally.Notes) Notice.Say($"{count:N0} {what}");
    }
}

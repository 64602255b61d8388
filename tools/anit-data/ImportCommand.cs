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
        var format = new Argument<string>("format") { Description = $"One of {string.Join(", ", DatasetImporter.Names)}." };
        var files = new Argument<string[]>("files") { Arity = ArgumentArity.OneOrMore, Description = "Files of that format, gzipped or not; - is "
            + "standard input." };
        var split = new Option<string>("--split") { Description = "Name of the split in row ids.", DefaultValueFactory = _ => "train",
            HelpName = "name" };
        var name = new Option<string?>("--name") { Description = "Name of the dataset in row ids; the format's own by default.", HelpName = "name" };
        var task = new Option<string?>("--task") { Description = "The task, where a dataset has several: nyt and scierc have re (default) and ner.",
            HelpName = "task" };
        var instructions = new Option<string>("--instructions") { Description = "Wording of the instructions.",
            DefaultValueFactory = _ => "concise" };
        var own = new Option<string?>("--instructions-file") { Description = "JSON file with a wording of your own: {\"ner\": {\"instruction\": ..., "
            + "\"question\": ..., \"format\": ...}}.", HelpName = "file" };
        var labels = new Option<string>("--labels") { Description = "natural words, original codes, or a JSON file from code to word.",
            DefaultValueFactory = _ => "natural", HelpName = "natural|original|file" };
        var conflict = Choices.One("--on-conflict", "Rows whose answer would read back differently", OnConflict.Keep);
        var repeats = new Option<bool>("--drop-repeats") { Description = "Leave out gold items that repeat an earlier one of their row." };
        var html = new Option<bool>("--decode-html") { Description = "agnews: decode half-decoded HTML such as #39; and &lt;b&gt;." };
        var skip = new Option<bool>("--skip-bad") { Description = "Skip and count records that are not in the format." };
        var config = Opt.Config();
        var output = new StageFlags();
        format.AcceptOnlyFromAmong([.. DatasetImporter.Names]);
        task.AcceptOnlyFromAmong([.. NluTask.All]);
        instructions.AcceptOnlyFromAmong("concise", "detailed");

        var command = new Command("import", "Turns a dataset's native files into a table of rows.")
        {
            format, files, split, name, task, instructions, own, labels, conflict, repeats, html, skip, output.Quiet, config,
            output.Output, output.To, output.Force, output.Explain, output.Cache,
        }.Example("anit-data import conll2003 eng.train --split train -o train.parquet", "anit-data import sst2 dev.tsv --split dev | anit-noise "
            + "--noise insert | anit-score -o dev.parquet");
        command.SetAction((given, stop) =>
        {
            var chosen = given.GetValue(labels)!;
            var options = new ImportOptions
            {
                Split = given.GetValue(split)!,
                Dataset = given.GetValue(name),
                Task = given.GetValue(task),
                Instructions = given.GetValue(own) is { } file ? InstructionSet.Load(Existing(file)) : given.GetValue(instructions) == "detailed"
                    ? InstructionSet.Detailed : InstructionSet.Concise,
                Labels = chosen switch { "natural" => LabelNames.Natural, "original" => LabelNames.Original, _ => LabelNames.Load(Existing(chosen)) },
                OnConflict = given.GetValue(conflict),
                DropRepeats = given.GetValue(repeats),
                DecodeHtml = given.GetValue(html),
                SkipBad = given.GetValue(skip),
            };
            return Run(given.GetValue(format)!, given.GetValue(files)!, options, output.Of(given), stop);
        });
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
        ["instruction"] = plan.Wording?.Instruction,
        ["question"] = plan.Wording?.Question,
        ["answer_format"] = plan.Wording?.Format,
        ["labels"] = new JsonArray([.. plan.Labels.Select(l => (JsonNode)new JsonArray(l.Code, l.Name))]),
        ["on_conflict"] = options.OnConflict.ToString().ToLowerInvariant(),
        ["drop_repeats"] = options.DropRepeats,
        ["decode_html"] = options.DecodeHtml,
        ["skip_bad"] = options.SkipBad,
    };

    static string Existing(string path) => File.Exists(path) ? path : throw new UserError($"{path}: no such file", Exit.Usage);

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

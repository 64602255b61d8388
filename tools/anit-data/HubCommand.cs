using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary><c>anit-data hub train=train.parquet test=test.parquet -o FOLDER</c>: a folder that Hugging Face's load_dataset reads.</summary>
static class HubCommand
{
    public static Command Create()
    {
        var splits = new Argument<string[]>("splits")
        {
            Description = "The splits, each with its table, as in train=train.parquet; a table may be a folder or a pattern.",
            HelpName = "split=table", Arity = ArgumentArity.OneOrMore,
        };
        var folder = new Option<string>("--output", "-o") { Description = "The folder to write.", HelpName = "folder", Required = true };
        var title = new Option<string?>("--title") { Description = "Heading of the card; the folder's name when absent.", HelpName = "text" };
        var license = new Option<string?>("--license") { Description = "License to name in the card, as the Hub calls it.", HelpName = "name" };
        var force = new Option<bool>("--force") { Description = "Replace what is in the folder, if it is tables of ours." };
        var command = new Command("hub", "Writes a folder that Hugging Face's load_dataset reads: a Parquet file a split, a card with the columns.")
        {
            splits, folder, title, license, force,
        }.Example("anit-data hub train=train.parquet test=test.parquet -o my-data", "anit-noise my-data --split train -o noisy.parquet");
        splits.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (token.Value.Length > 0 && token.Value[0] != '-' && token.Value.IndexOf('=', StringComparison.Ordinal) <= 0)
                    result.AddError($"splits is {token.Value}; expected a split and its table, as in train=train.parquet");
            if (result.Tokens.Select(t => t.Value.Split('=')[0]).Distinct().Count() < result.Tokens.Count) result.AddError("splits names one twice");
        });
        command.SetAction((given, stop) => Run(given.GetValue(splits)!, given.GetValue(folder)!, given.GetValue(title), given.GetValue(license),
            given.GetValue(force), stop));
        return command;
    }

    static async Task<int> Run(string[] splits, string folder, string? title, string? license, bool force, CancellationToken stop)
    {
        var tables = splits.Select(text => text.Split('=', 2)).Select(pair => (Split: pair[0], Input: new TableInput(pair[1]))).ToArray();
        await TableFolder.CheckAsync(folder, tables.SelectMany(t => t.Input.Paths), force, stop);
        var read = tables[0].Input.Options with { Name = null, CarryReceipts = true };
        var sources = tables.Select(t => (t.Split, t.Input.Source())).ToArray();
        await HubFolder.WriteAsync(folder, title ?? Path.GetFileName(Path.GetFullPath(folder).TrimEnd('/')), sources, license, force, read, stop);
        return Exit.Done;
    }
}

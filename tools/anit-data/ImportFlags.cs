using System.CommandLine;
using Anit.Cli;
using Anit.Nlu;

namespace Anit.Tools.Data;

/// <summary>The options of <c>anit-data import</c>, and the record they become.</summary>
sealed class ImportFlags
{
    public readonly Argument<string> Format = new("format") { Description = $"One of {string.Join(", ", DatasetImporter.Names)}." };
    public readonly Argument<string[]> Files =
        new("files") { Arity = ArgumentArity.OneOrMore, Description = "Files of that format, gzipped or not; - is standard input." };
    public readonly Option<string> Split =
        new("--split") { Description = "Name of the split in row ids.", DefaultValueFactory = _ => "train", HelpName = "name" };
    public readonly Option<string?> Name =
        new("--name") { Description = "Name of the dataset in row ids; the format's own by default.", HelpName = "name" };
    public readonly Option<string?> Task =
        new("--task") { Description = "The task, where a dataset has several: nyt and scierc have re (default) and ner.", HelpName = "task" };
    public readonly Option<string> Instructions =
        new("--instructions") { Description = "Wording of the instructions.", DefaultValueFactory = _ => "concise" };
    public readonly Option<string?> Wording = new("--instructions-file")
    {
        Description = "JSON file with a wording of your own: {\"ner\": {\"instruction\": ..., \"question\": ..., \"format\": ...}}, "
            + "or a list of wordings, of which each row draws one; {labels} in a wording names the row's labels there.",
        HelpName = "file",
    };
    public readonly Option<string> Labels = new("--labels")
    {
        Description = "natural words, original codes, or a JSON file from code to word.",
        DefaultValueFactory = _ => "natural", HelpName = "natural|original|file",
    };
    public readonly Option<bool> Subsets =
        new("--label-subsets") { Description = "Each row asks only for some of the labels, drawn for it, and its answer holds only these." };
    public readonly Option<ulong> Seed =
        new("--seed") { Description = "Seed of the wording and the labels drawn for a row.", DefaultValueFactory = _ => 1, HelpName = "n" };
    public readonly Option<Word<OnConflict>> Conflict =
        Choices.One("--on-conflict", "Rows whose answer would read back differently", OnConflict.Keep);
    public readonly Option<bool> DropRepeats =
        new("--drop-repeats") { Description = "Leave out gold items that repeat an earlier one of their row." };
    public readonly Option<bool> DecodeHtml =
        new("--decode-html") { Description = "agnews: decode half-decoded HTML such as #39; and &lt;b&gt;." };
    public readonly Option<bool> SkipBad = new("--skip-bad") { Description = "Skip and count records that are not in the format." };
    public readonly StageFlags Output = new();

    public ImportFlags()
    {
        Format.AcceptOnlyFromAmong([.. DatasetImporter.Names]);
        Task.AcceptOnlyFromAmong([.. NluTask.All]);
        Instructions.AcceptOnlyFromAmong("concise", "detailed");
    }

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        Split, Name, Task, Instructions, Wording, Labels, Subsets, Seed, Conflict, DropRepeats, DecodeHtml, SkipBad, Output.Quiet, Opt.Config(),
        Output.Output, Output.To, Output.Force, Output.Explain, Output.Cache,
    ];

    /// <summary>What was asked for; a file that is not there is a wrong command line.</summary>
    public ImportOptions Of(ParseResult given)
    {
        var labels = given.GetValue(Labels)!;
        return new()
        {
            Split = given.GetValue(Split)!,
            Dataset = given.GetValue(Name),
            Task = given.GetValue(Task),
            Instructions = given.GetValue(Wording) is { } file ? InstructionSet.Load(Existing(file))
                : given.GetValue(Instructions) == "detailed" ? InstructionSet.Detailed : InstructionSet.Concise,
            Labels = labels switch { "natural" => LabelNames.Natural, "original" => LabelNames.Original, _ => LabelNames.Load(Existing(labels)) },
            LabelSubsets = given.GetValue(Subsets),
            Seed = given.GetValue(Seed),
            OnConflict = given.GetValue(Conflict),
            DropRepeats = given.GetValue(DropRepeats),
            DecodeHtml = given.GetValue(DecodeHtml),
            SkipBad = given.GetValue(SkipBad),
        };
    }

    static string Existing(string path) => File.Exists(path) ? path : throw new UserError($"{path}: no such file", Exit.Usage);
}

using System.CommandLine;
using Anit.Tools.Reports;

namespace Anit.Tools.Eval;

/// <summary>The options of scoring and showing, the same for every command of this tool.</summary>
sealed class ScoringFlags
{
    public readonly Option<string> By = new("--by")
    {
        Description = "Group rows by task or by dataset, the first part of their ids.", DefaultValueFactory = _ => "task",
    };
    public readonly Option<string[]> Alias = new("--alias")
    {
        Description = "Another spelling of a label, PER=person; may be repeated.", HelpName = "name=label",
    };
    public readonly Option<bool> Legacy =
        new("--legacy") { Description = "Also F1 under the conventions of other scorers, to compare with their papers." };
    public readonly Option<bool> PerLabel = new("--per-label") { Description = "Also the scores of each label." };
    public readonly Option<bool> Json = new("--json") { Description = "One JSON object instead of a table." };

    public readonly Option<string?> Csv = new("--csv")
    {
        Description = "Also write all scores to this file, a row for each run, instruction, noise, strength, seed, group, label and measure.",
        HelpName = "file",
    };
    public readonly Option<string?> Report = ReportFile.Option("scores, curves over noise, labels, and the wrong answers to walk through");

    public ScoringFlags()
    {
        By.AcceptOnlyFromAmong("task", "dataset");
        Alias.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                result.AddError($"--alias is {token.Value}; expected name=label");
        });
    }

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All => [By, Alias, Legacy, PerLabel, Json, Csv, Report];

    /// <summary>What was asked for; a command that has not all of the options takes the others' defaults.</summary>
    /// <param name="given">The command line.</param>
    /// <param name="force">The command's option to replace files that are not ours.</param>
    public ScoringChoices Of(ParseResult given, Option<bool>? force = null) => new(
        given.GetValue(By) == "dataset",
        (given.GetValue(Alias) ?? []).Select(a => a.Split('=', 2)).DistinctBy(a => a[0]).ToDictionary(a => a[0], a => a[1], StringComparer.Ordinal),
        given.GetValue(Legacy), given.GetValue(PerLabel), given.GetValue(Json))
    {
        Files = new(given.GetValue(Csv), given.GetValue(Report), force is not null && given.GetValue(force)),
    };
}

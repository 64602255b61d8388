using System.CommandLine;
using Anit.Cli;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>How to score and show, the same for every command of this tool.</summary>
sealed record ScoringChoices(bool ByDataset, IReadOnlyDictionary<string, string> Aliases, bool Legacy, bool PerLabel, bool Json)
{
    /// <summary>A scorer with nothing added.</summary>
    public Scorer Scorer() => new(ByDataset ? row => row.Id.Split('/')[0] : null, Aliases, Legacy);

    /// <summary>The options that make one, and the way to read them.</summary>
    public static (Option[] Options, Func<ParseResult, ScoringChoices> Given) Options()
    {
        var by = new Option<string>("--by") { Description = "Group rows by task or by dataset, the first part of their ids.",
            DefaultValueFactory = _ => "task" };
        by.AcceptOnlyFromAmong("task", "dataset");
        var alias = new Option<string[]>("--alias") { Description = "Another spelling of a label, PER=person; may be repeated.",
            HelpName = "name=label" };
        alias.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                result.AddError($"--alias is {token.Value}; expected name=label");
        });
        var legacy = new Option<bool>("--legacy") { Description = "Also F1 under the conventions of other scorers, to compare with their papers." };
        var labels = new Option<bool>("--per-label") { Description = "Also the scores of each label." };
        var json = new Option<bool>("--json") { Description = "One JSON object instead of a table." };
        return ([by, alias, legacy, labels, json], given => new(
            given.GetValue(by) == "dataset",
            (given.GetValue(alias) ?? []).Select(a => a.Split('=', 2)).DistinctBy(a => a[0])
                .ToDictionary(a => a[0], a => a[1], StringComparer.Ordinal),
            given.GetValue(legacy), given.GetValue(labels), given.GetValue(json)));
    }
}

/// <summary>A prediction file to read.</summary>
static class PredictionFiles
{
    /// <summary>The predictions of a file, or of standard input.</summary>
    public static async IAsyncEnumerable<Prediction> Read(string? path, IReadOnlyDictionary<string, NluRow>? gold,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var input = new TableInput(path);
        await using var reader = await input.OpenAsync(stop);
        await foreach (var made in Predictions.ReadAsync(reader, input.Name, gold, stop)) yield return made;
    }

    /// <summary>Gold rows by id; null when no file is given.</summary>
    public static async Task<IReadOnlyDictionary<string, NluRow>?> Gold(string? path, CancellationToken stop)
    {
        if (path is null) return null;
        await using var reader = await new TableInput(path).OpenAsync(stop);
        var rows = new Dictionary<string, NluRow>(StringComparer.Ordinal);
        await foreach (var row in NluTable.ReadAsync(reader, path, stop))
        {
            if (!rows.TryAdd(row.Id, row))
                throw new UserError($"{path}: id \"{row.Id}\" stands twice; give every row an id of its own", Exit.BadData);
        }
        return rows;
    }
}

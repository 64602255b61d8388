using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary><c>anit-eval compare A B</c>: the difference of two runs over the same rows, with its confidence interval.</summary>
static class CompareCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("a") { Description = "Predictions of the first run; file#run takes one run of a file that holds several." };
        var second = new Argument<string>("b") { Description = "Predictions of the second run, over the same rows." };
        var gold = new Option<string?>("--gold") { Description = "Table of gold rows, when the predictions hold only ids and answers.",
            HelpName = "file" };
        var resamples = Opt.Count("--resamples", "How often rows are drawn anew.", 1_000);
        var level = Opt.Number("--level", "Coverage of the interval.", 0.95, 0.5, 0.9999);
        var seed = Opt.Seed();
        var scoring = new ScoringFlags();
        var command = new Command("compare", "Compares two runs by a paired bootstrap over rows.") { first, second, gold, resamples, level, seed }
            .Example("anit-eval compare plain.parquet nrm.parquet", "anit-eval compare answers.parquet#plain answers.parquet#nrm");
        foreach (var option in new Option[] { scoring.By, scoring.Alias, scoring.Json }) command.Options.Add(option);
        command.SetAction(async (given, stop) =>
        {
            var how = scoring.Of(given);
            var rows = await PredictionFiles.Gold(given.GetValue(gold), stop);
            var pairs = await Pairs(given.GetValue(first)!, given.GetValue(second)!, rows, how, stop);
            var differences = pairs.Select(p => (p.Condition, p.Group, p.A.Count,
                PairedBootstrap.Compare(p.A, p.B, given.GetValue(resamples), given.GetValue(seed), given.GetValue(level)))).ToList();
            if (how.Json) ScoreJson.Write(Console.Out, Json(differences));
            else Write(differences, given.GetValue(level));
            return Exit.Done;
        });
        return command;
    }

    sealed record Pair(string Condition, string Group, List<Counts> A, List<Counts> B);

    readonly record struct Scored(string Group, Counts Counts);

    static async Task<List<Pair>> Pairs(string a, string b, IReadOnlyDictionary<string, NluRow>? gold, ScoringChoices choices, CancellationToken stop)
    {
        var first = await Score(a, gold, choices, stop);
        var second = await Score(b, gold, choices, stop);
        var lone = first.Keys.Except(second.Keys).Concat(second.Keys.Except(first.Keys)).ToList();
        if (lone.Count > 0)
            throw new UserError($"{lone.Count:N0} rows stand in one of {a} and {b} only, the first is {lone[0].Id} ({lone[0].Condition}); compare "
                + "two runs over the same rows", Exit.BadData);

        var pairs = first.GroupBy(row => (row.Key.Condition, row.Value.Group)).OrderBy(g => g.Key.Condition != Predictions.Raw)
            .ThenBy(g => g.Key.Group, StringComparer.Ordinal)
            .Select(g => new Pair(g.Key.Condition, g.Key.Group, [.. g.Select(row => row.Value.Counts)], [.. g.Select(row => second[row.Key].Counts)]))
                .ToList();
        return [.. pairs.GroupBy(p => p.Condition)
            .SelectMany(c => c.Count() == 1 ? c : c.Append(new(c.Key, "all", [.. c.SelectMany(p => p.A)], [.. c.SelectMany(p => p.B)])))];
    }

    static async Task<Dictionary<(string Condition, string Id), Scored>> Score(string path, IReadOnlyDictionary<string, NluRow>? gold,
        ScoringChoices choices, CancellationToken stop)
    {
        var (file, wanted) = Split(path);
        var scored = new Dictionary<(string, string), Scored>();
        var runs = new HashSet<string>(StringComparer.Ordinal);
        var scorer = choices.Scorer();
        await foreach (var made in PredictionFiles.Read(file, gold, stop))
        {
            runs.Add(made.Run ?? "");
            if (wanted is not null && made.Run != wanted) continue;
            if (runs.Count > 1 && wanted is null)
                throw new UserError($"{file} holds several runs ({string.Join(", ", runs)}, ...); say which as {file}#{runs.First()}", Exit.Usage);
            var group = choices.ByDataset ? made.Row.Id.Split('/')[0] : made.Row.Task;
            if (!scored.TryAdd((made.Condition, made.Row.Id), new(group, scorer.Add(made.Row, made.Text).Strict)))
                throw new UserError($"{file}: id \"{made.Row.Id}\" ({made.Condition}) stands twice; give every row an id of its own", Exit.BadData);
        }
        return wanted is null || runs.Contains(wanted) ? scored
            : throw new UserError($"{file}: no run {wanted}; there is {string.Join(", ", runs)}", Exit.Usage);
    }

    static (string File, string? Run) Split(string path)
    {
        var mark = path.LastIndexOf('#');
        return mark > 0 && !File.Exists(path) ? (path[..mark], path[(mark + 1)..]) : (path, null);
    }

    static void Write(List<(string Condition, string Group, int Rows, Difference Difference)> differences, double level)
    {
        var grid = new TextGrid("instruction", "group", "rows", "F1 a", "F1 b", "b - a",
            string.Create(CultureInfo.InvariantCulture, $"{100 * level:0.##} % interval"), "p");
        foreach (var (condition, group, rows, d) in differences)
        {
            grid.Add(condition, group, TextGrid.Whole(rows), TextGrid.Percent(d.F1A), TextGrid.Percent(d.F1B), TextGrid.Points(d.Delta),
                d.Low is null ? "-" : $"[{TextGrid.Points(d.Low)}, {TextGrid.Points(d.High)}]",
                    d.PValue?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-");
        }
        grid.Write(Console.Out);
        Console.Out.WriteLine("Micro-F1 in per cent, differences in points, interval by paired bootstrap over rows.");
        Console.Out.Flush();
    }

    static JsonObject Json(List<(string Condition, string Group, int Rows, Difference Difference)> differences) => new()
    {
        ["differences"] = new JsonArray([.. differences.Select(d => new JsonObject
        {
            ["instruction"] = d.Condition, ["group"] = d.Group, ["rows"] = d.Rows, ["f1_a"] = d.Difference.F1A, ["f1_b"] = d.Difference.F1B,
            ["delta"] = d.Difference.Delta, ["low"] = d.Difference.Low, ["high"] = d.Difference.High, ["p"] = d.Difference.PValue,
        })]),
    };
}

namespace Anit.Tools.Eval;

/// <summary>Scores as a table for people.</summary>
static class ScoreText
{
    public static void Write(TextWriter output, IReadOnlyList<RunScores> runs, RobustnessTable? robustness, ScoringChoices choices, bool spread)
    {
        var scores = new TextGrid("run", "instruction", choices.ByDataset ? "dataset" : "task", "rows", "P", "R", "F1", "macro F1", "lenient F1",
            "malformed", "no such label", "not in text", "cut off");
        foreach (var (run, condition, group) in Groups(runs))
        {
            scores.Add(run.Name, condition, group.Name, TextGrid.Whole(group.Rows),
                TextGrid.Percent(group.Strict.Precision), TextGrid.Percent(group.Strict.Recall), TextGrid.Percent(group.Strict.F1),
                TextGrid.Percent(group.Strict.MacroF1), TextGrid.Percent(group.Lenient.F1), TextGrid.Percent(group.Rates.ParseFailure),
                TextGrid.Percent(group.Rates.InvalidLabel), TextGrid.Percent(group.Rates.Hallucination), TextGrid.Percent(group.Rates.Truncation));
        }
        scores.DropUniform(runs.Count > 1 ? [] : [0]);
        scores.Write(output);
        output.WriteLine("All in per cent. F1 is micro-F1 over items in strict spelling; for tc and other it is the accuracy.");

        if (spread) Spreads(output, runs);
        Drops(output, runs);
        robustness?.Write(output);
        if (choices.PerLabel) PerLabel(output, runs);
        if (choices.Legacy) Legacy(output, runs);
        Warnings(output, runs);
    }

    static IEnumerable<(RunScores Run, string Condition, GroupReport Group)> Groups(IEnumerable<RunScores> runs) =>
        runs.SelectMany(run => run.Reports.SelectMany(r => r.Report.Groups.Select(group => (run, r.Condition, group))));

    static void Spreads(TextWriter output, IReadOnlyList<RunScores> runs)
    {
        if (!Spreads(runs).Any()) return;
        var grid = new TextGrid("instruction", "group", "runs", "mean F1", "sd");
        foreach (var (condition, group, spread) in Spreads(runs))
            grid.Add(condition, group, TextGrid.Whole(spread.Runs), TextGrid.Percent(spread.Mean), TextGrid.Percent(spread.Deviation));
        output.WriteLine();
        grid.Write(output);
    }

    /// <summary>Mean and deviation of F1 over runs, by condition and group, where there are several.</summary>
    public static IEnumerable<(string Condition, string Group, Spread Spread)> Spreads(IReadOnlyList<RunScores> runs) =>
        Groups(runs).Where(g => g.Group.Strict.F1 is not null)
            .GroupBy(g => (g.Condition, g.Group.Name), g => g.Group.Strict.F1!.Value)
            .Where(g => g.Count() > 1)
            .Select(g => (g.Key.Condition, g.Key.Name, Spread.Of([.. g])!));

    static void Drops(TextWriter output, IReadOnlyList<RunScores> runs)
    {
        var drops = runs.SelectMany(run => run.Drops().Select(d => (run.Name, d))).ToList();
        if (drops.Count == 0) return;
        var grid = new TextGrid("run", "group", "F1 raw", "F1 noisy", "points", "drop rate");
        foreach (var (name, (group, raw, noisy)) in drops)
            grid.Add(name, group, TextGrid.Percent(raw), TextGrid.Percent(noisy), TextGrid.Points(noisy - raw),
                TextGrid.Percent(raw == 0 ? null : (raw - noisy) / raw));
        grid.DropUniform(runs.Count > 1 ? [] : [0]);
        output.WriteLine();
        grid.Write(output);
    }

    static void PerLabel(TextWriter output, IReadOnlyList<RunScores> runs)
    {
        var grid = new TextGrid("run", "instruction", "group", "label", "gold", "predicted", "P", "R", "F1");
        foreach (var (run, condition, group) in Groups(runs).Where(g => g.Group.Name != "all"))
        {
            foreach (var (label, counts) in group.Labels)
                grid.Add(run.Name, condition, group.Name, label, TextGrid.Whole(counts.Gold), TextGrid.Whole(counts.Predicted),
                    TextGrid.Percent(counts.Precision), TextGrid.Percent(counts.Recall), TextGrid.Percent(counts.F1));
        }
        grid.DropUniform(runs.Count > 1 ? [] : [0]);
        output.WriteLine();
        grid.Write(output);
    }

    static void Legacy(TextWriter output, IReadOnlyList<RunScores> runs)
    {
        var grid = new TextGrid("run", "instruction", "group", "convention", "F1", "against ours");
        foreach (var (run, condition, group) in Groups(runs))
        {
            foreach (var (name, _) in ScoringRules.Legacy)
                grid.Add(run.Name, condition, group.Name, name, TextGrid.Percent(group.Legacy[name]),
                    TextGrid.Points(group.Legacy[name] - group.Strict.F1));
        }
        grid.DropUniform(runs.Count > 1 ? [] : [0]);
        output.WriteLine();
        grid.Write(output);
    }

    static void Warnings(TextWriter output, IReadOnlyList<RunScores> runs)
    {
        var malformed = Groups(runs).Where(g => g.Group.Name != "all").Sum(g => g.Group.Rates.MalformedGold);
        if (malformed > 0) output.WriteLine($"{malformed:N0} gold answers are not in the grammar of their task; see docs/scoring.md.");
    }
}

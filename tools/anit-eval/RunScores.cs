namespace Anit.Tools.Eval;

/// <summary>Scores of one run, a scorer for each instruction it was asked with.</summary>
sealed class RunScores(string name, ScoringChoices choices)
{
    readonly Dictionary<string, Scorer> scorers = new(StringComparer.Ordinal);
    readonly List<string> conditions = [];

    /// <summary>Name of the run.</summary>
    public string Name { get; private set; } = name;

    /// <summary>The same run by another name.</summary>
    public RunScores Called(string other)
    {
        Name = other;
        return this;
    }

    /// <summary>Reports by condition: raw first, then in the order of appearance.</summary>
    public IReadOnlyList<(string Condition, Report Report)> Reports =>
        [.. conditions.OrderBy(c => c != Predictions.Raw).Select(c => (c, scorers[c].Result()))];

    /// <summary>Scores one prediction.</summary>
    public RowScore Add(Prediction made)
    {
        if (!scorers.TryGetValue(made.Condition, out var scorer))
        {
            scorers[made.Condition] = scorer = choices.Scorer();
            conditions.Add(made.Condition);
        }
        return scorer.Add(made.Row, made.Text, made.Truncated);
    }

    /// <summary>What noisy instructions cost a group: points of F1, and as a share of the raw F1 (performance drop rate).</summary>
    public IEnumerable<(string Group, double Raw, double Noisy)> Drops()
    {
        var reports = Reports.ToDictionary(r => r.Condition, r => r.Report);
        if (!reports.TryGetValue(Predictions.Raw, out var raw) || !reports.TryGetValue(Predictions.Noisy, out var noisy)) yield break;
        foreach (var (there, here) in raw.Groups.Join(noisy.Groups, g => g.Name, g => g.Name, (a, b) => (a, b)))
        {
            if (there.Strict.F1 is { } f1 && here.Strict.F1 is { } dropped) yield return (there.Name, f1, dropped);
        }
    }
}

namespace Anit.Tools.Eval;

/// <summary>Scores of one run, a scorer for each instruction it was asked with.</summary>
sealed class RunScores(string name, ScoringChoices choices)
{
    readonly Dictionary<string, Scorer> scorers = new(StringComparer.Ordinal);
    readonly List<string> conditions = [];
    readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<(int Place, Counts Counts)>> rows = new(StringComparer.Ordinal);

    /// <summary>The answers, where a report is to show them.</summary>
    public AnswerLog? Log { get; } = choices.Files.Report is null ? null : new();

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
        var score = scorer.Add(made.Row, made.Text, made.Truncated);
        if (!places.TryGetValue(made.Row.Id, out var place)) places[made.Row.Id] = place = places.Count;
        if (!rows.TryGetValue(made.Condition, out var counts)) rows[made.Condition] = counts = [];
        counts.Add((place, score.Strict));
        Log?.Add(made, score);
        return score;
    }

    /// <summary>Counts by row and condition; null unless every row was asked with its raw instruction and with some other than
    /// the noisy one.</summary>
    public RobustnessCounts? Robustness()
    {
        var counts = rows.ToDictionary(r => r.Key, r => Placed(r.Value));
        if (counts.ContainsValue(null) || !counts.TryGetValue(Predictions.Raw, out var clean)) return null;
        var noisy = counts.Where(c => NoisyCondition.Parse(c.Key) is not null).ToDictionary(c => NoisyCondition.Parse(c.Key)!.Value, c => c.Value!);
        var others = counts.Where(c => c.Key is Predictions.Empty or Predictions.Swapped).ToDictionary(c => c.Key, c => c.Value!);
        return noisy.Count + others.Count == 0 ? null : new(clean!, noisy, others);
    }

    Counts[]? Placed(List<(int Place, Counts Counts)> counts)
    {
        if (counts.Count != places.Count || counts.DistinctBy(c => c.Place).Count() != places.Count) return null;
        var placed = new Counts[places.Count];
        foreach (var (place, one) in counts) placed[place] = one;
        return placed;
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

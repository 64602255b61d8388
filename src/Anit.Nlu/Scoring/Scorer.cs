namespace Anit.Nlu.Scoring;

/// <summary>What one row contributed.</summary>
/// <param name="Strict">Counts under the strict spelling.</param>
/// <param name="Lenient">Counts under the lenient spelling.</param>
/// <param name="Answer">The prediction as it was read.</param>
/// <param name="Gold">The gold answer as it was read.</param>
public readonly record struct RowScore(Counts Strict, Counts Lenient, ParsedAnswer Answer, ParsedAnswer Gold);

/// <summary>Adds up predictions against gold answers: <c>scorer.Add(row, prediction)</c> for each row, then <c>Result()</c>.</summary>
/// <remarks>Micro-F1 over items: per row the multiset intersection of gold and predicted items is TP, the rest FP and FN, summed over
/// rows. A row without gold and without predicted items adds nothing. The rules are written out in docs/scoring.md.</remarks>
public sealed class Scorer
{
    readonly Func<NluRow, string> groupOf;
    readonly IReadOnlyDictionary<string, string>? aliases;
    readonly bool legacy;
    readonly SortedDictionary<string, ScoreSheet> groups = new(StringComparer.Ordinal);
    readonly Dictionary<string, LabelSet> labelSets = new(StringComparer.Ordinal);

    /// <summary>A scorer with nothing added.</summary>
    /// <param name="groupOf">Name of the group of a row; by default its task.</param>
    /// <param name="aliases">Other spellings of labels.</param>
    /// <param name="legacy">Also score under the switches of other scorers.</param>
    public Scorer(Func<NluRow, string>? groupOf = null, IReadOnlyDictionary<string, string>? aliases = null, bool legacy = false)
    {
        this.groupOf = groupOf ?? (row => row.Task);
        this.aliases = aliases;
        this.legacy = legacy;
    }

    /// <summary>Scores one prediction and adds it up.</summary>
    public RowScore Add(NluRow row, string prediction, bool truncated = false)
    {
        var labels = LabelsOf(row.Options);
        var gold = AnswerGrammar.Parse(row.Target, row.Task, labels, row.Text);
        var answer = AnswerGrammar.Parse(prediction, row.Task, labels, row.Text);
        var lenientGold = AnswerGrammar.Parse(row.Target, row.Task, labels, row.Text, lenient: true);
        var lenientAnswer = AnswerGrammar.Parse(prediction, row.Task, labels, row.Text, lenient: true);

        var sheet = SheetOf(groupOf(row));
        sheet.Know(row.Options);
        var strict = sheet.Strict.Add(Match(gold, answer, row.Task, ScoringRules.Strict));
        var lenient = sheet.Lenient.Add(Match(lenientGold, lenientAnswer, row.Task, ScoringRules.LenientSpelling));
        sheet.Audit(answer, gold, row, truncated);
        if (legacy)
        {
            foreach (var (name, rules) in ScoringRules.Legacy) sheet.AddLegacy(name, Match(gold, answer, row.Task, rules));
        }
        return new(strict, lenient, answer, gold);
    }

    /// <summary>The scores so far. With several groups a last one, <c>all</c>, holds every row.</summary>
    public Report Result()
    {
        var reports = groups.Select(g => g.Value.Report(g.Key)).ToList();
        if (groups.Count != 1) reports.Add(ScoreSheet.Sum(groups.Values).Report("all"));
        return new(reports);
    }

    static IEnumerable<(string Label, Counts Counts)> Match(ParsedAnswer gold, ParsedAnswer answer, string task, ScoringRules rules) =>
        Matching.ByLabel(ItemKeys.Of(gold, task, rules), ItemKeys.Of(answer, task, rules));

    ScoreSheet SheetOf(string group)
    {
        if (!groups.TryGetValue(group, out var sheet)) groups[group] = sheet = new();
        return sheet;
    }

    LabelSet LabelsOf(IReadOnlyList<string>? options)
    {
        var key = string.Join('\n', options ?? []);
        if (!labelSets.TryGetValue(key, out var labels)) labelSets[key] = labels = new(options, aliases);
        return labels;
    }
}

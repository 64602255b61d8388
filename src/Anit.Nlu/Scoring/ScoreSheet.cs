namespace Anit.Nlu.Scoring;

/// <summary>Running sums of one group of rows.</summary>
sealed class ScoreSheet
{
    const string UnknownLabel = "(unknown label)";

    readonly SortedDictionary<string, Counts> legacy = new(StringComparer.Ordinal);
    readonly HashSet<string> known = new(StringComparer.Ordinal);
    long rows, malformed, empty, truncated, repeats, ambiguous, items, spanItems, unknown, notInText, malformedGold;

    public LabelSums Strict { get; } = new();

    public LabelSums Lenient { get; } = new();

    public void Know(IReadOnlyList<string>? options) => known.UnionWith((options ?? []).Select(Spelling.Strict));

    public void Audit(ParsedAnswer answer, ParsedAnswer gold, NluRow row, bool cut)
    {
        rows++;
        if (answer.Malformed.Count > 0) malformed++;
        if (answer.Flags.HasFlag(AnswerFlags.EmptyOutput)) empty++;
        if (answer.Flags.HasFlag(AnswerFlags.Repeat)) repeats++;
        if (answer.Flags.HasFlag(AnswerFlags.AmbiguousComma)) ambiguous++;
        if (cut) truncated++;
        if (gold.Malformed.Count > 0) malformedGold++;
        if (row.Task != NluTask.Other)
        {
            items += answer.Items.Count;
            unknown += answer.UnknownLabels;
        }
        if (row.Task is NluTask.Classification or NluTask.Other || string.IsNullOrWhiteSpace(row.Text)) return;
        spanItems += answer.Items.Count;
        notInText += answer.NotInText;
    }

    public void AddLegacy(string name, IEnumerable<(string Label, Counts Counts)> matched) =>
        legacy[name] = matched.Aggregate(legacy.GetValueOrDefault(name), (sum, m) => sum + m.Counts);

    public static ScoreSheet Sum(IEnumerable<ScoreSheet> sheets)
    {
        var sum = new ScoreSheet();
        foreach (var sheet in sheets)
        {
            sum.known.UnionWith(sheet.known);
            sum.Strict.Add(sheet.Strict.ByLabel);
            sum.Lenient.Add(sheet.Lenient.ByLabel);
            foreach (var (name, counts) in sheet.legacy) sum.AddLegacy(name, [("", counts)]);
            sum.rows += sheet.rows;
            sum.malformed += sheet.malformed;
            sum.empty += sheet.empty;
            sum.truncated += sheet.truncated;
            sum.repeats += sheet.repeats;
            sum.ambiguous += sheet.ambiguous;
            sum.items += sheet.items;
            sum.spanItems += sheet.spanItems;
            sum.unknown += sheet.unknown;
            sum.notInText += sheet.notInText;
            sum.malformedGold += sheet.malformedGold;
        }
        return sum;
    }

    public GroupReport Report(string name) => new()
    {
        Name = name,
        Rows = rows,
        Strict = Strict.Measures,
        Lenient = Lenient.Measures,
        Labels = Labels(),
        Rates = new()
        {
            ParseFailure = Share(malformed, rows),
            EmptyOutput = Share(empty, rows),
            InvalidLabel = Share(unknown, items),
            Hallucination = Share(notInText, spanItems),
            Truncation = Share(truncated, rows),
            Repeat = Share(repeats, rows),
            AmbiguousComma = Share(ambiguous, rows),
            MalformedGold = malformedGold,
        },
        Legacy = legacy.ToDictionary(l => l.Key, l => l.Value.F1),
    };

    // Labels that models invent are many and of no interest one by one: they share a line.
    List<LabelReport> Labels() =>
    [
        .. Strict.ByLabel
            .GroupBy(l => l.Counts.Gold > 0 || known.Contains(l.Label) || l.Label == ItemKeys.MalformedLabel ? l.Label : UnknownLabel, l => l.Counts)
            .Select(g => new LabelReport(g.Key, g.Aggregate(Counts.Add)))
            .OrderBy(l => l.Label, StringComparer.Ordinal),
    ];

    static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;
}

/// <summary>Counts a label, and their sum.</summary>
sealed class LabelSums
{
    readonly Dictionary<string, Counts> labels = new(StringComparer.Ordinal);

    public IEnumerable<(string Label, Counts Counts)> ByLabel => labels.Select(l => (l.Key, l.Value));

    /// <summary>Micro measures over all labels; macro-F1 over the labels that gold uses.</summary>
    public Measures Measures
    {
        get
        {
            var ofGold = labels.Values.Where(c => c.Gold > 0).Select(c => c.F1!.Value).ToList();
            return new(labels.Values.Aggregate(new Counts(), Counts.Add), ofGold.Count == 0 ? null : ofGold.Average());
        }
    }

    /// <summary>Adds one row's counts and returns their sum.</summary>
    public Counts Add(IEnumerable<(string Label, Counts Counts)> matched)
    {
        var sum = new Counts();
        foreach (var (label, counts) in matched)
        {
            labels[label] = labels.GetValueOrDefault(label) + counts;
            sum += counts;
        }
        return sum;
    }
}

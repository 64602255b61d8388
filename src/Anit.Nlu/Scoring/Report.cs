namespace Anit.Nlu.Scoring;

/// <summary>Scores of one run: one group a task (or a dataset), and all rows together when there are several groups.</summary>
public sealed record Report(IReadOnlyList<GroupReport> Groups)
{
    /// <summary>The group that holds every row.</summary>
    public GroupReport Overall => Groups[^1];
}

/// <summary>Scores of one group of rows.</summary>
public sealed record GroupReport
{
    /// <summary>Name of the task or dataset; <c>all</c> for every row.</summary>
    public required string Name { get; init; }

    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>The headline: strict spelling.</summary>
    public required Measures Strict { get; init; }

    /// <summary>Case, white space and typography forgiven.</summary>
    public required Measures Lenient { get; init; }

    /// <summary>Strict counts of each label, in ordinal order.</summary>
    public required IReadOnlyList<LabelReport> Labels { get; init; }

    /// <summary>How often answers were odd.</summary>
    public required Rates Rates { get; init; }

    /// <summary>Micro-F1 under the switches of other scorers; empty unless asked for.</summary>
    public required IReadOnlyDictionary<string, double?> Legacy { get; init; }
}

/// <summary>Counts with their measures. <paramref name="MacroF1"/> is the mean F1 over the labels that gold uses.</summary>
public sealed record Measures(Counts Counts, double? MacroF1)
{
    /// <summary>Micro-precision.</summary>
    public double? Precision => Counts.Precision;

    /// <summary>Micro-recall.</summary>
    public double? Recall => Counts.Recall;

    /// <summary>Micro-F1; for classification and exact match it equals the accuracy.</summary>
    public double? F1 => Counts.F1;
}

/// <summary>Counts of one label.</summary>
public sealed record LabelReport(string Label, Counts Counts);

/// <summary>Shares of odd answers, 0 to 1, over rows or over predicted items; null where there is nothing to take a share of.</summary>
public sealed record Rates
{
    /// <summary>Rows with at least one piece that is no item.</summary>
    public double? ParseFailure { get; init; }

    /// <summary>Rows with nothing at all where at least <c>None</c> was due.</summary>
    public double? EmptyOutput { get; init; }

    /// <summary>Predicted items whose label is none of the options.</summary>
    public double? InvalidLabel { get; init; }

    /// <summary>Predicted items with a span that does not stand in the text.</summary>
    public double? Hallucination { get; init; }

    /// <summary>Rows whose answer was cut by the length limit.</summary>
    public double? Truncation { get; init; }

    /// <summary>Rows that repeat an item more often than the text does.</summary>
    public double? Repeat { get; init; }

    /// <summary>Rows where the text did not tell which comma separates two spans.</summary>
    public double? AmbiguousComma { get; init; }

    /// <summary>Gold answers with pieces that are no item: a fault of the data.</summary>
    public long MalformedGold { get; init; }
}

using Anit.Data;

namespace Anit.Tools.Eval;

/// <summary>Scores as a long table, for spreadsheets and plots: a row for each run, instruction, group, label and measure.</summary>
static class ScoreCsv
{
    /// <summary>The columns.</summary>
    public static Schema Columns { get; } = new(
    [
        new("run", DataType.Utf8), new("instruction", DataType.Utf8), new("noise", DataType.Utf8), new("omega", DataType.Float64),
        new("seed", DataType.UInt64), new("group", DataType.Utf8), new("label", DataType.Utf8), new("metric", DataType.Utf8),
        new("value", DataType.Float64),
    ]);

    /// <summary>Writes the file as a whole.</summary>
    public static async Task WriteAsync(TableOutput output, IReadOnlyList<RunScores> runs, CancellationToken stop)
    {
        await using var writer = output.Create(Columns);
        var texts = Enumerable.Range(0, 6).Select(_ => new Utf8Builder()).ToArray();
        var (omega, value) = (new FixedBuilder<double>(DataType.Float64), new FixedBuilder<double>(DataType.Float64));
        var seed = new FixedBuilder<ulong>(DataType.UInt64);
        foreach (var (run, condition, group) in runs.SelectMany(r => r.Reports.SelectMany(c => c.Report.Groups.Select(g => (r, c.Condition, g)))))
        {
            var cell = NoisyCondition.Parse(condition);
            foreach (var (label, metric, number) in Measures(group))
            {
                string?[] words = [run.Name, cell is null ? condition : Predictions.Noisy, cell?.Noise, group.Name, label, metric];
                foreach (var (text, word) in texts.Zip(words)) text.Append(word);
                omega.Append((double?)cell?.Omega);
                seed.Append(cell?.Seed);
                value.Append(number);
            }
        }
        var columns = texts.Select(text => (Column)text.Build()).ToList();
        await writer.WriteAsync(new(Columns, [columns[0], columns[1], columns[2], omega.Build(), seed.Build(), columns[3], columns[4], columns[5],
            value.Build()]), stop);
        await writer.FinishAsync();
    }

    static IEnumerable<(string? Label, string Metric, double? Value)> Measures(GroupReport group)
    {
        yield return (null, "rows", group.Rows);
        foreach (var (metric, number) in Measures(group.Strict.Counts)) yield return (null, metric, number);
        yield return (null, "macro_f1", group.Strict.MacroF1);
        yield return (null, "lenient_f1", group.Lenient.F1);
        yield return (null, "parse_failure", group.Rates.ParseFailure);
        yield return (null, "empty_output", group.Rates.EmptyOutput);
        yield return (null, "invalid_label", group.Rates.InvalidLabel);
        yield return (null, "hallucination", group.Rates.Hallucination);
        yield return (null, "truncation", group.Rates.Truncation);
        foreach (var (name, f1) in group.Legacy) yield return (null, $"legacy_{name}_f1", f1);
        foreach (var (label, counts) in group.Labels)
            foreach (var (metric, number) in Measures(counts)) yield return (label, metric, number);
    }

    static IEnumerable<(string Metric, double? Value)> Measures(Counts counts) =>
    [
        ("tp", counts.Tp), ("fp", counts.Fp), ("fn", counts.Fn), ("precision", counts.Precision), ("recall", counts.Recall), ("f1", counts.F1),
    ];
}

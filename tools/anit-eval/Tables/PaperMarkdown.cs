using System.Globalization;
using Anit.Tools.Reports;

namespace Anit.Tools.Eval.Tables;

/// <summary>The table in Markdown, in the paper's layout: ways of training down, datasets across; a table for each kind of instruction.</summary>
sealed class PaperMarkdown(PaperTable table, string title, IReadOnlyList<string> notes)
{
    const string NotGiven = "not given";

    // Where no column is given there are no lines, but it must be said.
    static readonly TableLine Nobody = new("", "", "", "any", null);

    IReadOnlyList<TableLine> Lines => table.Lines.Count > 0 ? table.Lines : [Nobody];

    IReadOnlyList<string> Instructions => table.Lines.Count > 0 ? table.Instructions : [Predictions.Raw];

    bool HasRows => table.Lines.Any(line => line.Rows.Length > 0) || table.Published.Count > 0;

    bool HasPasses => table.Lines.Any(line => line.Passes is not null);

    /// <summary>Writes it.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"# {title}");
        foreach (var note in notes) output.WriteLine("\n" + note);
        output.WriteLine($"\nMicro-F1 in per cent, mean ± standard deviation over {Numbers.Whole(table.Seeds)} seeds. Differences are "
            + "paired by seed, with 95 % intervals (Student's t); one that holds 0 shows no difference.");
        foreach (var instruction in Instructions)
        {
            if (instruction is Predictions.Empty or Predictions.Swapped) Dependence(output, instruction);
            else Scores(output, instruction);
        }
        if (table.Seconds.Any) Seconds(output);
    }

    void Scores(TextWriter output, string instruction)
    {
        output.WriteLine($"\n## {Named(instruction)}\n");
        Head(output, [.. table.Columns.Select(c => c.Title)]);
        if (instruction == Predictions.Raw)
            foreach (var row in table.Published.GroupBy(p => p.Row))
                Line(output, "the paper", row.Key, "", table.Columns.Select(c => Range(row.FirstOrDefault(p => p.Column == c.Name))));
        foreach (var line in Lines)
            Line(output, line.Rows, line.Title, line.Passes ?? "",
                table.Columns.Select(c => table.Has(c) ? F1(table.F1(line, c, instruction)) : NotGiven));

        if (table.Lines.Count < 2) return;
        output.WriteLine($"\nPoints against {Called(table.Reference)}:\n");
        Head(output, [.. table.Columns.Select(c => c.Title)]);
        foreach (var line in table.Lines.Where(line => line.Arm != table.Reference.Arm))
            Line(output, line.Rows, line.Title, line.Passes ?? "",
                table.Columns.Select(c => table.Has(c) ? Points(table.Difference(line, c, instruction)) : NotGiven));
    }

    void Dependence(TextWriter output, string instruction)
    {
        if (!table.Instructions.Contains(Predictions.Raw)) return;
        var other = instruction == Predictions.Empty ? "an instruction that says nothing (\"Please.\")" : "another task's instruction";
        output.WriteLine($"\n## Instruction dependence\n\nF1 with the raw instruction minus F1 with {other}, in points. Where it is near 0 the model "
            + "ignores its instruction: no noise in it can hurt, and robustness means nothing.\n");
        Head(output, [.. table.Columns.Select(c => c.Title)]);
        foreach (var line in table.Lines)
            Line(output, line.Rows, line.Title, line.Passes ?? "", table.Columns.Select(c => !table.Has(c) ? NotGiven
                : Numbers.Points(table.F1(line, c, Predictions.Raw)?.Mean - table.F1(line, c, instruction)?.Mean)));
    }

    void Seconds(TextWriter output)
    {
        output.WriteLine("\n## Time\n\nSeconds that a training took, mean ± standard deviation over seeds.\n");
        Head(output, ["seconds", "times the first line"]);
        var first = table.Lines.Select(line => table.Seconds.Of(line.Arm)).FirstOrDefault(s => s is not null);
        foreach (var line in table.Lines)
            if (table.Seconds.Of(line.Arm) is { } seconds)
                Line(output, line.Rows, line.Title, line.Passes ?? "", [Of("0.0", seconds.Mean, seconds.Deviation),
                    (seconds.Mean / first!.Mean).ToString("0.00", CultureInfo.InvariantCulture)]);
    }

    void Head(TextWriter output, string[] columns)
    {
        string[] left = [.. HasRows ? ["rows"] : Array.Empty<string>(), "arm", .. HasPasses ? ["passes"] : Array.Empty<string>()];
        Cells(output, [.. left, .. columns]);
        output.WriteLine("|" + string.Concat(left.Select(l => l == "passes" ? "--:|" : "---|")) + string.Concat(columns.Select(_ => "--:|")));
    }

    void Line(TextWriter output, string rows, string arm, string passes, IEnumerable<string> cells) =>
        Cells(output, [.. HasRows ? [rows] : Array.Empty<string>(), arm, .. HasPasses ? [passes] : Array.Empty<string>(), .. cells]);

    static void Cells(TextWriter output, IEnumerable<string> cells) =>
        output.WriteLine($"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |");

    string Called(TableLine line) => HasRows ? $"{line.Title}, {line.Rows}" : line.Title;

    static string Named(string instruction) => instruction == Predictions.Raw ? "Raw instructions"
        : NoisyCondition.Parse(instruction) is { } noisy
            ? string.Create(CultureInfo.InvariantCulture, $"Instructions with {noisy.Noise} at ω {noisy.Omega}")
        : $"Instructions: {instruction}";

    static string Range(Published? number) => number is null ? Numbers.None
        : number.Low == number.High ? Of("0.00", number.Low) : $"{Of("0.00", number.Low)}–{Of("0.00", number.High)}";

    static string F1(Spread? f1) => f1 is null ? Numbers.None : Of("0.0", 100 * f1.Mean, 100 * f1.Deviation);

    static string Of(string format, double mean, double? deviation = null) => deviation is { } sd
        ? $"{mean.ToString(format, CultureInfo.InvariantCulture)} ± {sd.ToString(format, CultureInfo.InvariantCulture)}"
        : mean.ToString(format, CultureInfo.InvariantCulture);

    static string Points((double Mean, double? Half)? difference) => difference is not { } d ? Numbers.None
        : Numbers.Points(d.Mean) + (d.Half is { } half ? $" [{Numbers.Points(d.Mean - half)}, {Numbers.Points(d.Mean + half)}]" : "");
}

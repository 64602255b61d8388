using System.Globalization;
using Anit.Tools.Reports;

namespace Anit.Tools.Eval.Tables;

/// <summary>The table as drawings, of the mean over its columns with raw instructions.</summary>
static class PaperFigures
{
    const int MostCurves = 8; // colours

    /// <summary>What <c>--draw</c> takes, with its help.</summary>
    public static readonly IReadOnlyDictionary<string, string> Kinds = new Dictionary<string, string>
    {
        ["bars"] = "points against the reference, a bar for each arm", ["curves"] = "F1 over the number that ends the rows' name (replace-0.3), a "
            + "curve for each arm", ["cost"] = "seconds of --seconds, and F1",
    };

    /// <summary>The drawings of a kind.</summary>
    public static IReadOnlyList<Figure> Of(PaperTable table, string kind) => kind switch
    {
        "curves" => Curves(table), "cost" => [.. Groups(table).SelectMany(g => new[] { Seconds(table, g), F1(table, g) })],
        _ => [.. Groups(table).Where(g => g.Any(line => line.Arm != table.Reference.Arm)).Select(g => Differences(table, g))],
    };

    static string Instruction(PaperTable table) => table.Instructions[0];

    static IEnumerable<IGrouping<string, TableLine>> Groups(PaperTable table) => table.Lines.GroupBy(line => line.Rows);

    static BarChart Differences(PaperTable table, IGrouping<string, TableLine> lines) =>
        Bars($"{Named(lines)}points against {Reference(table)}", lines.Where(l => l.Arm != table.Reference.Arm),
            line => table.Difference(line, Instruction(table)) is { } d ? Point(d.Mean, d.Half) : None, value => Numbers.Points(value));

    static BarChart F1(PaperTable table, IGrouping<string, TableLine> lines) => Bars($"{Named(lines)}Micro-F1", lines,
        line => Spread.Of([.. table.Means(line, Instruction(table)).Values]) is { } f1 ? Point(f1.Mean, f1.Deviation) : None,
        value => Numbers.Percent(value));

    static BarChart Seconds(PaperTable table, IGrouping<string, TableLine> lines) => Bars($"{Named(lines)}seconds of a training", lines,
        line => table.Seconds.Of(line.Arm) is { } s ? Point(s.Mean, s.Deviation) : None, value => Numbers.Short(value));

    static BarChart Bars(string title, IEnumerable<TableLine> lines, Func<TableLine, ChartPoint> value, Func<double, string> format) =>
        new(title, ["mean"], [.. lines.Select(line => (line.Method, (IReadOnlyList<ChartPoint>)[value(line)]))]) { Format = v => format(v) };

    static IReadOnlyList<Figure> Curves(PaperTable table)
    {
        var curves = table.Lines.GroupBy(line => line.Method).OrderBy(g => table.Names.Place(g.Key)).Select(method => new Curve(method.Key,
            [.. method.Select(line => (Place: Place(line.Rows), F1: Spread.Of([.. table.Means(line, Instruction(table)).Values])))
                .Where(p => p is { Place: not null, F1: not null }).OrderBy(p => p.Place)
                .Select(p => new ChartPoint(p.Place!.Value, 100 * p.F1!.Mean, 100 * (p.F1.Mean - p.F1.Deviation ?? double.NaN),
                    100 * (p.F1.Mean + p.F1.Deviation ?? double.NaN)))])).Where(curve => curve.Points.Count > 0);
        return [.. curves.Chunk(MostCurves).Select(some => new LineChart("Micro-F1 in per cent", "ω of the training rows", some))];
    }

    static double? Place(string rows) =>
        double.TryParse(rows[(rows.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture, out var place) ? place : null;

    static ChartPoint None => new(0, double.NaN);

    static ChartPoint Point(double mean, double? half) =>
        half is { } h ? new(0, mean, mean - h, mean + h) : new(0, mean);

    static string Named(IGrouping<string, TableLine> lines) => lines.Key.Length > 0 ? $"{lines.Key}: " : "";

    static string Reference(PaperTable table) => table.Reference.Arm.Replace(":", " ", StringComparison.Ordinal);
}

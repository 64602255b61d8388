using System.Globalization;
using Anit.Tools.Reports;
using static Anit.Tools.Reports.ReportTable;

namespace Anit.Tools.Eval;

/// <summary>The page of an evaluation: scores, curves over the strength of noise, labels, and the answers that are wrong.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Robustness">How they stand noise; null where they were not asked over a grid.</param>
sealed record ScoreReport(IReadOnlyList<RunScores> Runs, RobustnessTable? Robustness)
{
    /// <summary>Whose report it is.</summary>
    public const string Tool = "anit-eval";

    const int MostLabels = 20;

    bool Several => Runs.Count > 1;

    /// <summary>The page.</summary>
    public ReportPage Page()
    {
        var page = new ReportPage(Tool, Several ? $"Scores of {Runs.Count} runs" : $"Scores of {Runs[0].Name}")
        {
            Subtitle = "F1 is micro-F1 over items in strict spelling, in per cent; for tc and other it is the accuracy.",
            Head = Several ? null : Glance(),
        };
        page.Section("Scores", null, Scores());
        page.Section("Noise by strength", "Mean F1 over the draws, with one standard deviation where there are several; at strength 0 the clean "
            + "score.", Curves());
        page.Section("Noise", "Items of all answers to instructions with a noise, at any strength.", Noises());
        page.Section("Labels", "Noisy: over all other instructions together.", Labels());
        page.Section("Labels against labels", "Rows are gold, columns are predicted. Items meet where they have the same spans; what met nothing was "
            + "missed, or is spurious.", Confusions());
        if (Runs.Any(run => run.Log!.Wrong > 0))
            page.Section("Wrong answers", LeftOut(), new ErrorBrowser([.. Runs.Select(run => (run.Name, run.Log!))]))
                .Style(ErrorBrowser.Style).Script(ErrorBrowser.Script);
        return page;
    }

    Facts Glance()
    {
        var facts = new Facts(Large: true);
        var raw = Runs[0].Reports[0];
        facts.Add("rows", Numbers.Whole(raw.Report.Overall.Rows));
        facts.Add($"F1, {raw.Condition} instructions", Numbers.Percent(raw.Report.Overall.Strict.F1));
        if (Robustness?.Reports[0] is { Curve.Count: > 0 } robust)
            facts.Add("mean F1 with noise", Percent(robust.Noisy)).Add("worst", Percent(robust.Worst?.F1.Mean, robust.Worst))
                .Add("drop rate", Percent(robust.DropRate)).Add("area under the curve", Percent(robust.Area));
        return facts;
    }

    // A grid's cells are many, and have their own sections.
    ReportTable[] Scores()
    {
        var table = new ReportTable([.. Names("instruction", "group", "rows", "P", "R", "F1", "macro F1", "lenient F1", "malformed", "no such label",
            "not in text", "cut off")]);
        foreach (var run in Runs)
            foreach (var (condition, report) in run.Reports.Where(r => NoisyCondition.Parse(r.Condition) is null))
                foreach (var g in report.Groups)
                    table.Add([.. Named(run, condition, g.Name, Cell.Of(Numbers.Whole(g.Rows)), Share(g.Strict.Precision), Share(g.Strict.Recall),
                        Share(g.Strict.F1, shaded: true), Share(g.Strict.MacroF1), Share(g.Lenient.F1), Share(g.Rates.ParseFailure),
                        Share(g.Rates.InvalidLabel), Share(g.Rates.Hallucination), Share(g.Rates.Truncation))]);
        return [table];
    }

    IReadOnlyList<IPart> Curves()
    {
        if (Robustness is null || Robustness.Reports[0].Curve.Count == 0) return [];
        var points = Robustness.Reports.SelectMany(r => r.Curve).ToList();
        var heights = points.Select(p => 100 * p.F1.Mean).Concat(Robustness.Reports.Select(r => 100 * r.Clean.Value).OfType<double>()).ToList();
        double[] reaches = [heights.Min(), heights.Max()]; // one scale for all noises
        var charts = points.Select(p => p.Noise).Distinct().Select(noise => (IPart)new LineChart(noise, "ω",
            [.. Runs.Zip(Robustness.Reports, (run, report) => new Curve(run.Name,
                [new(0, 100 * report.Clean.Value ?? double.NaN), .. report.Curve.Where(p => p.Noise == noise).Select(Point)]))])
            {
                Reaches = reaches,
            });
        return [new Figures([.. charts]), Strengths()];
    }

    static ChartPoint Point(CurvePoint p) => p.F1.Deviation is { } sd
        ? new((double)p.Omega, 100 * p.F1.Mean, 100 * (p.F1.Mean - sd), 100 * (p.F1.Mean + sd)) : new((double)p.Omega, 100 * p.F1.Mean);

    ReportTable Strengths()
    {
        var omegas = Robustness!.Reports[0].Curve.Select(p => p.Omega).Distinct().Order().ToList();
        var strengths = omegas.Select(o => "ω " + o.ToString(CultureInfo.InvariantCulture));
        var table = new ReportTable([.. Names(["noise", "clean", .. strengths, "worst fall"])])
        {
            Caption = "Mean F1 by noise and strength",
        };
        foreach (var (run, report) in Runs.Zip(Robustness.Reports))
            foreach (var noise in report.Curve.GroupBy(p => p.Noise))
                table.Add([.. Named(run, noise.Key, [Share(report.Clean.Value),
                    .. omegas.Select(o => Share(noise.FirstOrDefault(p => p.Omega == o)?.F1.Mean, shaded: true)),
                    Cell.Of(Numbers.Points(noise.Min(p => p.F1.Mean) - report.Clean.Value))])]);
        return table;
    }

    ReportTable[] Noises()
    {
        var table = new ReportTable([.. Names("instruction", "gold", "predicted", "P", "R", "F1", "points from raw")]);
        foreach (var run in Runs)
        {
            var noises = run.Log!.Noises.ToList();
            if (noises.Count < 2) continue;
            var raw = noises.Find(n => n.Noise == Predictions.Raw);
            foreach (var (noise, c) in noises)
                table.Add([.. Named(run, noise, [.. Measures(c),
                    Cell.Of(raw.Noise is null || noise == raw.Noise ? Numbers.None : Numbers.Points(c.F1 - raw.Counts.F1))])]);
        }
        return table.Count == 0 ? [] : [table];
    }

    ReportTable[] Labels()
    {
        var table = new ReportTable([.. Names("group", "label", "gold", "predicted", "P", "R", "F1", "noisy F1", "points")]);
        foreach (var run in Runs)
        {
            var raw = Sums(run.Reports.Where(r => r.Condition == Predictions.Raw));
            var noisy = Sums(run.Reports.Where(r => r.Condition == Predictions.Noisy || NoisyCondition.Parse(r.Condition) is not null));
            foreach (var key in raw.Keys.Union(noisy.Keys).OrderBy(k => k.Group, StringComparer.Ordinal)
                .ThenByDescending(k => raw.GetValueOrDefault(k, noisy.GetValueOrDefault(k)).Gold).ThenBy(k => k.Label, StringComparer.Ordinal))
            {
                var (r, n) = (raw.GetValueOrDefault(key), noisy.GetValueOrDefault(key));
                table.Add([.. Named(run, key.Group, [key.Label, .. Measures(r), Share(n.F1, shaded: true), Cell.Of(Numbers.Points(n.F1 - r.F1))])]);
            }
        }
        return table.Count == 0 ? [] : [table];
    }

    static Dictionary<(string Group, string Label), Counts> Sums(IEnumerable<(string Condition, Report Report)> reports) =>
        reports.SelectMany(r => r.Report.Groups.Where(g => g.Name != "all").SelectMany(g => g.Labels.Select(l => (g.Name, l.Label, l.Counts))))
            .GroupBy(l => (l.Name, l.Label)).ToDictionary(g => g.Key, g => g.Aggregate(default(Counts), (sum, l) => sum + l.Counts));

    List<IPart> Confusions()
    {
        var tables = new List<IPart>();
        foreach (var run in Runs)
            foreach (var (task, raw, confusion) in run.Log!.Confusions)
                if (confusion.Labels.Count > 1)
                    tables.Add(Confusion(confusion, (Several ? run.Name + ", " : "") + task
                        + (raw ? ", raw instructions" : ", all other instructions")));
        return tables;
    }

    static ReportTable Confusion(LabelConfusion confusion, string caption)
    {
        string[] labels = [.. confusion.Labels.Take(MostLabels), LabelConfusion.Nothing];
        var left = confusion.Labels.Count - MostLabels;
        var table = new ReportTable(["gold", .. labels.SkipLast(1), "missed"])
        {
            Caption = caption + (left > 0 ? $"; the {MostLabels} most frequent labels, {left} more are left out" : ""),
        };
        foreach (var gold in labels)
        {
            var most = labels.Max(predicted => confusion[gold, predicted]);
            table.Add([gold == LabelConfusion.Nothing ? "spurious" : gold, .. labels.Select(predicted => Cell.Of(
                gold == LabelConfusion.Nothing && predicted == LabelConfusion.Nothing ? Numbers.None : Numbers.Whole(confusion[gold, predicted]),
                most == 0 ? 0 : (double)confusion[gold, predicted] / most))]);
        }
        return table;
    }

    string LeftOut() => "Each answer with its gold: what was missed, made up or mislabelled; beside it the same model's answer to the raw "
        + "instruction."
        + (Runs.Sum(run => run.Log!.LeftOut) is > 0 and var left ? $" {Numbers.Whole(left)} more wrong answers are not in this file." : "");

    IEnumerable<string> Names(params IEnumerable<string> heads) => Several ? heads.Prepend("run") : heads;

    IEnumerable<Cell> Named(RunScores run, Cell first, params IEnumerable<Cell> cells) => Several ? [run.Name, first, .. cells] : [first, .. cells];

    static Cell[] Measures(Counts c) => [Cell.Of(Numbers.Whole(c.Gold)), Cell.Of(Numbers.Whole(c.Predicted)), Share(c.Precision), Share(c.Recall),
        Share(c.F1, shaded: true)];

    static Cell Share(double? share, bool shaded = false) => Cell.Of(Numbers.Percent(share), shaded ? share ?? 0 : 0);

    static string Percent(Interval i) => Numbers.Percent(i.Value) + (i.Low is null ? "" : $" [{Numbers.Percent(i.Low)}, {Numbers.Percent(i.High)}]");

    static string Percent(double? share, CurvePoint? where) => where is null ? Numbers.None
        : string.Create(CultureInfo.InvariantCulture, $"{Numbers.Percent(share)} ({where.Noise}, ω {where.Omega})");
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Anit.Tools.Eval;

/// <summary>How runs stand noise, for people and programs. There is none where runs were asked with nothing but raw and noisy instructions.</summary>
sealed class RobustnessTable
{
    readonly IReadOnlyList<RunScores> runs;
    readonly Robustness robustness;

    RobustnessTable(IReadOnlyList<RunScores> runs, IReadOnlyList<RobustnessCounts> counts) =>
        (this.runs, robustness) = (runs, new(counts));

    /// <summary>How each run stands it, in their order.</summary>
    public IReadOnlyList<RobustnessReport> Reports => field ??= [.. runs.Select((_, i) => robustness.Of(i))];

    /// <summary>The table of runs that were all asked the same, over the same rows; null otherwise.</summary>
    public static RobustnessTable? Of(IReadOnlyList<RunScores> runs)
    {
        var counts = runs.Select(run => run.Robustness()).ToList();
        if (counts.Count == 0 || counts.Contains(null)) return null;
        try { return new(runs, counts!); }
        catch (ArgumentException) { return null; }
    }

    public void Write(TextWriter output)
    {
        if (Reports[0].Curve.Count > 0) WriteNoise(output);
        if (Reports[0].Dependences.Count > 0) WriteDependence(output);
    }

    void WriteNoise(TextWriter output)
    {
        var grid = new TextGrid("run", "clean F1", "mean noisy F1", "worst", "where", "drop rate", "area");
        foreach (var (run, report) in runs.Zip(Reports))
            grid.Add(run.Name, Percent(report.Clean), Percent(report.Noisy), TextGrid.Percent(report.Worst?.F1.Mean),
                report.Worst is { } worst ? string.Create(CultureInfo.InvariantCulture, $"{worst.Noise} at {worst.Omega}") : "-",
                Percent(report.DropRate), Percent(report.Area));
        grid.DropUniform(runs.Count > 1 ? [] : [0]);
        output.WriteLine();
        output.WriteLine("Robustness, per cent with 95 % intervals over rows and seeds (bootstrap); "
            + "drop rate is 1 - noisy / clean, area the mean height of the curve.");
        grid.Write(output);

        if (runs.Count > 1)
        {
            var differences = new TextGrid("run", "against", "clean", "mean noisy", "area");
            for (var i = 1; i < runs.Count; i++)
            {
                var d = robustness.Difference(i, 0);
                differences.Add(runs[i].Name, runs[0].Name, Points(d.Clean), Points(d.Noisy), Points(d.Area));
            }
            output.WriteLine();
            differences.Write(output);
        }

        decimal[] omegas = [.. Reports[0].Curve.Select(p => p.Omega).Distinct().Order()];
        var curves = new TextGrid(["run", "noise", .. omegas.Select(o => o.ToString(CultureInfo.InvariantCulture))]);
        foreach (var (run, report) in runs.Zip(Reports))
            foreach (var noise in report.Curve.GroupBy(p => p.Noise))
                curves.Add([run.Name, noise.Key, .. omegas.Select(o => TextGrid.Percent(noise.FirstOrDefault(p => p.Omega == o)?.F1.Mean))]);
        curves.DropUniform(runs.Count > 1 ? [] : [0]);
        output.WriteLine();
        output.WriteLine("Mean F1 by noise and strength:");
        curves.Write(output);
    }

    void WriteDependence(TextWriter output)
    {
        var grid = new TextGrid("run", "instruction", "F1 raw", "F1", "dependence");
        foreach (var (run, report) in runs.Zip(Reports))
            foreach (var d in report.Dependences)
                grid.Add(run.Name, d.Condition, TextGrid.Percent(report.Clean.Value), TextGrid.Percent(d.F1), Points(d.Difference));
        grid.DropUniform(runs.Count > 1 ? [] : [0]);
        output.WriteLine();
        output.WriteLine("Instruction dependence, raw minus an empty or another task's instruction; near 0 no noise in the instruction can hurt:");
        grid.Write(output);
    }

    /// <summary>The same as JSON.</summary>
    public JsonNode Json() => new JsonArray([.. runs.Select((run, i) =>
    {
        var report = Reports[i];
        return (JsonNode)new JsonObject
        {
            ["run"] = run.Name,
            ["clean_f1"] = Json(report.Clean), ["noisy_f1"] = Json(report.Noisy), ["drop_rate"] = Json(report.DropRate), ["area"] = Json(report.Area),
            ["worst"] = report.Worst is { } worst ? Point(worst) : null,
            ["curve"] = new JsonArray([.. report.Curve.Select(Point)]),
            ["dependence"] = new JsonArray([.. report.Dependences.Select(d => (JsonNode)new JsonObject
            {
                ["instruction"] = d.Condition, ["f1"] = d.F1, ["difference"] = Json(d.Difference),
            })]),
            ["against_first"] = i == 0 ? null : Against(i),
        };
    })]);

    JsonObject Against(int run)
    {
        var d = robustness.Difference(run, 0);
        return new() { ["clean_f1"] = Json(d.Clean), ["noisy_f1"] = Json(d.Noisy), ["area"] = Json(d.Area) };
    }

    static JsonNode Point(CurvePoint point) => new JsonObject
    {
        ["noise"] = point.Noise, ["omega"] = point.Omega, ["f1"] = point.F1.Mean, ["sd"] = point.F1.Deviation, ["draws"] = point.F1.Runs,
    };

    static JsonObject Json(Interval i) => new() { ["value"] = i.Value, ["low"] = i.Low, ["high"] = i.High };

    static string Percent(Interval i) => i.Low is null ? TextGrid.Percent(i.Value)
        : $"{TextGrid.Percent(i.Value)} [{TextGrid.Percent(i.Low)}, {TextGrid.Percent(i.High)}]";

    static string Points(Interval i) => i.Low is null ? TextGrid.Points(i.Value)
        : $"{TextGrid.Points(i.Value)} [{TextGrid.Points(i.Low)}, {TextGrid.Points(i.High)}]";
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Anit.Nlu;
using Anit.Tools.Reports;

namespace Anit.Tools.Train;

/// <summary><c>report.html</c> of a result: its curves, its β and its settings.</summary>
/// <remarks>Made of what decides the result and of the log, neither of which knows a clock: a resumed run leaves the report of one that was
/// never stopped. Time and memory are said on standard error (<see cref="RunSummary"/>).</remarks>
sealed record TrainReport(TrainOptions Options, TrainingRows Rows, string Record, Records Records,
    IReadOnlyList<(NluRow Row, string Answer)> Samples)
{
    /// <summary>Its name in the folder.</summary>
    public const string Name = "report.html";

    const string Tool = "anit-train";

    IReadOnlyList<TrainLog> Log => Records.Training;

    /// <summary>Writes it into a folder.</summary>
    public void Write(string folder)
    {
        using var file = File.Create(Path.Combine(folder, Name));
        Page().Write(file);
    }

    ReportPage Page()
    {
        var watch = new Warnings(Options);
        string[] warnings = [.. Log.Select(watch.Of).Prepend(Warnings.AtStart(Options, Rows)).OfType<string>()];
        var page = new ReportPage(Tool, $"Training with {Options.Attack.Name}")
        {
            Subtitle = $"{Numbers.Whole(Rows.Examples.Count)} rows, {Noisy()}. Two runs of one command leave the same report, so it holds no times; "
                + "those were said on standard error.",
            Head = Glance(),
        };
        if (warnings.Length > 0) page.Section("Warnings", null, new Prose(warnings) { IsWarning = true });
        page.Section("Curves", "Each point is the mean since the point before; the numbers are in train.jsonl.",
            Log.Count == 0 ? [] : [new Figures(TrainCharts.Of(Log, Options))]);
        if (Records.Best is { } best)
            page.Section("Development rows", "Scores of greedy answers, as anit-eval gives them; the weights with the best mean of the F1 there are "
                + "were kept.", Development(best));
        page.Section("β of the rows", null, Beta());
        page.Section("Settings", "What decides the result, as in anit-train.json; digests are cut.", Settings());
        return page;
    }

    IReadOnlyList<IPart> Development(DevLog best)
    {
        var facts = new Facts().Add("best after step", Numbers.Whole(best.Step)).Add("Micro-F1", Numbers.Short(100 * best.F1))
            .Add("loss", Numbers.Short(best.Loss));
        if (best is { NoisyF1: { } f1, NoisyLoss: { } loss })
            facts.Add("Micro-F1, noisy", Numbers.Short(100 * f1)).Add("loss, noisy", Numbers.Short(loss));
        var answers = new ReportTable("row", "text", "gold", "answer") { Caption = "The first development rows, raw instructions" };
        foreach (var (row, answer) in Samples) answers.Add(row.Id, Short(row.Text ?? row.Instruction), Short(row.Target), Short(answer));
        return [facts, new Figures(TrainCharts.Of(Records.Development)), .. Samples.Count > 0 ? [answers] : Array.Empty<IPart>()];
    }

    // Cut where a table would grow out of hand, not inside a surrogate pair.
    static string Short(string text)
    {
        const int Most = 200;
        if (text.Length <= Most) return text;
        return text[..(char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most)] + "…";
    }

    Facts Glance()
    {
        var facts = new Facts(Large: true);
        if (Log.Count == 0) return facts;
        var (first, last) = (Log[0], Log[^1]);
        facts.Add("loss, first and last record", $"{Numbers.Short(first.Loss)} → {Numbers.Short(last.Loss)}");
        if (last.Gain is { } gain) facts.Add("adversarial gain, last", Numbers.Short(gain));
        if (last.Cosine is { } cosine) facts.Add("cosine, last", Numbers.Short(cosine));
        if (Records.Best is { } best) facts.Add("best development F1", Numbers.Short(50 * (best.F1 + (best.NoisyF1 ?? best.F1))));
        return facts.Add("optimizer steps", Numbers.Whole(last.Step)).Add("tokens trained on", Numbers.Whole(last.Tokens));
    }

    string Noisy() => Rows.Noisy == 0 ? "none of them noisy"
        : $"{Numbers.Whole(Rows.Noisy)} of them noisy with {Numbers.Whole(Rows.NoisyTexts)} distinct texts";

    IReadOnlyList<IPart> Beta()
    {
        if (Rows.Noisy == 0) return [new Prose("No row is noisy, so no perturbation depends on β.")];
        // A noisy row may have β = 0, too; clean rows have nothing else.
        var betas = Rows.Examples.Where(e => e.Beta > 0).Select(e => e.Beta).ToList();
        var zeros = Rows.Noisy - betas.Count;
        double[] values = [.. betas.Concat(Enumerable.Repeat(0.0, zeros)).Distinct().Order()];
        if (values.Length == 1) return [new Prose($"All noisy rows have β = {Numbers.Short(values[0])}.")];
        var bins = Bins.OfShares(betas.Select(b => (b, 1L)).Append((0.0, zeros)));
        return
        [
            new Facts().Add("mean", Numbers.Short(Rows.Beta)).Add("least", Numbers.Short(values[0])).Add("greatest", Numbers.Short(values[^1]))
                .Add("distinct values", Numbers.Whole(values.Length)),
            new Figures([new Histogram("Noisy rows by β", "β", bins) { Mark = (Rows.Beta, $"mean {Numbers.Short(Rows.Beta)}") }]),
        ];
    }

    Facts Settings()
    {
        var facts = new Facts();
        foreach (var (name, value) in Flat(JsonNode.Parse(Record)!.AsObject(), "")) facts.Add(name, value);
        return facts;
    }

    static IEnumerable<(string Name, string Value)> Flat(JsonObject json, string before)
    {
        foreach (var (name, value) in json)
        {
            if (value is JsonObject inner)
            {
                foreach (var fact in Flat(inner, $"{before}{name}.")) yield return fact;
            }
            else if (value is JsonArray array) yield return (before + name, string.Join(", ", array.Select(v => $"{v}")));
            else if (value is not null) yield return (before + name, Shown(value));
        }
    }

    static string Shown(JsonNode value)
    {
        const int Digest = 64, Kept = 16;
        var text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        return text.Length == Digest && text.All(char.IsAsciiHexDigitLower) ? text[..Kept] + "…" : text;
    }
}

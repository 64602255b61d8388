using System.Text.Json.Nodes;

namespace Anit.Tools.Reports.Distances;

/// <summary>The page of anit-noise and anit-score: how far texts moved, β with its interval, and what was done to them.</summary>
sealed record DistanceReport
{
    /// <summary>Who writes it.</summary>
    public required string Tool { get; init; }

    /// <summary>What was seen.</summary>
    public required DistanceSurvey Survey { get; init; }

    /// <summary>How distances become distortions.</summary>
    public required DistanceScale Scale { get; init; }

    /// <summary>β where it was computed elsewhere; otherwise the mean distortion of the survey.</summary>
    public double? Beta { get; init; }

    /// <summary>What was measured, in words: "words", or the name of another measure, whose distances are thousandths.</summary>
    public string Measure { get; init; } = Words;

    /// <summary>What a word is in the examples.</summary>
    public Segmenter Segmenter { get; init; } = Segmenter.Auto;

    /// <summary>The options that decide the result.</summary>
    public required JsonObject Settings { get; init; }

    /// <summary>The measure that counts words.</summary>
    public const string Words = "words";

    static readonly (double Share, string Name)[] Quantiles =
        [(0, "least"), (0.25, "quarter"), (0.5, "median"), (0.75, "three quarters"), (1, "greatest")];

    bool CountsWords => Measure == Words;

    /// <summary>The page.</summary>
    public ReportPage Page()
    {
        var all = Survey.All();
        var (noisy, interval) = (all.Distances.Rows, MeanInterval.Of(all.On(Scale)));
        var beta = Beta ?? all.Distances.Beta(Scale);
        var head = new Facts(Large: true).Add("rows", Numbers.Whole(Survey.Rows)).Add("of them noisy", Numbers.Whole(noisy));
        if (noisy > 0)
        {
            head.Add("β", Numbers.Short(beta));
            if (interval is { } i) head.Add("β, 95 % interval", $"{Numbers.Short(i.Low)} – {Numbers.Short(i.High)}");
            head.Add("distinct noisy texts", Distinct(all));
        }
        var page = new ReportPage(Tool, "How far the texts moved") { Subtitle = About(), Head = head };
        if (noisy == 0) return page.Section("Nothing to show", null, new Prose("No row is noisy; was the table made by anit-noise?"));
        if (Warnings(all) is { Count: > 0 } warnings) page.Section("Warnings", null, new Prose(warnings) { IsWarning = true });
        page.Section("Distances by noise", null, new Figures(Histograms(all)), Table(all));
        page.Section("Examples", "One row at each quantile of the distance, by noise: the clean words over the noisy ones. "
            + "Which row of those at one distance is shown hangs on its id alone.", Examples());
        return page.Section("Settings", null, Facts());
    }

    string About() => CountsWords ? "Distances count words: deleted, inserted or replaced. " + (Scale switch
    {
        { IsDegenerate: true } => "Their distortions are d / max(n, n'), as all distances are equal and Eq. 1 would be 0/0.",
        { Normalization: Normalization.MinMax } =>
            $"Their distortions are (d − d_min) / (d_max − d_min) with d_min {Scale.Min} and d_max {Scale.Max} (Eq. 1).",
        { Normalization: Normalization.Length } => "Their distortions are d / max(n, n').",
        _ => "Their distortions are their ranks, from 0 to 1.",
    }) + " β is the mean distortion of the noisy rows." : $"Distances are measured by {Measure}, from 0 to 1. β is their mean over the noisy rows.";

    List<string> Warnings(KindSurvey all)
    {
        var said = new List<string>();
        if (Scale.IsDegenerate && CountsWords && all.Distances.Rows > 1)
            said.Add($"All {Numbers.Whole(all.Distances.Rows)} distances are {all.Distances.Min}: a score cannot tell rows apart. "
                + "anit-noise --count uniform draws the number of changed words by row.");
        if (all.Distinct * 2L < all.Distances.Rows)
            said.Add($"Only {Distinct(all)} of {Numbers.Whole(all.Distances.Rows)} noisy texts differ.");
        if (all.Distances.Histogram.GetValueOrDefault(0) is > 0 and var same)
            said.Add($"{Numbers.Whole(same)} noisy texts {(CountsWords ? "have the words of" : "measure as near as")} their clean ones.");
        return said;
    }

    List<IPart> Histograms(KindSurvey all)
    {
        var figures = new List<IPart>();
        if (Survey.Kinds.Count > 1) figures.Add(Histogram("all noises", all, all.Distances.Max, 0));
        foreach (var (i, (name, kind)) in Survey.Kinds.Index())
            figures.Add(Histogram(name, kind, all.Distances.Max, Survey.Kinds.Count > 1 ? i % 7 + 1 : 0));
        return figures;
    }

    Histogram Histogram(string name, KindSurvey kind, int highest, int series)
    {
        var mean = (double)kind.Distances.Sum / kind.Distances.Rows;
        return CountsWords
            ? new(name, "words changed", Bins.OfWhole(kind.Distances.Histogram, highest))
            {
                Series = series, Mark = (mean, $"mean {Numbers.Short(mean)}"),
            }
            : new(name, Measure, Bins.OfShares(kind.Distances.Histogram.Select(h => (Share(h.Key), h.Value))))
            {
                Series = series, Mark = (Share(mean), $"mean {Numbers.Short(Share(mean))}"),
            };
    }

    ReportTable Table(KindSurvey all)
    {
        var table = new ReportTable("noise", "rows", "distinct texts", "unchanged", "least", "median", "greatest", "mean", "mean distortion",
            "95 % interval") { Caption = "By noise" };
        foreach (var (name, kind) in Survey.Kinds) Row(name, kind);
        if (Survey.Kinds.Count > 1) Row("all", all);
        return table;

        void Row(string name, KindSurvey kind)
        {
            var d = kind.Distances;
            var interval = MeanInterval.Of(kind.On(Scale));
            table.Add([name, .. new[]
            {
                Numbers.Whole(d.Rows), Distinct(kind), Numbers.Whole(d.Histogram.GetValueOrDefault(0)), Distance(d.Min), Distance(kind.Quantile(0.5)),
                Distance(d.Max), Distance((double)d.Sum / d.Rows), Numbers.Short(d.Beta(Scale)),
                interval is { } i ? $"{Numbers.Short(i.Low)} – {Numbers.Short(i.High)}" : Numbers.None,
            }.Select(text => ReportTable.Cell.Of(text))]);
        }
    }

    IReadOnlyList<IPart> Examples() => [.. Survey.Kinds.SelectMany(kind => Quantiles
        .Select(q => (q.Name, Distance: kind.Value.Quantile(q.Share))).GroupBy(q => q.Distance)
        .Select(same => (Names: string.Join(", ", same.Select(q => q.Name)), Pair: kind.Value.Example(same.Key)))
        .Where(shown => shown.Pair is not null)
        .Select(shown => (IPart)new AlignedPair(shown.Pair!, $"{kind.Key}, {shown.Names}: {Described(shown.Pair!.Moved)}", Segmenter)))];

    string Described(Moved moved) => !CountsWords ? Numbers.Short(moved.Share)
        : $"{moved.Distance} of {Math.Max(moved.Clean, moved.Noisy)} words, distortion {Numbers.Short(Scale.Of(moved))}";

    Facts Facts()
    {
        var facts = new Facts();
        foreach (var (name, value) in Settings) facts.Add(name, Shown(value));
        return facts;
    }

    // [["replace",1],["shuffle",2]] as replace 1, shuffle 2.
    static string Shown(JsonNode? value) => value switch
    {
        JsonArray list => string.Join(", ", list.Select(v => v is JsonArray pair ? string.Join(' ', pair.Select(Shown)) : Shown(v))),
        null => Numbers.None,
        _ => value.ToString(),
    };

    string Distance(double distance) => Numbers.Short(CountsWords ? distance : Share(distance));

    static double Share(double thousandths) => thousandths / Surveyor.Thousandths;

    static string Distinct(KindSurvey kind) =>
        kind.Distinct == KindSurvey.MostDistinct ? $"{Numbers.Whole(kind.Distinct)} or more" : Numbers.Whole(kind.Distinct);
}

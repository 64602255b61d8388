using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Tools.Eval;

/// <summary>Scores as JSON for programs: shares from 0 to 1, null where undefined.</summary>
static class ScoreJson
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Write(TextWriter output, IReadOnlyList<RunScores> runs, RobustnessTable? robustness, bool spread)
    {
        var json = new JsonObject { ["runs"] = new JsonArray([.. runs.Select(Run)]) };
        if (spread && runs.Count > 1)
        {
            json["spread"] = new JsonArray([.. ScoreText.Spreads(runs).Select(s => new JsonObject
            {
                ["instruction"] = s.Condition, ["group"] = s.Group, ["runs"] = s.Spread.Runs, ["mean_f1"] = s.Spread.Mean,
                    ["sd"] = s.Spread.Deviation,
            })]);
        }
        if (robustness is not null) json["robustness"] = robustness.Json();
        Write(output, json);
    }

    public static void Write(TextWriter output, JsonNode json) => output.WriteLine(json.ToJsonString(Indented));

    static JsonNode Run(RunScores run) => new JsonObject
    {
        ["name"] = run.Name,
        ["conditions"] = new JsonArray([.. run.Reports.Select(r => new JsonObject
        {
            ["instruction"] = r.Condition,
            ["groups"] = new JsonArray([.. r.Report.Groups.Select(Group)]),
        })]),
    };

    static JsonNode Group(GroupReport group) => new JsonObject
    {
        ["name"] = group.Name,
        ["rows"] = group.Rows,
        ["strict"] = Measures(group.Strict.Counts, group.Strict.MacroF1),
        ["lenient"] = Measures(group.Lenient.Counts, group.Lenient.MacroF1),
        ["labels"] = new JsonObject(group.Labels.Select(l => KeyValuePair.Create(l.Label, (JsonNode?)Measures(l.Counts)))),
        ["rates"] = new JsonObject
        {
            ["parse_failure"] = group.Rates.ParseFailure,
            ["empty_output"] = group.Rates.EmptyOutput,
            ["invalid_label"] = group.Rates.InvalidLabel,
            ["hallucination"] = group.Rates.Hallucination,
            ["truncation"] = group.Rates.Truncation,
            ["repeat"] = group.Rates.Repeat,
            ["ambiguous_comma"] = group.Rates.AmbiguousComma,
            ["malformed_gold"] = group.Rates.MalformedGold,
        },
        ["legacy_f1"] = group.Legacy.Count == 0 ? null
            : new JsonObject(ScoringRules.Legacy.Select(l => KeyValuePair.Create(l.Name, (JsonNode?)group.Legacy[l.Name]))),
    };

    static JsonObject Measures(Counts counts, double? macro)
    {
        var json = Measures(counts);
        json["macro_f1"] = macro;
        return json;
    }

    static JsonObject Measures(Counts counts) => new()
    {
        ["tp"] = counts.Tp, ["fp"] = counts.Fp, ["fn"] = counts.Fn,
        ["precision"] = counts.Precision, ["recall"] = counts.Recall, ["f1"] = counts.F1,
    };
}

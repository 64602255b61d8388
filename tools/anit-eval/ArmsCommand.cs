using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anit.Cli;

namespace Anit.Tools.Eval;

/// <summary><c>anit-eval arms FILE...</c>: ways of training beside each other, mean and deviation over seeds, and their paired differences.</summary>
/// <remarks>A run is called arm/seed; a kind of instruction is a column, and noisy ones have the name of their file up to its first dot, so that
/// seen.1.parquet and seen.2.parquet share a column. F1 is over all rows of a column.</remarks>
static class ArmsCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("predictions") { Arity = ArgumentArity.OneOrMore, Description = "Prediction tables with runs called "
            + "arm/seed. Noisy instructions are a column named as the file up to its first dot, all others by their own name." };
        var against = new Option<string?>("--against") { Description = "The arm that the others are compared with; the first one when absent.",
            HelpName = "arm" };
        var best = new Option<bool>("--best") { Description = "Only the name of the arm whose mean over the columns is highest, to choose one on "
            + "development rows. Arms called name@trial are trials of one: the best of each name." };
        var scoring = new ScoringFlags();
        var command = new Command("arms", "Compares ways of training over several seeds: mean and standard deviation.") { files, against, best }
            .Example("anit-eval seen.parquet --model M --adapter plain/1=p1 --adapter plain/2=p2 --adapter nrm/1=n1 --adapter nrm/2=n2 "
                + "--instruction raw,noisy --predictions predictions/seen.parquet", "anit-eval arms predictions/*.parquet");
        foreach (var option in new Option[] { scoring.Alias, scoring.Json }) command.Options.Add(option);
        command.SetAction((given, stop) => Run(given.GetValue(files)!, given.GetValue(against), given.GetValue(best), scoring.Of(given), stop));
        return command;
    }

    static async Task<int> Run(string[] files, string? against, bool best, ScoringChoices choices, CancellationToken stop)
    {
        var arms = new Arms();
        foreach (var file in files)
        {
            var column = Path.GetFileName(Streams.NameOf(file)).Split('.')[0];
            foreach (var run in await ArmRuns.ReadAsync(file, choices, stop))
                arms.Add(file, run.Name, run.Instruction == Predictions.Noisy ? column : run.Instruction, run.Report, run.Ids);
        }
        var reference = against ?? arms.Names[0];
        if (!arms.Names.Contains(reference))
            throw new UserError($"--against is {reference}; there is {string.Join(", ", arms.Names)}", Exit.Usage);
        if (best) foreach (var name in arms.Best()) Console.Out.WriteLine(name);
        else if (choices.Json) ScoreJson.Write(Console.Out, Json(arms, reference));
        else Write(arms, reference);
        Console.Out.Flush();
        return Exit.Done;
    }

    static void Write(Arms arms, string reference)
    {
        var table = new TextGrid(["arm", "seeds", .. arms.Columns]);
        foreach (var arm in arms.Names)
            table.Add([arm, TextGrid.Whole(arms.Seeds(arm).Count), .. arms.Columns.Select(c => Cell(Spread.Of([.. arms.Of(arm, c).Values])))]);
        table.Write(Console.Out);
        Console.Out.WriteLine("F1 in per cent over all rows, mean ± standard deviation over seeds.");
        if (arms.Names.Count < 2) return;

        Console.Out.WriteLine();
        var differences = new TextGrid(["points against " + reference, .. arms.Columns]);
        foreach (var arm in arms.Names.Where(a => a != reference))
            differences.Add([arm, .. arms.Columns.Select(c => Cell(arms.Difference(arm, reference, c)))]);
        differences.Write(Console.Out);
        Console.Out.WriteLine("Differences by seed, mean and 95 % interval (Student's t); an interval that holds 0 shows no difference.");
    }

    static string Cell(Spread? f1) => f1 is null ? "-"
        : f1.Deviation is { } sd ? string.Create(CultureInfo.InvariantCulture, $"{100 * f1.Mean:0.0} ± {100 * sd:0.0}")
        : string.Create(CultureInfo.InvariantCulture, $"{100 * f1.Mean:0.0}");

    static string Cell((double Mean, double? Half)? difference) => difference is not { } d ? "-"
        : d.Half is { } half ? $"{Points(d.Mean)} [{Points(d.Mean - half)}, {Points(d.Mean + half)}]"
        : Points(d.Mean);

    static string Points(double difference) => (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    static JsonObject Json(Arms arms, string reference) => new()
    {
        ["against"] = reference,
        ["arms"] = new JsonArray([.. arms.Names.SelectMany(arm => arms.Columns, (arm, column) =>
        {
            var (spread, difference) = (Spread.Of([.. arms.Of(arm, column).Values]), arms.Difference(arm, reference, column));
            return new JsonObject
            {
                ["arm"] = arm, ["column"] = column, ["mean_f1"] = spread?.Mean, ["sd"] = spread?.Deviation,
                ["seeds"] = new JsonObject(arms.Of(arm, column).Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
                ["difference"] = arm == reference ? null : difference?.Mean, ["half_interval"] = arm == reference ? null : difference?.Half,
            };
        })]),
    };
}

using System.CommandLine;
using Anit.Cli;

namespace Anit.Tools.Eval;

/// <summary><c>anit-eval score FILE...</c>: scores predictions made earlier or elsewhere; no model is needed.</summary>
static class ScoreCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("predictions") { Arity = ArgumentArity.OneOrMore, Description = "Prediction tables, one a run; - is "
            + "standard input. Several runs, seeds for instance, also give mean and deviation." };
        var gold = new Option<string?>("--gold") { Description = "Table of gold rows, when the predictions hold only ids and answers.",
            HelpName = "file" };
        var scoring = new ScoringFlags();
        var force = Opt.Force();
        force.Description = "Let --csv and --report replace files that are not ours.";
        var command = new Command("score", "Scores predictions made earlier or elsewhere.") { files, gold }
            .Example("anit-eval score predictions.parquet --per-label", "anit-eval score predictions.parquet --report errors.html",
                "anit-eval score seed1.parquet seed2.parquet seed3.parquet");
        foreach (var option in scoring.All) command.Options.Add(option);
        command.Options.Add(force);
        command.SetAction((given, stop) => Run(given.GetValue(files)!, given.GetValue(gold), scoring.Of(given, force), stop));
        return command;
    }

    static async Task<int> Run(string[] files, string? gold, ScoringChoices choices, CancellationToken stop)
    {
        await choices.Files.CheckAsync(files.Append(gold), stop);
        var rows = await PredictionFiles.Gold(gold, stop);
        var runs = new List<RunScores>();
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(Streams.NameOf(file));
            var inside = new Dictionary<string, RunScores>(StringComparer.Ordinal);
            await foreach (var made in PredictionFiles.Read(file, rows, stop))
            {
                var run = made.Run ?? "";
                if (!inside.TryGetValue(run, out var scores)) inside[run] = scores = new(run, choices);
                scores.Add(made);
            }
            // A file of one run is that run; in a file of several the table says which is which.
            runs.AddRange(inside.Count == 1 ? [inside.Single().Value.Called(name)]
                : inside.Values.Select(s => files.Length > 1 ? s.Called($"{name}#{s.Name}") : s));
        }
        await ShowAsync(runs, choices, stop, spread: runs.Count == files.Length);
        return Exit.Done;
    }

    /// <summary>Shows scores, and writes what is to be written beside.</summary>
    public static async Task ShowAsync(IReadOnlyList<RunScores> runs, ScoringChoices choices, CancellationToken stop, bool spread = false)
    {
        var robustness = RobustnessTable.Of(runs);
        await choices.Files.WriteAsync(runs, robustness, stop);
        if (choices.Json) ScoreJson.Write(Console.Out, runs, robustness, spread);
        else ScoreText.Write(Console.Out, runs, robustness, choices, spread);
        Console.Out.Flush();
    }
}

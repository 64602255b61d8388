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
        var command = new Command("score", "Scores predictions made earlier or elsewhere.") { files, gold }
            .Example("anit-eval score predictions.parquet --per-label", "anit-eval score seed1.parquet seed2.parquet seed3.parquet");
        foreach (var option in scoring.All) command.Options.Add(option);
        command.SetAction((given, stop) => Run(given.GetValue(files)!, given.GetValue(gold), scoring.Of(given), stop));
        return command;
    }

    static async Task<int> Run(string[] files, string? gold, ScoringChoices choices, CancellationToken stop)
    {
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
        Show(runs, choices, spread: runs.Count == files.Length);
        return Exit.Done;
    }

    public static void Show(IReadOnlyList<RunScores> runs, ScoringChoices choices, bool spread = false)
    {
        if (choices.Json) ScoreJson.Write(Console.Out, runs, spread);
        else ScoreText.Write(Console.Out, runs, choices, spread);
        Console.Out.Flush();
    }
}

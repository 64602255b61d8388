using Anit.Cli;

namespace Anit.Tools.Eval;

/// <summary>One run's answers to one kind of instruction.</summary>
/// <param name="Name">The run: arm/seed.</param>
/// <param name="Instruction">The kind of instruction.</param>
/// <param name="Report">Its scores.</param>
/// <param name="Ids">Rows that it answered.</param>
sealed record ArmRun(string Name, string Instruction, Report Report, HashSet<string> Ids);

/// <summary>Prediction tables with runs called arm/seed.</summary>
static class ArmRuns
{
    /// <summary>The runs of a table, scored.</summary>
    public static async Task<IReadOnlyList<ArmRun>> ReadAsync(string file, ScoringChoices choices, CancellationToken stop)
    {
        var scorers = new Dictionary<(string Run, string Condition), (Scorer Scorer, HashSet<string> Ids)>();
        await foreach (var made in PredictionFiles.Read(file, gold: null, stop))
        {
            if (made.Run?.LastIndexOf('/') is not > 0)
                throw new UserError($"{file}: the run is called \"{made.Run}\"; expected arm/seed, as --adapter arm/seed=folder names it",
                    Exit.BadData);
            if (!scorers.TryGetValue((made.Run, made.Condition), out var of)) scorers[(made.Run, made.Condition)] = of = (choices.Scorer(), []);
            of.Ids.Add(made.Row.Id);
            of.Scorer.Add(made.Row, made.Text, made.Truncated);
        }
        return [.. scorers.Select(s => new ArmRun(s.Key.Run, s.Key.Condition, s.Value.Scorer.Result(), s.Value.Ids))];
    }
}

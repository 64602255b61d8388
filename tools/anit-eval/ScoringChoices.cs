using Anit.Cli;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>How to score and show, the same for every command of this tool.</summary>
sealed record ScoringChoices(bool ByDataset, IReadOnlyDictionary<string, string> Aliases, bool Legacy, bool PerLabel, bool Json)
{
    /// <summary>What is written beside.</summary>
    public ScoreFiles Files { get; init; } = new();

    /// <summary>A scorer with nothing added.</summary>
    public Scorer Scorer() => new(ByDataset ? row => row.Id.Split('/')[0] : null, Aliases, Legacy);
}

/// <summary>A prediction file to read.</summary>
static class PredictionFiles
{
    /// <summary>The predictions of a file, or of standard input.</summary>
    public static async IAsyncEnumerable<Prediction> Read(string? path, IReadOnlyDictionary<string, NluRow>? gold,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var input = new TableInput(path);
        await using var reader = await input.OpenAsync(stop);
        await foreach (var made in Predictions.ReadAsync(reader, input.Name, gold, stop)) yield return made;
    }

    /// <summary>Gold rows by id; null when no file is given.</summary>
    public static async Task<IReadOnlyDictionary<string, NluRow>?> Gold(string? path, CancellationToken stop)
    {
        if (path is null) return null;
        await using var reader = await new TableInput(path).OpenAsync(stop);
        var rows = new Dictionary<string, NluRow>(StringComparer.Ordinal);
        await foreach (var row in NluTable.ReadAsync(reader, path, stop))
        {
            if (!rows.TryAdd(row.Id, row))
                throw new UserError($"{path}: id \"{row.Id}\" stands twice; give every row an id of its own", Exit.BadData);
        }
        return rows;
    }
}

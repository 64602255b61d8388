using Anit.Cli;
using Anit.Data.Receipts;
using Anit.Nlu;

namespace Anit.Tools.Train;

/// <summary>Development rows, what tells them from others, and how they are answered.</summary>
sealed record Development(DevRows Rows, string Digest, int Familiar)
{
    /// <summary>Reads the rows of <c>--eval</c>.</summary>
    /// <param name="path">The table.</param>
    /// <param name="builder">Makes token ids; one of its own, since it counts what it cuts.</param>
    /// <param name="trained">The rows that are trained on.</param>
    /// <param name="stop">Ends the reading.</param>
    public static async Task<Development> Read(string path, ExampleBuilder builder, TrainingRows trained, CancellationToken stop)
    {
        if (Streams.IsStandard(path)) throw new UserError("--eval is standard input; name a file, it is read beside the rows", Exit.Usage);
        var input = new TableInput(path);
        await using var reader = await input.OpenAsync(stop);
        if (Conversations.In(reader.Schema))
            throw new UserError($"{path} holds conversations (column messages), which have no answers to score; --eval takes instruction rows",
                Exit.Usage);
        NluTable.Check(reader.Schema, input.Name);
        using var digest = new RowDigest(reader.Schema);
        var rows = new List<NluRow>();
        await foreach (var batch in reader.ReadBatchesAsync(stop))
        {
            digest.Add(batch);
            rows.AddRange(NluTable.Of(batch, rows.Count));
        }
        var ids = trained.Examples.Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        try
        {
            return new(new(rows, builder), digest.Result(), rows.Count(row => ids.Contains(row.Id)));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{input.Name}: {fault.Message}", fault);
        }
    }
}

/// <summary>A model that is asked development rows, greedily, as anit-eval asks.</summary>
sealed class Asked(Development development, CausalLm model, GreedyAnswers answers, CancellationToken stop)
{
    const int Shown = 8;

    /// <summary>Scores the model as it is now.</summary>
    public DevScores Score() => development.Rows.Score(model, rows => [.. answers.Of(rows, stop: stop).Select(a => (a.Text, a.Truncated))]);

    /// <summary>What the model answers to the first rows now, with their raw instructions.</summary>
    public IReadOnlyList<(NluRow Row, string Answer)> Samples()
    {
        model.Dropout.Enabled = false;
        NluRow[] rows = [.. development.Rows.Raw.Take(Shown)];
        return [.. rows.Zip(answers.Of(rows), (row, answer) => (row, answer.Text))];
    }
}

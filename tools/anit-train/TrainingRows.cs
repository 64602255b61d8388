using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;
using Anit.Nlu;

namespace Anit.Tools.Train;

/// <summary>The rows of a table as examples, with what the run's receipt needs to know about them.</summary>
sealed record TrainingRows(IReadOnlyList<Example> Examples, int Noisy, int Shortened, double Beta, string Digest)
{
    /// <summary>Whether the rows are conversations, each with all of its turns.</summary>
    public required bool Conversations { get; init; }

    /// <summary>Different texts among the noisy instructions.</summary>
    public required int NoisyTexts { get; init; }

    /// <summary>β of every noisy row where they all have the same; null where they differ or there are none.</summary>
    public required double? OneBeta { get; init; }

    /// <summary>Reads a whole table; token ids are small beside a model.</summary>
    public static async Task<TrainingRows> Read(TableInput input, ExampleBuilder builder, bool chat, bool needsBeta, double? beta,
        CancellationToken stop)
    {
        var name = input.Name;
        await using var reader = await input.OpenAsync(stop);
        var conversations = Train.Conversations.In(reader.Schema);
        if (conversations && !chat) throw new UserError($"{name} holds conversations (column messages); take --prompt chat", Exit.Usage);
        if (conversations) Train.Conversations.Check(reader.Schema, name);
        else NluTable.Check(reader.Schema, name);
        var betas = reader.Schema.IndexOf("beta");
        using var digest = new RowDigest(reader.Schema);
        var examples = new List<Example>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var untrainable = new List<string>();
        var (noisy, texts, betasSeen) = (0, new HashSet<string>(StringComparer.Ordinal), new HashSet<double>());
        double sum = 0;
        await foreach (var batch in reader.ReadBatchesAsync(stop))
        {
            digest.Add(batch);
            if (conversations)
            {
                foreach (var (id, turns) in Train.Conversations.Of(batch, ids.Count))
                {
                    if (!ids.Add(id)) throw Twice(name, id);
                    if (builder.Build(id, turns) is { } example) examples.Add(example);
                    else untrainable.Add(id);
                }
                continue;
            }
            var i = -1;
            foreach (var row in NluTable.Of(batch, ids.Count))
            {
                i++;
                if (!ids.Add(row.Id)) throw Twice(name, row.Id);
                double own = 0;
                if (row.NoisyInstruction is not null)
                {
                    if (needsBeta && beta is null && betas < 0)
                        throw new DataFormatException($"{name}: noisy rows but no column beta; pipe them through anit-score, or pass --beta");
                    own = beta ?? (betas < 0 ? 0 : batch.Columns[betas].Number(i) ?? 0);
                    if (own is not (>= 0 and <= 1))
                        throw new DataFormatException($"{name}: row {row.Id}: beta is {own}; expected a number from 0 to 1");
                    noisy++;
                    texts.Add(row.NoisyInstruction);
                    if (betasSeen.Count < 2) betasSeen.Add(own);
                    sum += own;
                }
                if (builder.Build(row, own) is { } example) examples.Add(example);
                else untrainable.Add(row.Id);
            }
        }
        if (untrainable.Count > 0)
            throw new DataFormatException($"{name}: {untrainable.Count:N0} rows have no trainable token "
                + $"({string.Join(", ", untrainable.Take(3))}{(untrainable.Count > 3 ? ", ..." : "")}): " +
                (conversations ? "no turn of the assistant, or none that ends within --max-length; mend or drop them"
                    : "their target is empty, or the prompt without its text is longer than --max-length; mend or drop them"));
        if (examples.Count == 0) throw new DataFormatException($"{name}: no rows to train on");
        return new(examples, noisy, builder.Shortened, noisy == 0 ? 0 : sum / noisy, digest.Result())
        {
            Conversations = conversations, NoisyTexts = texts.Count, OneBeta = betasSeen.Count == 1 ? betasSeen.Single() : null,
        };
    }

    static DataFormatException Twice(string name, string id) =>
        new($"{name}: the id {id} occurs twice; perturbations are keyed by id, so ids must be unique");
}

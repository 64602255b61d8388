using System.Security.Cryptography;
using System.Text;
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

    /// <summary>Reads tables as a whole; token ids are small beside a model.</summary>
    /// <param name="inputs">One, or several that are weighted against each other.</param>
    /// <param name="builder">Makes token ids.</param>
    /// <param name="chat">Whether prompts are chats, as conversations want.</param>
    /// <param name="needsBeta">Whether noisy rows must have a β.</param>
    /// <param name="beta">β of every noisy row instead of their own.</param>
    /// <param name="stop">Ends the reading.</param>
    public static async Task<TrainingRows> Read(IReadOnlyList<TableInput> inputs, ExampleBuilder builder, bool chat, bool needsBeta, double? beta,
        CancellationToken stop)
    {
        var all = new Collected();
        foreach (var (source, input) in inputs.Index())
        {
            var before = all.Examples.Count;
            await all.Add(input, builder, chat, needsBeta, beta, stop);
            if (all.Examples.Count == before) throw new DataFormatException($"{input.Name}: no rows to train on");
            for (var i = before; source > 0 && i < all.Examples.Count; i++) all.Examples[i] = all.Examples[i] with { Source = source };
        }
        var digest = all.Digests.Count == 1 ? all.Digests[0]
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(all.Digests))));
        return new(all.Examples, all.Noisy, builder.Shortened, all.Noisy == 0 ? 0 : all.Sum / all.Noisy, digest)
        {
            Conversations = all.Conversations, NoisyTexts = all.Texts.Count, OneBeta = all.Betas.Count == 1 ? all.Betas.Single() : null,
        };
    }

    sealed class Collected
    {
        readonly HashSet<string> ids = new(StringComparer.Ordinal);

        public List<Example> Examples { get; } = [];
        public List<string> Digests { get; } = [];
        public HashSet<string> Texts { get; } = new(StringComparer.Ordinal);
        public HashSet<double> Betas { get; } = []; // two at the most
        public bool Conversations { get; private set; }
        public int Noisy { get; private set; }
        public double Sum { get; private set; }

        public async Task Add(TableInput input, ExampleBuilder builder, bool chat, bool needsBeta, double? beta, CancellationToken stop)
        {
            var name = input.Name;
            await using var reader = await input.OpenAsync(stop);
            var conversations = Train.Conversations.In(reader.Schema);
            if (conversations && !chat) throw new UserError($"{name} holds conversations (column messages); take --prompt chat", Exit.Usage);
            if (conversations) Train.Conversations.Check(reader.Schema, name);
            else NluTable.Check(reader.Schema, name);
            Conversations |= conversations;
            var (betas, before) = (reader.Schema.IndexOf("beta"), ids.Count);
            using var digest = new RowDigest(reader.Schema);
            var untrainable = new List<string>();
            await foreach (var batch in reader.ReadBatchesAsync(stop))
            {
                digest.Add(batch);
                if (conversations)
                {
                    foreach (var (id, turns) in Train.Conversations.Of(batch, ids.Count - before)) Take(id, builder.Build(id, turns));
                    continue;
                }
                foreach (var (i, row) in NluTable.Of(batch, ids.Count - before).Index())
                {
                    double? own = betas < 0 ? null : batch.Columns[betas].Number(i) ?? 0;
                    Take(row.Id, builder.Build(row, row.NoisyInstruction is null ? 0 : BetaOf(row, own)));
                }
            }
            if (untrainable.Count > 0)
                throw new DataFormatException($"{name}: {untrainable.Count:N0} rows have no trainable token "
                    + $"({string.Join(", ", untrainable.Take(3))}{(untrainable.Count > 3 ? ", ..." : "")}): " +
                    (conversations ? "no turn of the assistant, or none that ends within --max-length; mend or drop them"
                        : "their target is empty, or the prompt without its text is longer than --max-length; mend or drop them"));
            Digests.Add(digest.Result());

            void Take(string id, Example? example)
            {
                if (!ids.Add(id))
                    throw new DataFormatException($"{name}: the id {id} occurs twice; perturbations are keyed by id, so ids must be unique");
                if (example is null) untrainable.Add(id);
                else Examples.Add(example);
            }

            double BetaOf(NluRow row, double? own)
            {
                if (needsBeta && beta is null && own is null)
                    throw new DataFormatException($"{name}: noisy rows but no column beta; pipe them through anit-score, or pass --beta");
                var taken = beta ?? own ?? 0;
                if (taken is not (>= 0 and <= 1))
                    throw new DataFormatException($"{name}: row {row.Id}: beta is {taken}; expected a number from 0 to 1");
                Noisy++;
                Texts.Add(row.NoisyInstruction!);
                if (Betas.Count < 2) Betas.Add(taken);
                Sum += taken;
                return taken;
            }
        }
    }
}

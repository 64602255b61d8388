using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>One evaluation: rows in, answers by a model under each condition, scores out.</summary>
sealed class Evaluation(AnswerChoices how, ScoringChoices choices, IReadOnlyList<string> conditions, bool quiet)
{
    const int Version = 1; // raised whenever equal options give other answers
    const int RowsAtOnce = 2_048; // enough to sort by length; bounds the memory

    /// <summary>Answers and scores a table, once for each run. The predictions are a stage's output: up to date, they are only scored.</summary>
    public async Task<int> Run(StageIO io, int limit, CancellationToken stop)
    {
        var (input, output) = (io.Input, io.Output);
        if (output.Path is null)
        {
            await using var reader = await Open(input, stop);
            return await Answer(input, reader, limit, null, stop);
        }
        if (output.IsStandard) throw new UserError("--predictions is -, but the scores go to standard output; name a file", Exit.Usage);
        await output.CheckAsync(input.Paths, stop);
        if (!output.CarriesReceipts && io.Cache is null)
        {
            await using var reader = await Open(input, stop);
            await using var writer = output.Create(Predictions.Schema);
            return await Answer(input, reader, limit, writer, stop);
        }
        var source = input.Source();
        var answered = await io.RunAsync(Stage(limit), source, async run =>
        {
            Check(input, run.Input.Schema);
            await using var writer = io.Create(run)(Predictions.Schema);
            await Answer(input, run.Input, limit, writer, stop);
        }, stop);
        if (!answered) await ScoreAgain(output.Path, stop);
        return Exit.Done;
    }

    // What decides the answers; batches and threads do not.
    Stage Stage(int limit) => new("anit-eval", Version)
    {
        Options = new()
        {
            ["model"] = ModelDigest.Of(how.Model, withoutWeights: false),
            ["runs"] = new JsonArray(
                [.. how.Runs.Select(run => (JsonNode)new JsonArray(run.Name, run.Adapter is { } adapter ? ModelDigest.OfAdapter(adapter) : null))]),
            ["instruction"] = new JsonArray([.. conditions.Select(condition => (JsonNode)condition)]),
            ["prompt"] = how.Template.Name, ["max_new_tokens"] = how.MaxNewTokens, ["max_length"] = how.MaxLength, ["dtype"] = how.Dtype,
                ["limit"] = limit,
            ["alias"] = new JsonArray(
                [.. choices.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (JsonNode)new JsonArray(a.Key, a.Value))]),
        },
    };

    async Task ScoreAgain(string predictions, CancellationToken stop)
    {
        var scores = new List<RunScores>();
        await foreach (var made in PredictionFiles.Read(predictions, null, stop))
        {
            if (scores.Find(s => s.Name == made.Run) is not { } sheet) scores.Add(sheet = new(made.Run ?? "", choices));
            sheet.Add(made);
        }
        ScoreCommand.Show(scores, choices);
    }

    async Task<int> Answer(TableInput input, ITableReader reader, int limit, ITableWriter? writer, CancellationToken stop)
    {
        var rows = NluTable.ReadAsync(reader, input.Name, stop);
        if (limit > 0) rows = rows.Take(limit);
        if (how.Runs.Count > 1) rows = (await rows.ToListAsync(stop)).ToAsyncEnumerable(); // a pipe is read once

        var batcher = new PredictionBatcher();
        var scores = new List<RunScores>();
        foreach (var run in how.Runs)
        {
            using var answerer = new Answerer(how, run);
            var sheet = new RunScores(run.Name, choices);
            scores.Add(sheet);
            await foreach (var answers in Answers(answerer, rows, stop))
            {
                foreach (var answer in answers) batcher.Add(answer, sheet.Add(answer));
                if (writer is not null) await writer.WriteAsync(batcher.Batch(), stop);
            }
        }
        if (writer is not null) await writer.FinishAsync();
        ScoreCommand.Show(scores, choices);
        return Exit.Done;
    }

    async IAsyncEnumerable<IReadOnlyList<Prediction>> Answers(Answerer answerer, IAsyncEnumerable<NluRow> rows,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var (answered, cut) = (0, 0);
        using var progress = new Progress("answers", quiet);
        await foreach (var chunk in rows.Chunk(RowsAtOnce).WithCancellation(stop))
        {
            IReadOnlyList<Prediction>? raw = null;
            foreach (var condition in conditions.OrderBy(c => c != Predictions.Raw))
            {
                var start = answered;
                var made = Answers(answerer, chunk, condition, raw, done => progress.Report(start + done, answerer.Name), stop);
                if (condition == Predictions.Raw) raw = made;
                answered += made.Count;
                cut += made.Count(p => p.TextCut);
                yield return made;
            }
        }
        if (cut > 0 && !quiet)
            Console.Error.WriteLine($"anit-eval: {cut:N0} of {answered:N0} texts were cut so that prompt and answer fit --max-length");
    }

    /// <summary>Prints the first prompt of each condition and answers nothing.</summary>
    public async Task<int> ShowFirst(TableInput input, CancellationToken stop)
    {
        await using var reader = await Open(input, stop);
        using var answerer = new Answerer(how, how.Runs[0]);
        await foreach (var row in NluTable.ReadAsync(reader, input.Name, stop))
        {
            foreach (var condition in conditions)
            {
                var (prompt, cut) = answerer.Prompt(Asked(row, condition));
                Console.WriteLine($"{row.Id}, {condition} instruction, {answerer.Ids(prompt.Text).Length} tokens{(cut ? ", text cut" : "")}; gold "
                    + $"answer:{how.Template.Target(row)}");
                Console.WriteLine(prompt.Text);
                Console.WriteLine();
            }
            return Exit.Done;
        }
        throw new UserError($"{input.Name}: the table has no rows", Exit.BadData);
    }

    async Task<ITableReader> Open(TableInput input, CancellationToken stop)
    {
        var reader = await input.OpenAsync(stop);
        Check(input, reader.Schema);
        return reader;
    }

    void Check(TableInput input, Schema schema)
    {
        NluTable.Check(schema, input.Name);
        if (conditions.Contains(Predictions.Noisy)) input.Require(schema, ["noisy_instruction"], "; make the table noisy with anit-noise first");
    }

    // A clean row has the same prompt under both conditions: it is answered once.
    static IReadOnlyList<Prediction> Answers(Answerer answerer, NluRow[] rows, string condition, IReadOnlyList<Prediction>? raw, Action<int> done,
        CancellationToken stop)
    {
        var asked = rows.Index().Where(r => raw is null || r.Item.NoisyInstruction is not null).ToList();
        var answers = answerer.Answer(asked.ConvertAll(r => Asked(r.Item, condition)), condition, done, stop);
        if (raw is null) return answers;

        var all = raw.Select(p => p with { Condition = condition }).ToArray();
        foreach (var (k, (i, _)) in asked.Index()) all[i] = answers[k];
        return all;
    }

    static NluRow Asked(NluRow row, string condition) =>
        condition == Predictions.Noisy && row.NoisyInstruction is { } noisy ? row with { Instruction = noisy } : row;
}

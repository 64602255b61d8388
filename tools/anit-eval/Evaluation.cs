using System.Runtime.CompilerServices;
using Anit.Cli;
using Anit.Data;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>One evaluation: rows in, answers by a model under each condition, scores out.</summary>
sealed class Evaluation(AnswerChoices how, ScoringChoices choices, IReadOnlyList<string> conditions, bool quiet)
{
    const int RowsAtOnce = 2_048; // enough to sort by length; bounds the memory

    /// <summary>Answers and scores a table, once for each run.</summary>
    public async Task<int> Run(TableInput input, int limit, string? predictions, CancellationToken stop)
    {
        await using var reader = await Open(input, stop);
        var rows = NluTable.ReadAsync(reader, input.Name, stop);
        if (limit > 0) rows = rows.Take(limit);
        if (how.Runs.Count > 1) rows = (await rows.ToListAsync(stop)).ToAsyncEnumerable(); // a pipe is read once

        await using var writer = predictions is null ? null : new TableOutput(predictions).Create(Predictions.Schema);
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

    async IAsyncEnumerable<IReadOnlyList<Prediction>> Answers(Answerer answerer, IAsyncEnumerable<NluRow> rows, [EnumeratorCancellation] CancellationToken stop)
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
        if (cut > 0 && !quiet) Console.Error.WriteLine($"anit-eval: {cut:N0} of {answered:N0} texts were cut so that prompt and answer fit --max-length");
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
                Console.WriteLine($"{row.Id}, {condition} instruction, {answerer.Ids(prompt.Text).Length} tokens{(cut ? ", text cut" : "")}; gold answer:{how.Template.Target(row)}");
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
        NluTable.Check(reader.Schema, input.Name);
        if (conditions.Contains(Predictions.Noisy)) input.Require(reader.Schema, ["noisy_instruction"], "; make the table noisy with anit-noise first");
        return reader;
    }

    // A clean row has the same prompt under both conditions: it is answered once.
    static IReadOnlyList<Prediction> Answers(Answerer answerer, NluRow[] rows, string condition, IReadOnlyList<Prediction>? raw, Action<int> done, CancellationToken stop)
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

using Anit.Cli;
using Anit.Data;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>One evaluation: rows in, answers by a model under each condition, scores out.</summary>
sealed class Evaluation(AnswerChoices how, ScoringChoices choices, IReadOnlyList<string> conditions, bool quiet)
{
    const int RowsAtOnce = 2_048; // enough to sort by length; bounds the memory

    /// <summary>Answers and scores a table.</summary>
    public async Task<int> Run(string? input, int limit, string? predictions, CancellationToken stop)
    {
        await using var reader = await Open(input, stop);
        using var answerer = new Answerer(how);
        await using var writer = predictions is null ? null : Tables.Create(predictions, Predictions.Schema);
        var run = new RunScores(Path.GetFileNameWithoutExtension(Tables.Name(input)), choices);
        using (var progress = new Progress("answers", quiet))
        {
            var (answered, cut) = (0, 0);
            var batcher = new PredictionBatcher();
            var rows = Rows.ReadAsync(reader, Tables.Name(input), stop);
            await foreach (var chunk in (limit > 0 ? rows.Take(limit) : rows).Chunk(RowsAtOnce).WithCancellation(stop))
            {
                IReadOnlyList<Prediction>? raw = null;
                foreach (var condition in conditions.OrderBy(c => c != Predictions.Raw))
                {
                    var start = answered;
                    var made = Answers(answerer, chunk, condition, raw, done => progress.Report(start + done), stop);
                    if (condition == Predictions.Raw) raw = made;
                    answered += chunk.Length;
                    foreach (var prediction in made) batcher.Add(prediction, run.Add(prediction));
                    cut += made.Count(p => p.TextCut);
                }
                if (writer is not null) await writer.WriteAsync(batcher.Batch(), stop);
            }
            if (cut > 0 && !quiet) Console.Error.WriteLine($"anit-eval: {cut:N0} of {answered:N0} texts were cut so that prompt and answer fit --max-length");
        }
        if (writer is not null) await writer.FinishAsync();
        ScoreCommand.Show([run], choices);
        return Exit.Done;
    }

    /// <summary>Prints the first prompt of each condition and answers nothing.</summary>
    public async Task<int> ShowFirst(string? input, CancellationToken stop)
    {
        await using var reader = await Open(input, stop);
        using var answerer = new Answerer(how);
        await foreach (var row in Rows.ReadAsync(reader, Tables.Name(input), stop))
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
        throw new UserError($"{Tables.Name(input)}: the table has no rows", Exit.BadData);
    }

    async Task<ITableReader> Open(string? input, CancellationToken stop)
    {
        var reader = await Tables.Open(input, stop);
        Rows.Check(reader.Schema, Tables.Name(input));
        return conditions.Contains(Predictions.Noisy) && !reader.Schema.Has("noisy_instruction")
            ? throw new UserError($"{Tables.Name(input)}: found no column \"noisy_instruction\", expected one for --instruction noisy; run anit-noise first", Exit.BadData)
            : reader;
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

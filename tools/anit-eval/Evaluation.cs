using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;
using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>One evaluation: rows in, answers by a model under each condition, scores out.</summary>
sealed class Evaluation(IAnswerSource how, ScoringChoices choices, IReadOnlyList<Asking> askings, bool quiet, string? pool = null)
{
    const int Version = 1; // raised whenever equal options give other answers
    const int RowsAtOnce = 2_048; // enough to sort by length; bounds the memory

    /// <summary>Answers and scores a table, once for each run. The predictions are a stage's output: up to date, they are only scored.</summary>
    public async Task<int> Run(StageIO io, int limit, CancellationToken stop)
    {
        var (input, output) = (io.Input, io.Output);
        await choices.Files.CheckAsync(input.Paths.Append(output.Path), stop);
        if (output.Path is null)
        {
            await using var reader = await Open(input, stop);
            return await Answer(input, reader, limit, null, null, stop);
        }
        if (output.IsStandard) throw new UserError("--predictions is -, but the scores go to standard output; name a file", Exit.Usage);
        await output.CheckAsync(input.Paths, stop);
        if (!output.CarriesReceipts && io.Cache is null)
        {
            await using var reader = await Open(input, stop);
            using var journal = Journal(output);
            await using var writer = output.Create(Predictions.Schema);
            return await Answer(input, reader, limit, writer, journal, stop);
        }
        var source = input.Source();
        var answered = await io.RunAsync(Stage(limit), source, async run =>
        {
            Check(input, run.Input.Schema);
            using var journal = Journal(output);
            await using var writer = io.Create(run)(Predictions.Schema);
            await Answer(input, run.Input, limit, writer, journal, stop);
        }, stop);
        if (!answered) await ScoreAgain(output.Path, stop);
        return Exit.Done;
    }

    // What goes out as it comes cannot be gone on with.
    AnswerJournal? Journal(TableOutput output)
    {
        if (how.KeepsAnswers || output.IsStream) return null;
        var journal = AnswerJournal.Open(output.Path!, how.Decides());
        if (journal.Found > 0 && !quiet) Notice.Say($"going on with {journal.Found:N0} answers that a run which was cut off left");
        return journal;
    }

    Stage Stage(int limit)
    {
        var options = how.Decides();
        options["instruction"] = new JsonArray([.. askings.Select(asking => (JsonNode)asking.Identity)]);
        options["limit"] = limit;
        options["alias"] = new JsonArray(
            [.. choices.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (JsonNode)new JsonArray(a.Key, a.Value))]);
        return new("anit-eval", Version) { Files = pool is null ? [] : [pool], Options = options };
    }

    async Task ScoreAgain(string predictions, CancellationToken stop)
    {
        var scores = new List<RunScores>();
        await foreach (var made in PredictionFiles.Read(predictions, null, stop))
        {
            if (scores.Find(s => s.Name == made.Run) is not { } sheet) scores.Add(sheet = new(made.Run ?? "", choices));
            sheet.Add(made);
        }
        await ScoreCommand.ShowAsync(scores, choices, stop);
    }

    async Task<int> Answer(TableInput input, ITableReader reader, int limit, ITableWriter? writer, AnswerJournal? journal,
        CancellationToken stop)
    {
        var rows = NluTable.ReadAsync(reader, input.Name, stop);
        if (limit > 0) rows = rows.Take(limit);
        if (how.Runs > 1 || how.LooksAhead) rows = (await rows.ToListAsync(stop)).ToAsyncEnumerable(); // a pipe is read once

        var batcher = new PredictionBatcher();
        var scores = new List<RunScores>();
        for (var run = 0; run < how.Runs; run++)
        {
            using var answerer = journal is null ? how.Open(run) : new JournaledAnswerer(how.Open(run), journal);
            if (how.LooksAhead) answerer.Expect(await ToAsk(rows, stop));
            var sheet = new RunScores(answerer.Name, choices);
            scores.Add(sheet);
            await foreach (var answers in Answers(answerer, rows, stop))
            {
                foreach (var answer in answers) batcher.Add(answer, sheet.Add(answer));
                if (writer is not null) await writer.WriteAsync(batcher.Batch(), stop);
            }
        }
        if (writer is not null) await writer.FinishAsync();
        journal?.Complete();
        await ScoreCommand.ShowAsync(scores, choices, stop);
        return Exit.Done;
    }

    async IAsyncEnumerable<IReadOnlyList<Prediction>> Answers(IAnswerer answerer, IAsyncEnumerable<NluRow> rows,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var (answered, cut) = (0, 0);
        using var progress = new Progress("answers", quiet);
        await foreach (var chunk in rows.Chunk(RowsAtOnce).WithCancellation(stop))
        {
            var known = new Dictionary<(int, string), Prediction>();
            foreach (var asking in askings.OrderBy(a => a.Condition != Predictions.Raw))
            {
                var start = answered;
                var made = await Answers(answerer, chunk, asking, known, done => progress.Report(start + done, answerer.Name), stop);
                answered += made.Count;
                cut += made.Count(p => p.TextCut);
                yield return made;
            }
        }
        if (cut > 0 && !quiet)
            Console.Error.WriteLine($"anit-eval: {cut:N0} of {answered:N0} texts were cut so that prompt and answer fit --max-length");
    }

    /// <summary>Prints what it would cost to ask all, and asks nothing.</summary>
    public async Task<int> ShowEstimate(TableInput input, int limit, CancellationToken stop)
    {
        await using var reader = await Open(input, stop);
        var rows = NluTable.ReadAsync(reader, input.Name, stop);
        using var answerer = how.Open(0);
        answerer.ShowEstimate(await ToAsk(limit > 0 ? rows.Take(limit) : rows, stop));
        return Exit.Done;
    }

    async Task<List<NluRow>> ToAsk(IAsyncEnumerable<NluRow> rows, CancellationToken stop)
    {
        var asked = new List<NluRow>();
        await foreach (var row in rows.WithCancellation(stop)) asked.AddRange(askings.Select(asking => asking.Of(row)));
        return asked;
    }

    /// <summary>Prints the first prompt of each condition and answers nothing.</summary>
    public async Task<int> ShowFirst(TableInput input, CancellationToken stop)
    {
        await using var reader = await Open(input, stop);
        using var answerer = how.Open(0);
        await foreach (var row in NluTable.ReadAsync(reader, input.Name, stop))
        {
            foreach (var asking in askings)
            {
                var (prompt, length, answer) = answerer.Show(asking.Of(row));
                Console.WriteLine($"{row.Id}, {asking.Condition} instruction, {length}; gold answer: {answer.Trim()}");
                Console.WriteLine(prompt);
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
        if (askings.Any(a => a.Condition == Predictions.Noisy))
            input.Require(schema, ["noisy_instruction"], "; make the table noisy with anit-noise first");
    }

    // A row that is asked with an instruction again, such as a clean row among noisy ones, is not answered again.
    static async Task<IReadOnlyList<Prediction>> Answers(IAnswerer answerer, NluRow[] rows, Asking asking,
        Dictionary<(int, string), Prediction> known, Action<int> done, CancellationToken stop)
    {
        NluRow[] asked = [.. rows.Select(asking.Of)];
        var fresh = Enumerable.Range(0, rows.Length).Where(i => !known.ContainsKey((i, asked[i].Instruction))).ToList();
        var answers = await answerer.AnswerAsync(fresh.ConvertAll(i => asked[i]), asking.Condition, done, stop);
        foreach (var (k, i) in fresh.Index()) known[(i, asked[i].Instruction)] = answers[k];
        return [.. asked.Select((row, i) => known[(i, row.Instruction)] with { Condition = asking.Condition })];
    }
}

using System.Runtime.CompilerServices;
using Anit.Cli;
using Anit.Data;
using Anit.Noise;

namespace Anit.Tools;

/// <summary>One run of anit-score: a pass to look at every pair, a pass to write.</summary>
sealed class ScoreRun(ScoreOptions options, RepeatableTable table, ScoreTable stage, IScoring scoring)
{
    long rows;

    public static async Task<int> RunAsync(ScoreOptions options, CancellationToken stop)
    {
        Sink.Check(options.Output);
        var name = Streams.IsStandard(options.Input) ? "standard input" : options.Input!;
        var scoring = await ScoringAsync(options, stop);
        try
        {
            await using var table = await RepeatableTable.OpenAsync(Streams.OpenInput(options.Input), Streams.IsStandard(options.Input) ? null : options.Input, stop: stop);
            var stage = new ScoreTable(options.Columns, options.Scope);
            stage.Check(table.Schema);
            await new ScoreRun(options, table, stage, scoring).RunAsync(stop);
            return Exit.Done;
        }
        catch (DataFormatException error)
        {
            throw error.At(file: name);
        }
    }

    async Task RunAsync(CancellationToken stop)
    {
        await table.KeepAsync(stop);
        using (var progress = new Progress("rows read", options.Quiet))
        {
            await foreach (var count in Ordered.MapAsync(BatchesAsync([options.Columns.Text, options.Columns.Noisy], stop), Look, options.Threads, stop))
                progress.Report(rows += count);
        }
        var facts = scoring.Facts(options.Scope);
        Warn(facts);
        if (options.DryRun || Sink.IsTerminal(options.Output, options.Format)) await ShowAsync(facts, stop);
        else await WriteAsync(facts, stop);
    }

    int Look((ColumnBatch Batch, long First) part)
    {
        scoring.Look(stage.Pairs(part.Batch, part.First));
        return part.Batch.Rows;
    }

    async Task WriteAsync(DistortionFacts facts, CancellationToken stop)
    {
        var schema = ScoreTable.SchemaOf(table.Schema).WithMetadata(DistortionFacts.Key, facts.ToJson());
        await using var sink = Sink.Open(options.Output, options.Format, schema);
        using (var progress = new Progress("rows", options.Quiet, rows))
        {
            var done = 0L;
            await foreach (var batch in Ordered.MapAsync(ShardAsync(stop), p => stage.Apply(p.Batch, p.First, scoring, facts.Beta), options.Threads, stop))
            {
                await sink.WriteAsync(batch.WithSchema(schema), stop);
                progress.Report(done += batch.Rows);
            }
        }
        await sink.FinishAsync(table.LateMetadata);
        if (options.Manifest is not null) ScoreManifest.Write(options, facts, scoring);
    }

    async Task ShowAsync(DistortionFacts facts, CancellationToken stop)
    {
        const int Most = 10;
        var shown = 0;
        await foreach (var (batch, first) in ShardAsync(stop))
        {
            foreach (var (row, clean, noisy) in stage.Pairs(batch, first))
            {
                var score = scoring.Of(clean, noisy);
                if (shown == 0) Console.Out.WriteLine($"{"row",10} {"distance",8} {"distortion",10}  {options.Columns.Noisy}");
                Console.Out.WriteLine($"{first + row,10} {score.Distance,8} {score.Distortion,10:0.0000}  {Shorten(noisy)}");
                if (++shown == Most) break;
            }
            if (shown == Most) break;
        }
        Console.Out.WriteLine($"{rows:N0} rows, {facts.Rows:N0} noisy, beta {facts.Beta:0.######}");
    }

    void Warn(DistortionFacts facts)
    {
        if (options.Quiet) return;
        if (facts.Rows == 0) Console.Error.WriteLine("anit-score: no noisy row, beta is 0; was the table made by anit-noise?");
        else if (facts.Degenerate) Console.Error.WriteLine($"anit-score: all {facts.Rows:N0} distances are {facts.Min}, so that Eq. 1 is 0/0; taking d / max(n, n') instead (--normalize length says so outright)");
    }

    async IAsyncEnumerable<(ColumnBatch Batch, long First)> BatchesAsync(IReadOnlyList<string>? columns, [EnumeratorCancellation] CancellationToken stop)
    {
        var first = 0L;
        await foreach (var batch in table.ReadBatchesAsync(columns, stop))
        {
            yield return (batch, first);
            first += batch.Rows;
        }
    }

    async IAsyncEnumerable<(ColumnBatch Batch, long First)> ShardAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var (from, to) = options.Shard.Range(rows);
        await foreach (var (batch, first) in BatchesAsync(null, stop))
        {
            if (first >= to) yield break;
            var (start, end) = ((int)Math.Clamp(from - first, 0, batch.Rows), (int)Math.Clamp(to - first, 0, batch.Rows));
            if (start < end) yield return (batch.Slice(start, end - start), first + start);
        }
    }

    static async Task<IScoring> ScoringAsync(ScoreOptions options, CancellationToken stop)
    {
        if (options.Method == Method.Lme) return new LmeScoring(await Vectors.LoadAsync(options.Vectors!, stop));
        if (options.ScaleFrom is not { } path) return new RbeScoring(options.Normalize ?? Normalization.MinMax, segmenter: options.Segmenter);
        await using var scored = await Table.OpenAsync(Streams.OpenInput(path), new() { Name = path }, stop);
        if (!scored.Schema.Metadata.TryGetValue(DistortionFacts.Key, out var json))
            throw new InvalidDataException($"{path}: no metadata \"{DistortionFacts.Key}\"; --scale-from wants a Parquet or Arrow table written by anit-score");
        try
        {
            var scale = DistortionFacts.FromJson(json).ToScale();
            return new RbeScoring(scale.Normalization, scale, options.Segmenter);
        }
        catch (InvalidDataException error) { throw new InvalidDataException($"{path}: {error.Message}", error); }
    }

    static string Shorten(string text)
    {
        const int Most = 60;
        var line = string.Concat(text.Take(Most).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > Most ? line + "..." : line;
    }
}

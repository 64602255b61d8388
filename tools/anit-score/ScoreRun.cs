using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;
using Anit.Tools.Reports;
using Anit.Tools.Reports.Distances;
using Anit.Tools.Score.Embedders;

namespace Anit.Tools.Score;

/// <summary>One run of anit-score: a pass to look at every pair, a pass to write.</summary>
sealed class ScoreRun(ScoreOptions options, RepeatableTable table, IScoring scoring, ModelDistance? model)
{
    readonly ScoreTransform transform = new(options.Columns, options.Scope, options.Again);
    readonly DistanceSurvey survey = new();
    readonly Surveyor? surveyor = options.Report is null ? null : new(options.Columns, scoring is RbeScoring
        ? Surveyor.Words(options.Segmenter) : Surveyor.Shares((clean, noisy) => scoring.Of(clean, noisy).Distortion));
    long rows;

    public static async Task<int> RunAsync(ScoreOptions options, CancellationToken stop)
    {
        await options.Files.Output.CheckAsync(
            [.. options.Files.Input.Paths, options.ScaleFrom, options.Embedder is { Kind.IsTable: true } table ? table.Setup.Place : null], stop);
        ManifestFile.Check(options.Manifest, "anit-score", options.Files.Output.Force);
        ReportFile.Check(options.Report, "anit-score", options.Files.Output.Force,
            [.. options.Files.Input.Paths, options.ScaleFrom, options.Files.Output.Path, options.Manifest]);
        var scale = options.ScaleFrom is { } path ? await ScaleAsync(path, stop) : null;
        using var work = new Progress(options.Method == Methods.BertScore ? "pairs measured" : "texts embedded", options.Files.Quiet);
        using var model = options.Embedder is null ? null : await ModelDistance.OpenAsync(options, done => work.Report(done), stop);
        IScoring scoring = model is not null ? new PairScoring(model.Distance)
            : DistanceKinds.Find(options.Method) is { } kind ? new TextScoring(kind)
            : new RbeScoring(options.Normalize ?? Normalization.MinMax, scale, options.Segmenter);
        var files = options.Files.OnRows(options.Manifest, options.Report, options.Threads);
        try
        {
            if (options.OnlyEstimate)
            {
                await files.LookAsync(async table => (await new ScoreRun(options, table, scoring, model).PriceAsync(stop))?.Show(), stop);
                return Exit.Done;
            }
            if (options.DryRun || files.Output.IsTerminal)
                await files.LookAsync(async table => await new ScoreRun(options, table, scoring, model).ShowAsync(stop), stop);
            else
                await files.RunAsync(Receipt(options, scale, model?.Distance.Signature),
                    (table, create) => new ScoreRun(options, table, scoring, model).WriteAsync(create, stop), stop);
            if (model?.Summary is { } cost && !files.Quiet) Notice.Say(cost);
            return Exit.Done;
        }
        catch (DataFormatException error)
        {
            throw error.At(file: files.Input.Name);
        }
    }

    static Stage Receipt(ScoreOptions o, DistanceScale? scale, string? embedder)
    {
        var all = new JsonObject { ["column"] = o.Columns.Text, ["method"] = o.Method, ["scope"] = Name(o.Scope) };
        if (embedder is not null) all["embedder"] = embedder;
        if (DistanceKinds.Find(o.Method) is { Version: > 1 } kind) all["method_version"] = kind.Version;
        if (o.Method == Methods.Rbe)
        {
            all["normalize"] = Name(scale?.Normalization ?? o.Normalize ?? Normalization.MinMax);
            all["segmenter"] = Name(o.Segmenter);
        }
        if (scale is not null) all["scale"] = new JsonArray(scale.Min, scale.Max);
        return new("anit-score", ScoreTransform.Version)
        {
            Options = all, Shard = o.Shard.Receipt,
            // Replacing another's columns, not all others pass through.
            Adds = o.Again ? null : ["distance", "distortion", "beta"],
        };
    }

    /// <summary>The pass that looks at every pair.</summary>
    async Task<DistortionFacts> LookAsync(CancellationToken stop)
    {
        transform.Check(table.Schema);
        await table.KeepAsync(stop);
        if (options.HasCostLimit) (await PriceAsync(stop))?.Check();
        if (scoring is PairScoring pairs) await MeasureAsync(pairs, stop);
        using (var progress = new Progress("rows read", options.Files.Quiet))
        {
            var batches = Numbered(table.LookAsync(surveyor?.Needs(table.Schema) ?? [options.Columns.Text, options.Columns.Noisy], stop));
            await foreach (var count in Ordered.MapAsync(batches, Look, options.Threads, stop)) progress.Report(rows += count);
        }
        var facts = scoring.Facts(options.Scope);
        Warn(facts);
        if (options.Report is not null) ReportFile.Write(options.Report, Report(facts).Page());
        return facts;
    }

    /// <summary>The pass before all, for a server that is paid: what the table's texts will cost.</summary>
    async Task<TextsToPay?> PriceAsync(CancellationToken stop)
    {
        transform.Check(table.Schema);
        await table.KeepAsync(stop);
        var texts = model?.Texts();
        if (texts is null) return null;
        await foreach (var (batch, first) in Numbered(table.LookAsync([options.Columns.Text, options.Columns.Noisy], stop)))
            foreach (var (_, clean, noisy) in transform.Pairs(batch, first))
            {
                texts.Add(clean);
                texts.Add(noisy);
            }
        return texts;
    }

    /// <summary>The pass before it, for a model: every distinct pair is measured, many at a time.</summary>
    async Task MeasureAsync(PairScoring scoring, CancellationToken stop)
    {
        const int Most = 1024; // pairs; few enough for their texts to be small beside a batch
        var waiting = new HashSet<(string Clean, string Noisy)>();
        await foreach (var (batch, first) in Numbered(table.LookAsync([options.Columns.Text, options.Columns.Noisy], stop)))
            foreach (var (_, clean, noisy) in transform.Pairs(batch, first))
            {
                if (!scoring.IsNew(clean, noisy) || !waiting.Add((clean, noisy)) || waiting.Count < Most) continue;
                await scoring.MeasureAsync([.. waiting], stop);
                waiting.Clear();
            }
        await scoring.MeasureAsync([.. waiting], stop);
    }

    int Look((ColumnBatch Batch, long First) part)
    {
        scoring.Look(transform.Pairs(part.Batch, part.First));
        if (surveyor?.Of(part.Batch, part.First) is { } seen)
            lock (survey) survey.Merge(seen);
        return part.Batch.Rows;
    }

    DistanceReport Report(DistortionFacts facts) => new()
    {
        Tool = "anit-score", Survey = survey, Beta = facts.Beta, Measure = scoring is RbeScoring ? DistanceReport.Words : options.Method,
        Scale = scoring is RbeScoring rbe ? rbe.Scale : new(Normalization.Length, 0, 0), Segmenter = options.Segmenter,
        Settings = JsonNode.Parse(facts.ToJson())!.AsObject(),
    };

    async Task WriteAsync(CreateOutput create, CancellationToken stop)
    {
        var facts = await LookAsync(stop);
        var schema = ScoreTransform.SchemaOf(table.Schema).WithMetadata(DistortionFacts.Key, facts.ToJson());
        await using var writer = create(schema, [options.Columns.Text, options.Columns.Noisy]);
        using (var progress = new Progress("rows", options.Files.Quiet, rows))
        {
            var done = 0L;
            await foreach (var batch in Ordered.MapAsync(ShardAsync(stop), p =>
                transform.Apply(p.Batch, p.First, scoring, facts.Beta), options.Threads, stop))
            {
                await writer.WriteAsync(batch.WithSchema(schema), stop);
                progress.Report(done += batch.Rows);
            }
        }
        // What the stage before said at its end passes on, but for a score it may have carried.
        await writer.FinishAsync(table.LateMetadata.Where(e => e.Key != DistortionFacts.Key).ToDictionary());
        if (options.Manifest is not null) ScoreManifest.Write(options, facts, scoring);
    }

    async Task ShowAsync(CancellationToken stop)
    {
        const int Most = 10;
        var facts = await LookAsync(stop);
        var shown = 0;
        await foreach (var (batch, first) in ShardAsync(stop))
        {
            foreach (var (row, clean, noisy) in transform.Pairs(batch, first))
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
        if (options.Files.Quiet) return;
        if (facts.Rows == 0) Notice.Say("no noisy row, beta is 0; was the table made by anit-noise?");
        else if (facts.Degenerate)
            Notice.Say($"all {facts.Rows:N0} distances are {facts.Min}, so that Eq. 1 is 0/0; "
                + "taking d / max(n, n') instead (--normalize length says so outright)");
    }

    static async IAsyncEnumerable<(ColumnBatch Batch, long First)> Numbered(IAsyncEnumerable<ColumnBatch> batches)
    {
        var first = 0L;
        await foreach (var batch in batches)
        {
            yield return (batch, first);
            first += batch.Rows;
        }
    }

    async IAsyncEnumerable<(ColumnBatch Batch, long First)> ShardAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var (from, to) = options.Shard.Range(rows);
        await foreach (var (batch, first) in Numbered(table.ReadBatchesAsync(stop)))
        {
            if (first >= to) yield break;
            var (start, end) = ((int)Math.Clamp(from - first, 0, batch.Rows), (int)Math.Clamp(to - first, 0, batch.Rows));
            if (start < end) yield return (batch.Slice(start, end - start), first + start);
        }
    }

    static async Task<DistanceScale> ScaleAsync(string path, CancellationToken stop)
    {
        await using var scored = await new TableInput(path).OpenAsync(stop);
        if (scored.Schema.Metadata.GetValueOrDefault(DistortionFacts.Key) is not { } json)
            throw new InvalidDataException(
                $"{path}: no metadata \"{DistortionFacts.Key}\"; --scale-from wants a Parquet or Arrow table written by anit-score");
        try { return DistortionFacts.FromJson(json).ToScale(); }
        catch (InvalidDataException error) { throw new InvalidDataException($"{path}: {error.Message}", error); }
    }

    static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    static string Shorten(string text)
    {
        const int Most = 60;
        var line = string.Concat(text.Take(Most).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > Most ? line + "..." : line;
    }
}

using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Data;
using Anit.Data.Receipts;
using Anit.Noise;
using Anit.Tools.Reports;
using Anit.Tools.Reports.Distances;

namespace Anit.Tools.Noise;

/// <summary>One run of anit-noise: looks at the whole table where the options ask for it, then maps its batches.</summary>
sealed class NoiseRun
{
    readonly NoiseOptions options;
    readonly RepeatableTable table;
    readonly KeyRanking? ranking;
    readonly ContextPoolBuilder? pool;
    readonly VocabularyBuilder? words;
    readonly Surveyor? surveyor;
    readonly DistanceSurvey survey = new();
    long rows;

    NoiseRun(NoiseOptions options, RepeatableTable table)
    {
        (this.options, this.table) = (options, table);
        if (options.Report is not null) surveyor = new(options.Columns, Surveyor.Words(options.Segmenter));
        // With phi 0 or 1 the rows are known without counting.
        if (options.Selection == SelectionKind.Fixed && options.Phi is > 0 and < 1) ranking = new(options.Seed);
        if (options.Uses(NoiseNeeds.Texts) && options.Pool is null) pool = new(options.Seed);
        if (options.Vocabulary == "train" && options.Uses(NoiseNeeds.Vocabulary)) words = new(options.Seed);
    }

    bool NeedsWhole => ranking is not null || pool is not null || words is not null || options.Shard.Of > 1;

    public static async Task<int> RunAsync(NoiseOptions options, CancellationToken stop)
    {
        await options.Files.Output.CheckAsync([.. options.Files.Input.Paths, .. NoiseReceipt.Files(options)], stop);
        ManifestFile.Check(options.Manifest, "anit-noise", options.Files.Output.Force);
        ReportFile.Check(options.Report, "anit-noise", options.Files.Output.Force,
            [.. options.Files.Input.Paths, .. NoiseReceipt.Files(options), options.Files.Output.Path, options.Manifest]);
        var sources = await NoiseSources.LoadAsync(options, stop);
        var files = options.Files.OnRows(options.Manifest, options.Report, options.Threads);
        try
        {
            if (options.DryRun || files.Output.IsTerminal)
                await files.LookAsync(async table => await new NoiseRun(options, table).ShowAsync(sources, stop), stop);
            else
                await files.RunAsync(
                    NoiseReceipt.Stage(options), (table, create) => new NoiseRun(options, table).WriteAsync(sources, create, stop), stop);
            return Exit.Done;
        }
        catch (DataFormatException error)
        {
            throw error.At(file: files.Input.Name);
        }
    }

    /// <summary>The texts inside a column that are meant; null where they are a column of their own.</summary>
    NestedPath? Nested => table.Schema.Has(options.Columns.Text) ? null : options.Nested;

    async Task<INoiseTransform> PrepareAsync(NoiseSources sources, CancellationToken stop)
    {
        var transform = Transform(sources); // a wrong table is refused before it is read
        if (!NeedsWhole) return transform;
        await table.KeepAsync(stop);
        await LookAsync(stop);
        return Transform(sources with
        {
            Vocabulary = words?.Build($"the column \"{options.PoolColumn}\"") ?? sources.Vocabulary, Pool = pool?.Build() ?? sources.Pool,
        });
    }

    INoiseTransform Transform(NoiseSources sources)
    {
        if (Nested is { } path) return Transform(path, sources);
        return new NoiseTransform(table.Schema, options.Columns, () => sources.Noiser(options), !options.AllowLabels, sources.Protection,
            tally: options.Manifest is not null, options.Again);
    }

    NestedNoiseTransform Transform(NestedPath path, NoiseSources sources)
    {
        if (options.Again) throw new UserError($"--again has no effect with --column {path}: its texts change where they stand", Exit.Usage);
        if (surveyor is not null) throw new UserError($"--report shows a column of texts, not those of --column {path}; leave it out", Exit.Usage);
        if (Chain.Read(table.Schema.Metadata).Any(r => r.Tool == "anit-noise" && JsonNode.Parse(r.Options)?["column"]?.ToString() == $"{path}"))
            throw new DataFormatException($"{path} is noisy already, by the table's receipts; take the table it was made of");
        return new(table.Schema, path, options.Columns, () => sources.Noiser(options), !options.AllowLabels, sources.Protection,
            tally: options.Manifest is not null);
    }

    /// <summary>The passes before the work: rows are counted and ranked, words and texts gathered.</summary>
    async Task LookAsync(CancellationToken stop)
    {
        var (columns, needed) = (options.Columns, new List<string>());
        if (columns.Id != TableColumns.RowNumber) needed.Add(columns.Id);
        if (pool is not null || words is not null)
        {
            TableColumns.Require(table.Schema, options.PoolColumn,
                "name the column of texts with --pool-column" + (pool is null ? "" : ", or another table with --pool"));
            needed.Add(options.PoolColumn);
        }
        if (needed.Count == 0) needed.Add(Nested?.Root ?? columns.Text);
        using var progress = new Progress("rows read", options.Files.Quiet);
        await foreach (var batch in table.LookAsync([.. needed.Distinct()], stop))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                var id = columns.IdOf(batch, row, rows);
                ranking?.Count(id);
                if (pool is not null) pool.Add(id, batch[options.PoolColumn].Utf8(row));
                if (words is not null) words.Add(batch[options.PoolColumn].Utf8(row));
            }
            rows += batch.Rows;
            progress.Report(rows);
        }
        if (ranking?.Seek(Share.Of(options.Phi, rows)) != true) return;
        var first = 0L;
        await foreach (var batch in table.LookAsync([needed[0]], stop))
        {
            for (var row = 0; row < batch.Rows; row++) ranking.Refine(columns.IdOf(batch, row, first));
            first += batch.Rows;
        }
    }

    /// <summary>The batches of this shard, with the rows chosen. Rows are chosen in order, on one thread.</summary>
    async IAsyncEnumerable<NoiseTask> TasksAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var selection = ranking is not null ? Selection.Exactly(options.Seed, ranking.Rank())
            : Selection.Bernoulli(options.Seed, options.Phi, options.Epoch);
        var (from, to) = options.Shard.Of > 1 ? options.Shard.Range(rows) : (0, long.MaxValue);
        var first = 0L;
        await foreach (var batch in table.ReadBatchesAsync(stop))
        {
            if (first >= to) yield break;
            var chosen = new bool[batch.Rows];
            for (var row = 0; row < chosen.Length; row++) chosen[row] = selection.IsNoisy(options.Columns.IdOf(batch, row, first));
            var (start, end) = ((int)Math.Clamp(from - first, 0, batch.Rows), (int)Math.Clamp(to - first, 0, batch.Rows));
            if (start < end) yield return new(batch.Slice(start, end - start), first + start, chosen[start..end]);
            first += batch.Rows;
        }
    }

    async Task WriteAsync(NoiseSources sources, CreateOutput create, CancellationToken stop)
    {
        var transform = await PrepareAsync(sources, stop);
        var tally = new NoiseTally();
        await using var writer = create(transform.Schema, transform.LooksAt);
        using (var progress = new Progress("rows", options.Files.Quiet, rows > 0 && options.Shard.Of <= 1 ? rows : null))
        {
            await foreach (var (_, batch, counts, seen) in MapAsync(transform, stop))
            {
                await writer.WriteAsync(batch, stop);
                tally.Merge(counts);
                if (seen is not null) survey.Merge(seen);
                progress.Report(tally.Rows);
            }
        }
        await writer.FinishAsync(table.LateMetadata.Where(e => e.Key != DistortionFacts.Key).ToDictionary());
        if (options.Manifest is not null) NoiseManifest.Write(options, tally);
        Report();
        if (options.Files.Quiet) return;
        if (Nested is not null) Notice.Say($"noisy texts: {tally.Noisy:N0}, in {tally.Rows:N0} rows");
        if (Nested is null && tally.Distinct < Math.Min(tally.Noisy, NoiseTally.MostDistinct))
            Notice.Say($"{tally.Noisy:N0} noisy rows, {tally.Distinct:N0} different noisy texts");
        if (Nested is null && tally.Unchanged > 0)
            Notice.Say($"{tally.Unchanged:N0} of {tally.Noisy:N0} noisy rows kept their text; the column unchanged marks them");
        if (tally.PoolTooSmall > 0)
            Notice.Say($"{tally.PoolTooSmall:N0} rows got fewer words than asked, the pool has no more; name a larger one with --pool");
    }

    /// <summary>Shows the first noisy rows as differences, and writes nothing.</summary>
    async Task ShowAsync(NoiseSources sources, CancellationToken stop)
    {
        var transform = await PrepareAsync(sources, stop);
        var shown = 0;
        await foreach (var (task, batch, _, seen) in MapAsync(transform, stop))
        {
            if (seen is not null) survey.Merge(seen);
            if (Nested is { } path)
            {
                foreach (var (key, clean, noisy) in Changes(path, task, batch).Take(options.Limit - shown))
                {
                    Difference.Show(key, clean, noisy, options.Segmenter);
                    shown++;
                }
            }
            for (var row = 0; Nested is null && row < batch.Rows && shown < options.Limit; row++)
            {
                if (batch[options.Columns.Noisy].IsNull(row)) continue;
                Difference.Show(batch, row, options);
                shown++;
            }
            if (shown == options.Limit && surveyor is null) break;
        }
        if (shown == 0) Console.Out.WriteLine("no row would be noisy");
        Report();
    }

    IAsyncEnumerable<(NoiseTask Task, ColumnBatch Batch, NoiseTally Counts, DistanceSurvey? Seen)> MapAsync(INoiseTransform transform,
        CancellationToken stop) => Ordered.MapAsync(TasksAsync(stop), task =>
        {
            var (batch, counts) = transform.Apply(task);
            return (task, batch, counts, surveyor?.Of(batch, task.First));
        }, options.Threads, stop);

    // The chosen texts before and after, in their order.
    IEnumerable<(string Key, string Clean, string Noisy)> Changes(NestedPath path, NoiseTask task, ColumnBatch after)
    {
        var keys = new string?[task.Batch.Rows];
        for (var row = 0; row < keys.Length; row++)
            if (task.Chosen[row]) keys[row] = Encoding.UTF8.GetString(options.Columns.IdOf(task.Batch, row, task.First));
        var (clean, noisy) = (Texts(task.Batch), Texts(after));
        return clean.Zip(noisy, (a, b) => (a.Key, a.Text, b.Text));

        List<(string Key, string Text)> Texts(ColumnBatch batch)
        {
            var found = new List<(string, string)>();
            path.Map(batch, keys, (_, key, text, to) =>
            {
                found.Add((key, Encoding.UTF8.GetString(text)));
                to.Append(text);
            });
            return found;
        }
    }

    void Report()
    {
        if (options.Report is null) return;
        var settings = NoiseReceipt.Options(options);
        settings["seed"] = options.Seed;
        if (options.Shard.Receipt is { } shard) settings["shard"] = shard;
        ReportFile.Write(options.Report, new DistanceReport
        {
            Tool = "anit-noise", Survey = survey, Scale = survey.All().Distances.Scale(Normalization.MinMax), Segmenter = options.Segmenter,
            Settings = settings,
        }.Page());
    }
}

using Anit.Data;

namespace Anit.Noise.Tables;

/// <summary>Some rows on their way to become noisy.</summary>
/// <param name="Batch">The rows.</param>
/// <param name="First">Number of the first one in the table.</param>
/// <param name="Chosen">Which of them become noisy.</param>
public sealed record NoiseTask(ColumnBatch Batch, long First, bool[] Chosen);

/// <summary>A stage that makes rows noisy, batch by batch; safe for several threads.</summary>
public interface INoiseTransform
{
    /// <summary>The schema of the result.</summary>
    Schema Schema { get; }

    /// <summary>The columns it looks at, where it leaves all that it finds as they are; null where it does not.</summary>
    IReadOnlyList<string>? LooksAt { get; }

    /// <summary>Makes the chosen rows of a batch noisy.</summary>
    (ColumnBatch Batch, NoiseTally Tally) Apply(NoiseTask task);
}

/// <summary>Adds the columns of noise to a table, batch by batch: noisy text, <c>noise</c>, <c>omega</c>, <c>edits</c>, <c>unchanged</c>; all null
/// for clean rows.</summary>
/// <remarks>Safe for several threads. Other columns pass through untouched and in place.</remarks>
public sealed class NoiseTransform : INoiseTransform
{
    const int Version = 1; // of what all kinds share: words, selection, streams

    static readonly string[] Own = ["noise", "omega", "edits", "unchanged"], Scores = ["distance", "distortion", "beta"];
    static readonly Column Dictionary = Utf8Column.Of(NoiseKinds.Names); // one for every batch

    readonly TableColumns columns;
    readonly NoiseWorkers workers;
    readonly bool labels, tally;

    /// <summary>A stage for tables of one schema.</summary>
    /// <param name="input">The table's schema.</param>
    /// <param name="columns">Which columns to work on.</param>
    /// <param name="noiser">Makes a noiser; one is made for each thread.</param>
    /// <param name="avoidLabels">Whether words of the row's options must not come in as noise.</param>
    /// <param name="protection">Words that the user protects.</param>
    /// <param name="tally">Whether distances and the words used are counted.</param>
    /// <param name="again">Whether noise that is there already is dropped; otherwise it is an error.</param>
    public NoiseTransform(Schema input, TableColumns columns, Func<Noiser> noiser, bool avoidLabels = true, Protection? protection = null,
        bool tally = false, bool again = false)
    {
        (this.columns, workers, this.tally) = (columns, new(noiser, protection), tally);
        labels = avoidLabels && input.Has(NoiseWorker.Options);
        TableColumns.Require(input, columns.Text, "name the column to make noisy with --column");
        columns.RequireId(input);
        var there = input.Fields.Where(f => Own.Append(columns.Noisy).Contains(f.Name)).Select(f => f.Name).ToList();
        if (there.Count > 0 && !again)
            throw new DataFormatException($"the table is noisy already (it has {string.Join(", ", there)}); draw the noise anew with --again");
        // A user's own column "distance" stays: scores are told by the metadata or, where the format has none, by being three.
        var isScored = there.Count > 0 && (input.Metadata.ContainsKey(DistortionFacts.Key) || Scores.All(input.Has));
        Kept = [.. input.Fields.Select(f => f.Name).Where(n => n != columns.Noisy && !Own.Contains(n) && !(isScored && Scores.Contains(n)))];
        LooksAt = [columns.Text, .. columns.Id == TableColumns.RowNumber ? [] : new[] { columns.Id }, .. labels ? new[] { NoiseWorker.Options } : []];
        // A score of earlier noise says nothing about this one.
        var kept = new Schema(input.Select(Kept).Fields, input.Metadata.Where(e => e.Key != DistortionFacts.Key).ToDictionary());
        Schema = kept.Append(new(columns.Noisy, DataType.Utf8)).Append(new("noise", DataType.Dictionary))
            .Append(new("omega", DataType.Float64)).Append(new("edits", DataType.Int32)).Append(new("unchanged", DataType.Bool));
    }

    /// <summary>Algorithm version in receipts: goes up when the same options and seed give other noise of one of these kinds.</summary>
    public static int VersionOf(IEnumerable<NoiseDescription> kinds) => Version + kinds.Sum(kind => kind.Version - 1);

    /// <inheritdoc/>
    public Schema Schema { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> LooksAt { get; }

    /// <summary>The columns of the input that stay.</summary>
    public IReadOnlyList<string> Kept { get; }

    /// <inheritdoc/>
    public (ColumnBatch Batch, NoiseTally Tally) Apply(NoiseTask task) => workers.Lend(worker => Apply(task, worker));

    (ColumnBatch Batch, NoiseTally Tally) Apply(NoiseTask task, NoiseWorker worker)
    {
        var (batch, first, chosen) = task;
        var text = batch[columns.Text];
        var options = labels ? batch[NoiseWorker.Options] : null;
        var counts = new NoiseTally();
        var (noisy, kinds, omegas) = (new Utf8Builder(), new FixedBuilder<int>(DataType.Int32), new FixedBuilder<double>(DataType.Float64));
        var (edits, unchanged) = (new FixedBuilder<int>(DataType.Int32), new BoolBuilder());
        for (var row = 0; row < batch.Rows; row++)
        {
            if (text.IsNull(row)) throw TableColumns.Null(columns.Text, first + row);
            if (!chosen[row])
            {
                noisy.AppendNull();
                kinds.AppendNull();
                omegas.AppendNull();
                edits.AppendNull();
                unchanged.AppendNull();
                continue;
            }
            var forbidden = worker.ForbiddenIn(options, row, first);
            var made = worker.Noiser.Apply(columns.IdOf(batch, row, first), text.Utf8(row), forbidden);
            noisy.Append(worker.Noiser.Text);
            kinds.Append(NoiseKinds.PlaceOf(made.Noise.Description));
            omegas.Append((double)made.Noise.Omega);
            edits.Append(made.Edited);
            unchanged.Append(made.Unchanged);
            counts.Add(made, worker.Noiser.Text);
            if (tally) counts.AddWords(made, worker.Noiser, worker.Distance);
        }
        counts.Rows = batch.Rows;
        var noise = new DictionaryColumn(DataType.Dictionary, (FixedColumn<int>)kinds.Build(), Dictionary);
        return (new(Schema, [.. Kept.Select(n => batch[n]), noisy.Build(), noise, omegas.Build(), edits.Build(), unchanged.Build()], batch.Rows),
            counts);
    }
}

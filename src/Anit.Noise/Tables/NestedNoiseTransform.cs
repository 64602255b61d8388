using System.Text;
using Anit.Data;

namespace Anit.Noise.Tables;

/// <summary>Makes texts inside lists and structs noisy where they stand: the turns of chat data. Everything else of the table is the same.</summary>
/// <remarks>Safe for several threads. Each text has noise of its own, by the row's id and its place in the list.</remarks>
/// <param name="input">The table's schema.</param>
/// <param name="path">Which texts.</param>
/// <param name="columns">The column of ids.</param>
/// <param name="noiser">Makes a noiser; one is made for each thread.</param>
/// <param name="avoidLabels">Whether words of the row's options must not come in as noise.</param>
/// <param name="protection">Words that the user protects.</param>
/// <param name="tally">Whether distances and the words used are counted.</param>
public sealed class NestedNoiseTransform(Schema input, NestedPath path, TableColumns columns, Func<Noiser> noiser, bool avoidLabels = true,
    Protection? protection = null, bool tally = false) : INoiseTransform
{
    readonly NoiseWorkers workers = new(noiser, protection);
    readonly bool labels = avoidLabels && input.Has(NoiseWorker.Options);

    /// <inheritdoc/>
    public Schema Schema { get; } = Checked(input, path, columns);

    /// <inheritdoc/>
    public IReadOnlyList<string>? LooksAt => null;

    /// <inheritdoc/>
    public (ColumnBatch Batch, NoiseTally Tally) Apply(NoiseTask task) => workers.Lend(worker => Apply(task, worker));

    (ColumnBatch Batch, NoiseTally Tally) Apply(NoiseTask task, NoiseWorker worker)
    {
        var (batch, first, chosen) = task;
        var options = labels ? batch[NoiseWorker.Options] : null;
        var counts = new NoiseTally { Rows = batch.Rows };
        var keys = new string?[batch.Rows];
        for (var row = 0; row < batch.Rows; row++)
            if (chosen[row]) keys[row] = Encoding.UTF8.GetString(columns.IdOf(batch, row, first));
        var noisy = path.Map(batch, keys, (row, key, text, to) =>
        {
            var made = worker.Noiser.Apply(Encoding.UTF8.GetBytes(key), text, worker.ForbiddenIn(options, row, first));
            to.Append(worker.Noiser.Text);
            counts.Add(made, worker.Noiser.Text);
            if (tally) counts.AddWords(made, worker.Noiser, worker.Distance);
        });
        return (new(Schema, [.. Schema.Fields.Select(f => noisy[f.Name])], batch.Rows), counts);
    }

    static Schema Checked(Schema input, NestedPath path, TableColumns columns)
    {
        path.Check(input);
        columns.RequireId(input);
        return new(input.Fields, input.Metadata);
    }
}

using System.Collections.Concurrent;
using System.Text;
using Anit.Data;

namespace Anit.Noise.Tables;

/// <summary>Looks at noisy tables for a <see cref="DistanceSurvey"/>, batch by batch. Safe for several threads.</summary>
/// <param name="columns">Which columns hold ids and texts; without the id's column, rows are numbered.</param>
/// <param name="measure">The distance of a clean and a noisy text.</param>
public sealed class Surveyor(TableColumns columns, Func<string, string, Moved> measure)
{
    /// <summary>Parts of a whole, for distances that are no words: they are counted in thousandths.</summary>
    public const int Thousandths = 1_000;

    /// <summary>Measures words.</summary>
    public static Func<string, string, Moved> Words(Segmenter segmenter)
    {
        var idle = new ConcurrentBag<WordDistance>();
        return (clean, noisy) =>
        {
            if (!idle.TryTake(out var distance)) distance = new();
            try { return distance.Between(clean, noisy, segmenter); }
            finally { idle.Add(distance); }
        };
    }

    /// <summary>Measures shares from 0 to 1.</summary>
    public static Func<string, string, Moved> Shares(Func<string, string, double> share) =>
        (clean, noisy) => new((int)Math.Round(Thousandths * Math.Clamp(share(clean, noisy), 0, 1)), Thousandths, Thousandths);

    /// <summary>The columns it reads, of those that a table has.</summary>
    public IReadOnlyList<string> Needs(Schema schema) =>
        [.. new[] { columns.Text, columns.Noisy, columns.Id, "noise" }.Where(schema.Has)];

    /// <summary>What a batch holds.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="first">Number of the first one in the table.</param>
    public DistanceSurvey Of(ColumnBatch batch, long first)
    {
        var survey = new DistanceSurvey { Rows = batch.Rows };
        var (clean, noisy, kinds) = (batch[columns.Text], batch[columns.Noisy], batch.Find("noise"));
        var named = batch.Schema.Has(columns.Id) ? columns : columns with { Id = TableColumns.RowNumber };
        for (var row = 0; row < batch.Rows; row++)
        {
            if (noisy.Text(row) is not { } text) continue;
            var before = clean.Text(row) ?? throw TableColumns.Null(columns.Text, first + row);
            survey.Add(kinds?.Text(row) ?? "noisy", new(Encoding.UTF8.GetString(named.IdOf(batch, row, first)), before, text, measure(before, text)));
        }
        return survey;
    }
}

using Anit.Data;

namespace Anit.Noise.Tables;

/// <summary>Whose beta a noisy row trains with.</summary>
public enum BetaScope
{
    /// <summary>The dataset's, the mean over its noisy rows.</summary>
    Dataset,

    /// <summary>Its own distortion.</summary>
    Row,
}

/// <summary>Adds the columns of a score to a noisy table: <c>distance</c>, <c>distortion</c>, <c>beta</c>; replaced in place where they are there
/// already.</summary>
/// <param name="columns">Which columns to compare.</param>
/// <param name="scope">Whose beta a noisy row gets.</param>
/// <param name="again">Whether columns of these names are replaced although no score of ours wrote them.</param>
public sealed class ScoreTransform(TableColumns columns, BetaScope scope, bool again = false)
{
    /// <summary>Algorithm version in receipts; goes up when the same options give other scores.</summary>
    public const int Version = 1;

    static readonly Field Distance = new("distance", DataType.Int32), Distortion = new("distortion", DataType.Float64);
    static readonly Field Beta = new("beta", DataType.Float64, Nullable: false);

    /// <summary>Refuses a table that cannot be scored.</summary>
    public void Check(Schema input)
    {
        TableColumns.Require(input, columns.Text, "name the column of clean texts with --column");
        TableColumns.Require(input, columns.Noisy, "make the table noisy with anit-noise first");
        if (again || input.Metadata.ContainsKey(DistortionFacts.Key)) return;
        if (new[] { Distance, Distortion, Beta }.FirstOrDefault(own => input.Has(own.Name)) is { } foreign)
            throw new DataFormatException($"column \"{foreign.Name}\" is there already, and the table does not say that anit-score wrote it; "
                + "rename it, or replace it with --again");
    }

    /// <summary>The schema of the result.</summary>
    public static Schema SchemaOf(Schema input) => input.With(Distance).With(Distortion).With(Beta);

    /// <summary>The pairs of a batch: rows whose noisy text is not null.</summary>
    public IEnumerable<(int Row, string Clean, string Noisy)> Pairs(ColumnBatch batch, long first)
    {
        var (clean, noisy) = (batch[columns.Text], batch[columns.Noisy]);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (noisy.Text(row) is { } text)
                yield return (row, clean.Text(row) ?? throw TableColumns.Null(columns.Text, first + row), text);
        }
    }

    /// <summary>Adds the scores to a batch.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="first">Number of the first one in the table.</param>
    /// <param name="scoring">How to score; it has looked at every row.</param>
    /// <param name="beta">The dataset's beta.</param>
    public ColumnBatch Apply(ColumnBatch batch, long first, IScoring scoring, double beta)
    {
        var distances = new FixedBuilder<int>(DataType.Int32);
        var (distortions, betas) = (new FixedBuilder<double>(DataType.Float64), new FixedBuilder<double>(DataType.Float64));
        void Clean(int until)
        {
            while (betas.Length < until)
            {
                distances.AppendNull();
                distortions.AppendNull();
                betas.Append(0.0);
            }
        }
        foreach (var (row, clean, noisy) in Pairs(batch, first))
        {
            Clean(row);
            var score = scoring.Of(clean, noisy);
            distances.Append(score.Distance);
            distortions.Append(score.Distortion);
            betas.Append(scope == BetaScope.Row ? score.Distortion : beta);
        }
        Clean(batch.Rows);
        return batch.With(Distance, distances.Build()).With(Distortion, distortions.Build()).With(Beta, betas.Build());
    }
}

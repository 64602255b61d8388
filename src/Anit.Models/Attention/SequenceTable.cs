using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Where the sequences of a packed batch begin among its keys and among the rows that are queries. Owns its tensors.</summary>
/// <param name="Starts">First key of each sequence, (B + 1), int64, on the CPU.</param>
/// <param name="QueryStarts">First query of each sequence, (B + 1).</param>
/// <param name="Positions">Each query's position in its sequence, (R,).</param>
sealed record SequenceTable(Tensor Starts, Tensor QueryStarts, Tensor Positions) : IDisposable
{
    /// <summary>The table of a batch whose queries are some rows, or all; null where the rows are not in ascending order.</summary>
    public static SequenceTable? Of(PackedBatch batch, int[]? selected)
    {
        if (batch.PrefixLength > 0) return null;
        for (var i = 1; i < selected?.Length; i++)
            if (selected[i] <= selected[i - 1]) return null;

        var rows = selected ?? [.. Enumerable.Range(0, batch.Tokens)];
        var queryStarts = new long[batch.Count + 1];
        var positions = new long[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var (sequence, position) = batch.PlaceOf(rows[i]);
            positions[i] = position;
            queryStarts[sequence + 1] = i + 1;
        }
        for (var b = 1; b <= batch.Count; b++) queryStarts[b] = Math.Max(queryStarts[b], queryStarts[b - 1]);
        return new(Own(Array.ConvertAll(batch.Starts, s => (long)s)), Own(queryStarts), Own(positions));
    }

    /// <summary>What the fused attention of a layer needs to know.</summary>
    public PackedHeads Heads(ModelConfig config, bool sliding) =>
        new(config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim, Starts, QueryStarts,
        Positions, sliding && config.SlidingWindow is { } window ? window : long.MaxValue / 2, config.ScoreScale);

    public void Dispose()
    {
        Starts.Dispose();
        QueryStarts.Dispose();
        Positions.Dispose();
    }

    static Tensor Own(long[] values) => tensor(values, dtype: ScalarType.Int64).DetachFromDisposeScope();
}

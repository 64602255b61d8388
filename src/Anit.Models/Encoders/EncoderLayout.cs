using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models.Encoders;

/// <summary>Attention in both directions within each sequence of a packed batch. Owns its tensors.</summary>
/// <param name="batch">The sequences.</param>
/// <param name="config">Numbers of heads.</param>
/// <param name="device">Where the model is.</param>
sealed class EncoderLayout(PackedBatch batch, BertConfig config, Device device) : IDisposable
{
    readonly Lazy<SequenceTable> table = new(() => Table(batch));
    readonly Lazy<List<Group>> groups = new(() => Cut(batch, device));
    readonly Lazy<Tensor> places = new(() => Places(batch, device));

    /// <summary>What the fused attention takes: it is causal, and every query stands at its sequence's end.</summary>
    public PackedHeads Heads => new(config.NumAttentionHeads, config.NumAttentionHeads, config.HeadDim, table.Value.Starts, table.Value.QueryStarts,
        table.Value.Positions, long.MaxValue / 2, Scale);

    double Scale => 1 / Math.Sqrt(config.HeadDim);

    /// <summary>softmax(q kᵀ / sqrt(D)) v, operation by operation; all (T, C).</summary>
    /// <remarks>Sequences of like length are padded to one another, inside attention alone; keys that are padding are hidden by a mask.</remarks>
    public Tensor Attend(Tensor q, Tensor k, Tensor v)
    {
        using var scope = NewDisposeScope();
        List<Tensor> results = [];
        foreach (var group in groups.Value)
        {
            Tensor Heads(Tensor rows) =>
                rows.index_select(0, group.Rows).view(group.Count, group.Length, config.NumAttentionHeads, config.HeadDim).transpose(1, 2);
            var scores = Heads(q).matmul(Heads(k).transpose(-1, -2)).mul_(Scale).to(ScalarType.Float32) + group.Mask; // (G, H, L, L)
            var attended = scores.softmax(-1).to(v.dtype).matmul(Heads(v));                                           // (G, H, L, D)
            results.Add(attended.transpose(1, 2).reshape(-1, config.HiddenSize));                                     // (G·L, C)
        }
        return (results.Count == 1 ? results[0] : cat(results)).index_select(0, places.Value).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        if (table.IsValueCreated) table.Value.Dispose();
        if (places.IsValueCreated) places.Value.Dispose();
        foreach (var group in groups.IsValueCreated ? groups.Value : [])
        {
            group.Rows.Dispose();
            group.Mask.Dispose();
        }
    }

    /// <param name="Count">G, sequences.</param>
    /// <param name="Length">L, of the longest.</param>
    /// <param name="Rows">The row of the batch at each place, (G·L); any row for padding.</param>
    /// <param name="Mask">(G, 1, 1, L): 0 or -infinity.</param>
    sealed record Group(int Count, int Length, Tensor Rows, Tensor Mask);

    static SequenceTable Table(PackedBatch batch)
    {
        var starts = Array.ConvertAll(batch.Starts, s => (long)s);
        Tensor Own(long[] values) => tensor(values, dtype: ScalarType.Int64).DetachFromDisposeScope();
        return new(Own(starts), Own(starts), Own(Array.ConvertAll(batch.Lengths(), length => length - 1)));
    }

    static List<int[]> Members(PackedBatch batch) => SequenceCut.ByLength([.. Enumerable.Range(0, batch.Count).Select(batch.Length)]);

    static List<Group> Cut(PackedBatch batch, Device device) => Members(batch).ConvertAll(members =>
    {
        var longest = members.Max(batch.Length);
        var (rows, mask) = (new long[members.Length * longest], new float[members.Length * longest]);
        for (var g = 0; g < members.Length; g++)
            for (var t = 0; t < longest; t++)
            {
                var length = batch.Length(members[g]);
                rows[g * longest + t] = batch.Starts[members[g]] + Math.Min(t, length - 1);
                if (t >= length) mask[g * longest + t] = float.NegativeInfinity;
            }
        return new Group(members.Length, longest, tensor(rows, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope(),
            tensor(mask, [members.Length, 1, 1, longest], device: device).DetachFromDisposeScope());
    });

    /// <summary>For each row of the batch its place in the groups' results laid end to end, (T,).</summary>
    static Tensor Places(PackedBatch batch, Device device)
    {
        var at = new long[batch.Tokens];
        var first = 0L;
        foreach (var members in Members(batch))
        {
            var longest = members.Max(batch.Length);
            foreach (var member in members)
            {
                for (var t = 0; t < batch.Length(member); t++) at[batch.Starts[member] + t] = first + t;
                first += longest;
            }
        }
        return tensor(at, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
    }
}

using Anit.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Causal attention within each sequence of a packed batch, with grouped queries.</summary>
/// <param name="config">Numbers of heads.</param>
/// <param name="all">All rows of the batch: the keys.</param>
/// <param name="prefix">Keys and values that every sequence begins with; for passes without a gradient.</param>
/// <param name="filled">Is given each layer's rotated keys and its values, (T·Hkv, D), for a cache.</param>
sealed class PackedAttention(ModelConfig config, RowSelection all, SharedPrefix? prefix = null, Action<int, Tensor, Tensor>? filled = null)
    : AttentionSource
{
    readonly int headDim = config.HeadDim;

    /// <summary>Whether the batch's own keys are all there is, and nobody else wants them.</summary>
    public bool IsPlain { get; } = prefix is null && filled is null;

    readonly IAttentionKernel kernel = FusedAttention.Serves(config) ? new FusedAttention() : new ExplicitAttention(config);

    public override Tensor Attend(int layer, Tensor q, Tensor k, Tensor v, RowSelection rows)
    {
        using var scope = NewDisposeScope();
        if (!is_grad_enabled() || !(q.requires_grad || k.requires_grad || v.requires_grad))
        {
            List<Tensor> outputs = [];
            foreach (var (group, qg, kg, vg) in ByGroup(layer, q, k, v, rows))
                outputs.Add(kernel.Forward(qg, kg, vg, group, config.Slides(layer)));
            return Rows(outputs, rows).MoveToOuterDisposeScope();
        }

        var saved = new List<SavedAttention>();
        Tensor result;
        using (no_grad())
        {
            foreach (var (group, qg, kg, vg) in ByGroup(layer, q, k, v, rows))
                saved.Add(kernel.ForwardSaving(qg, kg, vg, group, config.Slides(layer)));
            result = Rows(saved.ConvertAll(s => s.Output), rows);
        }
        return Native.WithBackward(result, [q, k, v], (grad, _) => Backward(layer, grad, rows, saved), [.. saved.SelectMany(s => s.Tensors)])
            .MoveToOuterDisposeScope();
    }

    /// <summary>Each group's rotated queries, (G·Hkv, Lq, D), rotated keys and values, (G·Hkv, Lk, D).</summary>
    IEnumerable<(AttentionGroup Group, Tensor Q, Tensor K, Tensor V)> ByGroup(int layer, Tensor q, Tensor k, Tensor v, RowSelection rows)
    {
        var sliding = config.Slides(layer);
        var rotatedQ = rows.Rotary(sliding).Rotate(q.view(rows.Count, -1, headDim)).view(-1, headDim); // (R·H, D)
        var rotatedK = all.Rotary(sliding).Rotate(k.view(all.Count, -1, headDim)).view(-1, headDim);   // (T·Hkv, D)
        var values = v.reshape(-1, headDim);                                                           // (T·Hkv, D)
        filled?.Invoke(layer, rotatedK, values);

        foreach (var group in rows.Groups!.Value.All)
        {
            var batch = group.KeyRows.size(0) / group.Keys; // G·Hkv
            var qg = rotatedQ.index_select(0, group.QueryRows).view(batch, -1, headDim);
            var kg = rotatedK.index_select(0, group.KeyRows).view(batch, group.Keys, headDim);
            var vg = values.index_select(0, group.KeyRows).view(batch, group.Keys, headDim);
            if (prefix?.Of(layer) is var (prefixKeys, prefixValues)) (kg, vg) = (After(prefixKeys, kg), After(prefixValues, vg));
            yield return (group, qg, kg, vg);
        }
    }

    /// <summary>Keys of each sequence, (G·Hkv, L, D), after those of the prefix.</summary>
    static Tensor After(Tensor prefix, Tensor own) => cat([prefix.repeat(own.size(0) / prefix.size(0), 1, 1), own], 1);

    /// <summary>The groups' results, (places, D) each, as rows of the batch, (R, H·D).</summary>
    static Tensor Rows(List<Tensor> outputs, RowSelection rows) =>
        (outputs.Count == 1 ? outputs[0] : cat(outputs)).index_select(0, rows.Groups!.Value.QueryPlaces).view(rows.Count, -1);

    /// <summary>Gradients of q, k and v.</summary>
    Tensor[] Backward(int layer, Tensor grad, RowSelection rows, List<SavedAttention> saved)
    {
        var (groups, sliding) = (rows.Groups!.Value, config.Slides(layer));
        var dOutput = grad.reshape(-1, headDim); // (R·H, D)
        var grads = new List<AttentionGradients>();
        for (var i = 0; i < saved.Count; i++) grads.Add(saved[i].Backward(OfGroup(dOutput, groups.All[i])));

        var dq = ByRow(grads.ConvertAll(g => g.Q), groups.QueryPlaces, rows.Count); // (R, H, D)
        var dk = ByRow(grads.ConvertAll(g => g.K), groups.KeyPlaces, all.Count);    // (T, Hkv, D)
        var dv = ByRow(grads.ConvertAll(g => g.V), groups.KeyPlaces, all.Count);    // (T, Hkv, D)
        return
        [
            rows.Rotary(sliding).Rotate(dq, -1).view(rows.Count, -1),
            all.Rotary(sliding).Rotate(dk, -1).view(all.Count, -1),
            dv.view(all.Count, -1),
        ];
    }

    /// <summary>The rows of a group in the order of its places, (places, D); padding gets whatever row its index names, so it is cleared.</summary>
    static Tensor OfGroup(Tensor dOutput, AttentionGroup group)
    {
        Scalar zero = 0;
        var rows = dOutput.index_select(0, group.QueryRows);
        if (group.Padding is not null) rows.index_put_(zero, group.Padding);
        return rows;
    }

    /// <summary>The groups' results as rows again, (rows, heads, D).</summary>
    Tensor ByRow(List<Tensor> groups, Tensor places, int rows) =>
        (groups.Count == 1 ? groups[0] : cat(groups)).index_select(0, places).view(rows, -1, headDim);
}

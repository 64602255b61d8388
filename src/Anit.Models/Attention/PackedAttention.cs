using Anit.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models;

/// <summary>Where a layer's attention gets its keys from: the batch itself, or a cache.</summary>
abstract class Attention
{
    /// <summary>Softmax(q kᵀ / sqrt(D)) v for one layer, with rotary positions applied to q and k first.</summary>
    /// <param name="layer">The layer's number.</param>
    /// <param name="q">Queries of the rows, (R, H·D).</param>
    /// <param name="k">Keys of all rows, (T, Hkv·D).</param>
    /// <param name="v">Values of all rows, (T, Hkv·D).</param>
    /// <param name="rows">Which rows the queries are.</param>
    /// <returns>(R, H·D).</returns>
    public abstract Tensor Attend(int layer, Tensor q, Tensor k, Tensor v, Rows rows);
}

/// <summary>Causal attention within each sequence of a packed batch, with grouped queries.</summary>
/// <param name="config">Numbers of heads.</param>
/// <param name="all">All rows of the batch: the keys.</param>
/// <param name="prefix">Keys and values that every sequence begins with; for passes without a gradient.</param>
/// <param name="filled">Is given each layer's rotated keys and its values, (T·Hkv, D), for a cache.</param>
sealed class PackedAttention(ModelConfig config, Rows all, SharedPrefix? prefix = null, Action<int, Tensor, Tensor>? filled = null) : Attention
{
    readonly int headDim = config.HeadDim;
    readonly double scale = config.ScoreScale;
    readonly double? cap = config.AttnLogitSoftcapping;

    /// <summary>Whether libtorch's own attention serves: it has no soft capping and one scale only.</summary>
    readonly bool fuses = config.AttnLogitSoftcapping is null && Math.Abs(config.ScoreScale * Math.Sqrt(config.HeadDim) - 1) < 1e-9 && Native.HasFusedAttention;

    public override Tensor Attend(int layer, Tensor q, Tensor k, Tensor v, Rows rows)
    {
        if (!is_grad_enabled() || !(q.requires_grad || k.requires_grad || v.requires_grad)) return Forward(layer, q, k, v, rows, null);

        using var scope = NewDisposeScope();
        var saved = new List<Tensor>();
        Tensor result;
        using (no_grad()) result = Forward(layer, q, k, v, rows, saved);
        return Native.WithBackward(result, [q, k, v], (grad, _) => Backward(layer, grad, rows, saved), [.. saved]).MoveToOuterDisposeScope();
    }

    /// <summary>The computation itself; adds to <paramref name="saved"/> what its gradient needs.</summary>
    Tensor Forward(int layer, Tensor q, Tensor k, Tensor v, Rows rows, List<Tensor>? saved)
    {
        using var scope = NewDisposeScope();
        var sliding = config.Slides(layer);
        var qr = rows.Turns(sliding).Rotate(q.view(rows.Count, -1, headDim)).view(-1, headDim);
        var kr = all.Turns(sliding).Rotate(k.view(all.Count, -1, headDim)).view(-1, headDim);
        var vr = v.reshape(-1, headDim);
        filled?.Invoke(layer, kr, vr);

        var outs = new List<Tensor>();
        foreach (var group in rows.Grouping!.Groups)
        {
            var batch = group.KeyRows.size(0) / group.Keys; // G·Hkv
            var qg = qr.index_select(0, group.QueryRows).view(batch, -1, headDim);
            var kg = kr.index_select(0, group.KeyRows).view(batch, group.Keys, headDim);
            var vg = vr.index_select(0, group.KeyRows).view(batch, group.Keys, headDim);
            if (prefix?.Of(layer) is var (before, worth)) (kg, vg) = (Begun(before, kg), Begun(worth, vg));

            if (fuses)
            {
                if (saved is not null) foreach (var leaf in (Tensor[])[qg, kg, vg]) leaf.requires_grad_(true); // a tape of its own, from here to fused
                using var taped = saved is null ? null : enable_grad();
                var fused = Fused(qg, kg, vg, group, sliding);
                saved?.AddRange([qg, kg, vg, fused]);
                outs.Add(fused.detach().reshape(-1, headDim));
                continue;
            }
            var scores = Scores(qg, kg, group.MaskOf(sliding), out var bent);
            var p = scores.softmax(-1, ScalarType.Float32).to(q.dtype);
            var o = p.bmm(vg).view(-1, headDim);
            outs.Add(o);
            saved?.AddRange(bent is null ? [qg, kg, vg, p, o] : [qg, kg, vg, p, o, bent]);
        }
        var joined = outs.Count == 1 ? outs[0] : cat(outs);
        var result = joined.index_select(0, rows.Grouping.QueryPlaces).view(rows.Count, -1);
        saved?.ForEach(t => t.MoveToOuterDisposeScope());
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Keys of each sequence, (G·Hkv, L, D), after those of the prefix.</summary>
    static Tensor Begun(Tensor prefix, Tensor own) => cat([prefix.repeat(own.size(0) / prefix.size(0), 1, 1), own], 1);

    /// <summary>One group by libtorch's attention, which keeps no scores; (G·Hkv, queries, D).</summary>
    static Tensor Fused(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding)
    {
        if (!group.Causal(sliding))
            return scaled_dot_product_attention(q.unsqueeze(1), k.unsqueeze(1), v.unsqueeze(1), group.MaskOf(sliding).unsqueeze(1)).squeeze(1);
        // Heads apart, keys repeated for those that share them: without a mask tensor the fastest kernels serve.
        var (batch, d) = (q.size(0), q.size(2));
        var heads = q.view(batch, -1, group.Keys, d);
        Tensor Shared(Tensor one) => heads.size(1) == 1 ? one.unsqueeze(1) : one.unsqueeze(1).expand(-1, heads.size(1), -1, -1).contiguous();
        return scaled_dot_product_attention(heads, Shared(k), Shared(v), null, 0, true).reshape(batch, -1, d);
    }

    /// <summary>Scaled and masked scores; <paramref name="bent"/> is tanh(score / cap) where scores are capped.</summary>
    Tensor Scores(Tensor q, Tensor k, Tensor mask, out Tensor? bent)
    {
        bent = null;
        if (cap is not { } most) return baddbmm(mask, q, k.transpose(1, 2), 1, (float)scale);
        bent = q.bmm(k.transpose(1, 2)).mul_(scale / most).tanh();
        return bent * most + mask;
    }

    /// <summary>Gradients of q, k and v. Row sums of dP ∘ P are taken as those of dO ∘ O (Dao et al. 2022, arXiv:2205.14135).</summary>
    Tensor[] Backward(int layer, Tensor grad, Rows rows, List<Tensor> saved)
    {
        var (sliding, each) = (config.Slides(layer), fuses ? 4 : cap is null ? 5 : 6);
        Scalar zero = 0;
        var go = grad.reshape(-1, headDim);
        var (dqs, dks, dvs) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < rows.Grouping!.Groups.Count; i++)
        {
            var group = rows.Grouping.Groups[i];
            var (qg, kg, vg) = (saved[each * i], saved[each * i + 1], saved[each * i + 2]);
            // The rows of this group, in the order of its places; filling gets whatever row its index names, so it is cleared.
            var flat = go.index_select(0, group.QueryRows);
            if (group.Filling is not null) flat.index_put_(zero, group.Filling);
            if (fuses)
            {
                var found = autograd.grad([saved[each * i + 3]], [qg, kg, vg], [flat.view(qg.shape)], retain_graph: true);
                dqs.Add(found[0].reshape(-1, headDim));
                dks.Add(found[1].reshape(-1, headDim));
                dvs.Add(found[2].reshape(-1, headDim));
                continue;
            }
            var (p, o) = (saved[each * i + 3], saved[each * i + 4]);
            var sums = (flat * o).sum(-1, keepdim: true, ScalarType.Float32).to(grad.dtype).view(qg.size(0), -1, 1);
            var dOut = flat.view(qg.shape);

            dvs.Add(p.transpose(1, 2).bmm(dOut).view(-1, headDim));
            var dScores = dOut.bmm(vg.transpose(1, 2)).sub_(sums).mul_(p);
            if (cap is not null) dScores.mul_(1 - saved[each * i + 5].square());
            dqs.Add(dScores.bmm(kg).mul_(scale).view(-1, headDim));
            dks.Add(dScores.transpose(1, 2).bmm(qg).mul_(scale).view(-1, headDim));
        }
        var dq = Joined(dqs, rows.Grouping.QueryPlaces, rows.Count);
        var dk = Joined(dks, rows.Grouping.KeyPlaces, all.Count);
        var dv = Joined(dvs, rows.Grouping.KeyPlaces, all.Count);
        return
        [
            rows.Turns(sliding).Rotate(dq, -1).view(rows.Count, -1),
            all.Turns(sliding).Rotate(dk, -1).view(all.Count, -1),
            dv.view(all.Count, -1),
        ];
    }

    /// <summary>The groups' results as rows again, (rows, heads, D).</summary>
    Tensor Joined(List<Tensor> groups, Tensor places, int rows) =>
        (groups.Count == 1 ? groups[0] : cat(groups)).index_select(0, places).view(rows, -1, headDim);
}

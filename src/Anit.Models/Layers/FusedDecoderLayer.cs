using Anit.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Models.Layers;

/// <summary>A decoder layer with one backward half for all of it: on the CPU, with a frozen base and activations in float32.</summary>
/// <remarks>Keeps for the backward pass only what costs a product to make again: the input, rotated queries and keys, values, attention's output, the
/// residual between the halves, gate and up. Norms and the gated activation are computed again. Computes what <see cref="DecoderLayer"/>'s
/// operations compute one by one, which stays the reference and serves the other cases. Shapes as there.</remarks>
sealed class FusedDecoderLayer
{
    readonly ModelConfig config;
    readonly int number;
    readonly RmsNorm attentionNorm, mlpNorm;
    readonly LinearGroup queryKeyValue, query, keyValue, output, gateUp, down;
    readonly FusedActivation activation;
    readonly LoraLinear[] updated;
    readonly Tensor[] trained;

    public FusedDecoderLayer(ModelConfig config, int number, RmsNorm attentionNorm, SelfAttention attention, RmsNorm mlpNorm, Mlp mlp)
    {
        (this.config, this.number, this.attentionNorm, this.mlpNorm) = (config, number, attentionNorm, mlpNorm);
        (queryKeyValue, query, keyValue) =
            (new(attention.Query, attention.Key, attention.Value), new(attention.Query), new(attention.Key, attention.Value));
        (output, gateUp, down) = (new(attention.Output), new(mlp.Gate, mlp.Up), new(mlp.Down));
        activation = config.HiddenAct == "silu" ? FusedActivation.Silu : FusedActivation.GeluTanh;
        updated = [.. attention.Linears.Concat(mlp.Linears).OfType<LoraLinear>()];
        trained = [.. queryKeyValue.Trained, .. output.Trained, .. gateUp.Trained, .. down.Trained];
    }

    /// <summary>Whether a model's layers can be computed this way.</summary>
    public static bool Serves(ModelConfig config, LoadOptions options) =>
        options.Device.type == DeviceType.CPU && options.ActivationDtype == ScalarType.Float32 && options.Tune != Tune.Full
            && options.Lora is not { Dora: true }
        && config.HiddenAct is "silu" or "gelu_pytorch_tanh" && config.HeadDim % 16 == 0 && config.AttnLogitSoftcapping is null
        && config.Family is { NormsOutputs: false, NormsQueriesAndKeys: false };

    /// <summary>What the backward half needs.</summary>
    /// <param name="X">The input, (T, C), and its norm's inverse roots, (T,).</param>
    /// <param name="Q">Rotated queries, (R, H·D).</param>
    /// <param name="K">Rotated keys, (T, Hkv·D).</param>
    /// <param name="V">Values, (T, Hkv·D).</param>
    /// <param name="O">Attention's output, (R, H·D), and the logs of its sums, (R, H).</param>
    /// <param name="Residual">Input plus attention, (R, C), and its norm's inverse roots, (R,).</param>
    /// <param name="Gate">(R, I).</param>
    /// <param name="Up">(R, I).</param>
    /// <param name="LowRank">First halves of the updates: of query, key and value; of output; of gate and up; of down.</param>
    sealed record Saved((Tensor Rows, Tensor Inverse) X, Tensor Q, Tensor K, Tensor V, (Tensor Rows, Tensor LogSums) O,
        (Tensor Rows, Tensor Inverse) Residual,
        Tensor Gate, Tensor Up, (Tensor[] QueryKeyValue, Tensor[] Output, Tensor[] GateUp, Tensor[] Down) LowRank)
    {
        public Tensor[] Tensors =>
        [
            X.Rows, X.Inverse, Q, K, V, O.Rows, O.LogSums, Residual.Rows, Residual.Inverse, Gate, Up,
            .. LowRank.QueryKeyValue, .. LowRank.Output, .. LowRank.GateUp, .. LowRank.Down,
        ];
    }

    /// <summary>Whether this pass can be computed this way: over the batch's own keys, rows in order, updates apart from the base.</summary>
    public bool Serves(Pass pass, RowSelection rows) =>
        pass.Fuses && pass.Attention is PackedAttention { IsPlain: true } && rows.Sequences?.Value is not null && !updated.Any(l => l.IsMerged);

    public Tensor Forward(Tensor x, Pass pass, RowSelection rows)
    {
        using var scope = NewDisposeScope();
        x = x.contiguous();
        if (!is_grad_enabled() || !(x.requires_grad || trained.Any(t => t.requires_grad)))
            return Compute(x, pass, rows).Y.MoveToOuterDisposeScope();

        Tensor y;
        Saved saved;
        using (no_grad()) (y, saved) = Compute(x.detach(), pass, rows);
        var seed = pass.Dropout?.Seed ?? 0;
        return Native.WithBackward(y, [x, .. trained], (dy, needed) =>
        {
            // A trainer may have begun another pass by now; the masks must be those of this one.
            using var masks = pass.Dropout?.Begin(seed);
            return Backward(dy, saved, pass, rows, needed);
        }, saved.Tensors).MoveToOuterDisposeScope();
    }

    (Tensor Y, Saved Saved) Compute(Tensor x, Pass pass, RowSelection rows)
    {
        var rotary = rows.Rotary(config.Slides(number));
        var (normed, xInverse) = attentionNorm.Fused(x);                                 // (T, C)
        var (q, k, v, lowRankQkv) = Project(normed, pass, rows);                         // (R, H·D), (T, Hkv·D), (T, Hkv·D)
        normed.Dispose();
        Fused.Rotate(q, rotary.Cos, rotary.Sin, config.HeadDim);
        var allRotary = pass.All.Rotary(config.Slides(number));
        Fused.Rotate(k, allRotary.Cos, allRotary.Sin, config.HeadDim);
        var (o, logSums) = Fused.Attention(q, k, v, rows.Sequences!.Value!.Heads(config, config.Slides(number)));        // (R, H·D)

        pass.Enter(rows);
        var (attended, lowRankO) = output.Forward(o);
        var residual = attended[0].add_(rows.Of(x));                                     // (R, C)
        var (normedResidual, residualInverse) = mlpNorm.Fused(residual);                 // (R, C)
        var (gateUpOutputs, lowRankGateUp) = gateUp.Forward(normedResidual);             // (R, I) twice
        normedResidual.Dispose();
        using var gated = Fused.Gated(gateUpOutputs[0], gateUpOutputs[1], activation);   // (R, I)
        var (y, lowRankDown) = down.Forward(gated);                                      // (R, C)
        y[0].add_(residual);
        return (y[0], new((x, xInverse), q, k, v, (o, logSums), (residual, residualInverse), gateUpOutputs[0], gateUpOutputs[1],
            (lowRankQkv, lowRankO, lowRankGateUp, lowRankDown)));
    }

    (Tensor Q, Tensor K, Tensor V, Tensor[] LowRank) Project(Tensor normed, Pass pass, RowSelection rows)
    {
        pass.Enter(pass.All);
        if (rows.Index is null)
        {
            var (all, lowRank) = queryKeyValue.Forward(normed);
            return (all[0], all[1], all[2], lowRank);
        }
        var (kv, lowRankKv) = keyValue.Forward(normed);
        pass.Enter(rows);
        using var selected = rows.Of(normed);
        var (q, lowRankQ) = query.Forward(selected);
        return (q[0], kv[0], kv[1], [.. lowRankQ, .. lowRankKv]);
    }

    Tensor?[] Backward(Tensor dy, Saved saved, Pass pass, RowSelection rows, ReadOnlySpan<bool> needed)
    {
        var ofTrained = needed[1..].Contains(true);
        dy = dy.contiguous();
        pass.Enter(rows);

        // The MLP: y = residual + down(act(gate) ∘ up).
        var gated = ofTrained ? Fused.Gated(saved.Gate, saved.Up, activation) : null;
        var (dGated, downGrads) = down.Backward([dy], gated, saved.LowRank.Down, true);
        gated?.Dispose();
        var dGate = Fused.GatedBackward(dGated!, saved.Gate, saved.Up, activation);      // dGated is up's gradient from here on
        var normedResidual = ofTrained ? mlpNorm.Fused(saved.Residual.Rows).Y : null;
        var (dNormed, gateUpGrads) = gateUp.Backward([dGate, dGated!], normedResidual, saved.LowRank.GateUp, true);
        dGate.Dispose();
        dGated!.Dispose();
        normedResidual?.Dispose();
        var dResidual = mlpNorm.FusedBackward(dNormed!, saved.Residual.Rows, saved.Residual.Inverse, dy); // (R, C)
        dNormed!.Dispose();

        // Attention: residual = x + output(attention(q, k, v)).
        var (dO, outputGrads) = output.Backward([dResidual], ofTrained ? saved.O.Rows : null, saved.LowRank.Output, true);
        var (dq, dk, dv) = Fused.AttentionBackward(dO!, saved.Q, saved.K, saved.V, saved.O.Rows, saved.O.LogSums,
            rows.Sequences!.Value!.Heads(config, config.Slides(number)));
        dO!.Dispose();
        var (rotary, allRotary) = (rows.Rotary(config.Slides(number)), pass.All.Rotary(config.Slides(number)));
        Fused.Rotate(dq, rotary.Cos, rotary.Sin, config.HeadDim, -1);
        Fused.Rotate(dk, allRotary.Cos, allRotary.Sin, config.HeadDim, -1);
        var (dx, projectionGrads) = ProjectBackward(dq, dk, dv, dResidual, saved, pass, rows, needed[0], ofTrained);

        var grads = new Tensor?[needed.Length];
        grads[0] = dx;
        if (ofTrained) ((Tensor[])[.. projectionGrads, .. outputGrads, .. gateUpGrads, .. downGrads]).CopyTo(grads, 1);
        return grads;
    }

    (Tensor? X, Tensor[] Trained) ProjectBackward(Tensor dq, Tensor dk, Tensor dv, Tensor dResidual, Saved saved, Pass pass,
        RowSelection rows, bool ofInput,
        bool ofTrained)
    {
        var (x, inverse) = saved.X;
        using var normed = ofTrained ? attentionNorm.Fused(x).Y : null; // (T, C)
        pass.Enter(pass.All);
        if (rows.Index is null)
        {
            var (dNormed, grads) = queryKeyValue.Backward([dq, dk, dv], normed, saved.LowRank.QueryKeyValue, ofInput);
            return (dNormed is null ? null : attentionNorm.FusedBackward(dNormed, x, inverse, dResidual), grads);
        }
        var ofQuery = query.Trained.Any() ? 1 : 0;
        var (dNormedKv, kvGrads) = keyValue.Backward([dk, dv], normed, saved.LowRank.QueryKeyValue[ofQuery..], ofInput);
        pass.Enter(rows);
        var selected = normed is null ? null : rows.Of(normed);
        var (dNormedQ, queryGrads) = query.Backward([dq], selected, saved.LowRank.QueryKeyValue[..ofQuery], ofInput);
        if (!ofInput) return (null, [.. queryGrads, .. kvGrads]);
        dNormedKv!.index_add_(0, rows.Index, dNormedQ!, 1);
        var dx = attentionNorm.FusedBackward(dNormedKv, x, inverse, null);
        return (dx.index_add_(0, rows.Index, dResidual, 1), [.. queryGrads, .. kvGrads]);
    }
}

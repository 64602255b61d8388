using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models;

/// <summary>One forward pass: which rows are computed, where attention finds its keys, where dropout finds its masks.</summary>
/// <param name="All">All rows of the batch.</param>
/// <param name="Asked">Rows of which the final hidden state is wanted; the last layer computes only these.</param>
/// <param name="Attention">The keys and values.</param>
/// <param name="Dropout">The masks.</param>
sealed record Pass(Rows All, Rows Asked, Attention Attention, DropoutState Dropout);

/// <summary>A transformer block: x + attention(norm(x)), then x + mlp(norm(x)); some families normalise what is added, too.</summary>
/// <remarks>Touvron et al. (2023), arXiv:2302.13971, section 2.2. Shapes: x (T, C), the result (R, C).</remarks>
sealed class DecoderLayer(Weights w, ModelConfig config, int number)
{
    readonly RmsNorm before = Norm(w, "input_layernorm", config);
    readonly SelfAttention attention = new(w.At("self_attn"), config, number);
    readonly RmsNorm? attended = config.Family.NormsOutputs ? Norm(w, "post_attention_layernorm", config) : null;
    readonly RmsNorm between = Norm(w, config.Family.NormsOutputs ? "pre_feedforward_layernorm" : "post_attention_layernorm", config);
    readonly Mlp mlp = new(w.At("mlp"), config);
    readonly RmsNorm? after = config.Family.NormsOutputs ? Norm(w, "post_feedforward_layernorm", config) : null;

    /// <summary>All linear layers, for merging and saving.</summary>
    public IEnumerable<Linear> Linears => [.. attention.Linears, .. mlp.Linears];

    public Tensor Forward(Tensor x, Pass pass, bool last)
    {
        using var scope = NewDisposeScope();
        var rows = last ? pass.Asked : pass.All;
        var seen = attention.Forward(before.Forward(x), rows, pass);
        var kept = rows.Of(x) + (attended?.Forward(seen) ?? seen);
        var thought = mlp.Forward(between.Forward(kept), rows, pass);
        return (kept + (after?.Forward(thought) ?? thought)).MoveToOuterDisposeScope();
    }

    static RmsNorm Norm(Weights w, string name, ModelConfig config) => new(w.At(name), config.HiddenSize, config);
}

/// <summary>Attention with rotary positions and grouped queries (Ainslie et al. 2023, arXiv:2305.13245).</summary>
sealed class SelfAttention(Weights w, ModelConfig config, int layer)
{
    readonly Linear q = Linear.Make(w.At("q_proj"), config.HiddenSize, config.NumAttentionHeads * config.HeadDim, config.AttentionBias);
    readonly Linear k = Linear.Make(w.At("k_proj"), config.HiddenSize, config.NumKeyValueHeads * config.HeadDim, config.AttentionBias);
    readonly Linear v = Linear.Make(w.At("v_proj"), config.HiddenSize, config.NumKeyValueHeads * config.HeadDim, config.AttentionBias);
    readonly Linear o = Linear.Make(w.At("o_proj"), config.NumAttentionHeads * config.HeadDim, config.HiddenSize, config.AttentionOutputBias);
    readonly RmsNorm? queryNorm = config.Family.NormsQueriesAndKeys ? new(w.At("q_norm"), config.HeadDim, config) : null;
    readonly RmsNorm? keyNorm = config.Family.NormsQueriesAndKeys ? new(w.At("k_norm"), config.HeadDim, config) : null;

    public IEnumerable<Linear> Linears => [q, k, v, o];

    /// <summary>x (T, C) to (R, C): every row is a key, the asked ones are queries.</summary>
    public Tensor Forward(Tensor x, Rows rows, Pass pass)
    {
        var keys = Normal(keyNorm, k.Forward(x, pass.All, pass.Dropout));             // (T, Hkv·D)
        var values = v.Forward(x, pass.All, pass.Dropout);                            // (T, Hkv·D)
        var queries = Normal(queryNorm, q.Forward(rows.Of(x), rows, pass.Dropout));   // (R, H·D)
        return o.Forward(pass.Attention.Attend(layer, queries, keys, values, rows), rows, pass.Dropout);
    }

    Tensor Normal(RmsNorm? norm, Tensor heads) => norm is null ? heads : norm.Forward(heads.view(-1, config.HeadDim)).view(heads.shape);
}

/// <summary>The gated MLP: down(act(gate(x)) ∘ up(x)), Shazeer (2020), arXiv:2002.05202.</summary>
sealed class Mlp(Weights w, ModelConfig config)
{
    readonly Linear gate = Linear.Make(w.At("gate_proj"), config.HiddenSize, config.IntermediateSize, config.MlpBias);
    readonly Linear up = Linear.Make(w.At("up_proj"), config.HiddenSize, config.IntermediateSize, config.MlpBias);
    readonly Linear down = Linear.Make(w.At("down_proj"), config.IntermediateSize, config.HiddenSize, config.MlpBias);

    public IEnumerable<Linear> Linears => [gate, up, down];

    public Tensor Forward(Tensor x, Rows rows, Pass pass)
    {
        var gated = Activated(gate.Forward(x, rows, pass.Dropout)); // (R, I)
        var raised = up.Forward(x, rows, pass.Dropout);             // (R, I)
        return down.Forward(is_grad_enabled() ? gated * raised : gated.mul_(raised), rows, pass.Dropout);
    }

    Tensor Activated(Tensor x) => config.HiddenAct switch
    {
        "silu" => silu(x, inplace: !is_grad_enabled()),
        "gelu_pytorch_tanh" => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh),
        _ => gelu(x),
    };
}

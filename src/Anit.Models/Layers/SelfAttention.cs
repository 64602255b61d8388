using static TorchSharp.torch;

namespace Anit.Models.Layers;

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

    internal Linear Query => q;

    internal Linear Key => k;

    internal Linear Value => v;

    internal Linear Output => o;

    /// <summary>x (T, C) to (R, C): every row is a key, the selected ones are queries.</summary>
    public Tensor Forward(Tensor x, RowSelection rows, Pass pass)
    {
        pass.Enter(pass.All);
        var keys = Normalized(keyNorm, k.Forward(x));               // (T, Hkv·D)
        var values = v.Forward(x);                                  // (T, Hkv·D)
        pass.Enter(rows);
        var queries = Normalized(queryNorm, q.Forward(rows.Of(x))); // (R, H·D)
        return o.Forward(pass.Attention.Attend(layer, queries, keys, values, rows)); // (R, C)
    }

    Tensor Normalized(RmsNorm? norm, Tensor heads) => norm is null ? heads : norm.Forward(heads.view(-1, config.HeadDim)).view(heads.shape);
}

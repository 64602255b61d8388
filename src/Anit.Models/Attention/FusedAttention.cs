using Anit.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models.Attention;

/// <summary>libtorch's own attention, which keeps no scores.</summary>
sealed class FusedAttention : IAttentionKernel
{
    /// <summary>Whether it serves a model: it is in libtorch from 2.0 on, has no soft-capping and one scale only.</summary>
    public static bool Serves(ModelConfig config) =>
        config.AttnLogitSoftcapping is null && Math.Abs(config.ScoreScale * Math.Sqrt(config.HeadDim) - 1) < 1e-9 && Native.HasFusedAttention;

    public Tensor Forward(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding) => Attend(q, k, v, group, sliding).reshape(-1, q.size(2));

    /// <summary>Keeps a tape of its own, from q, k and v to the result.</summary>
    public SavedAttention ForwardSaving(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding)
    {
        foreach (var leaf in (Tensor[])[q, k, v]) leaf.requires_grad_(true);
        using var tape = enable_grad();
        var taped = Attend(q, k, v, group, sliding);
        return new Saved(q, k, v, taped.detach().reshape(-1, q.size(2)), taped);
    }

    /// <summary>(B, Lq, D).</summary>
    static Tensor Attend(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding)
    {
        if (!group.Causal(sliding))
            return scaled_dot_product_attention(q.unsqueeze(1), k.unsqueeze(1), v.unsqueeze(1), group.MaskOf(sliding).unsqueeze(1)).squeeze(1);
        // Heads apart, keys repeated for those that share them: without a mask tensor the fastest kernels serve.
        var (batch, d) = (q.size(0), q.size(2));
        var heads = q.view(batch, -1, group.Keys, d); // (B, H/Hkv, L, D)
        Tensor Repeated(Tensor one) => heads.size(1) == 1 ? one.unsqueeze(1) : one.unsqueeze(1).expand(-1, heads.size(1), -1, -1).contiguous();
        return scaled_dot_product_attention(heads, Repeated(k), Repeated(v), null, 0, true).reshape(batch, -1, d);
    }

    /// <param name="Q">Queries.</param>
    /// <param name="K">Keys.</param>
    /// <param name="V">Values.</param>
    /// <param name="Output">The result off the tape; not kept for the backward pass.</param>
    /// <param name="Taped">The result on the tape.</param>
    sealed record Saved(Tensor Q, Tensor K, Tensor V, Tensor Output, Tensor Taped) : SavedAttention(Q, K, V, Output)
    {
        public override IEnumerable<Tensor> Tensors => [Q, K, V, Taped];

        public override AttentionGradients Backward(Tensor dOutput)
        {
            var grads = autograd.grad([Taped], [Q, K, V], [dOutput.view(Q.shape)], retain_graph: true);
            var d = Q.size(2);
            return new(grads[0].reshape(-1, d), grads[1].reshape(-1, d), grads[2].reshape(-1, d));
        }
    }
}

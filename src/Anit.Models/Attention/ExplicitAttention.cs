using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Attention that writes its scores out: for libtorch 1.13, soft-capped logits and scales of their own.</summary>
sealed class ExplicitAttention(ModelConfig config) : IAttentionKernel
{
    readonly double scale = config.ScoreScale;
    readonly double? cap = config.AttnLogitSoftcapping;

    public Tensor Forward(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding)
    {
        var scores = Scores(q, k, group.MaskOf(sliding), out _); // (B, Lq, Lk)
        return Softmax(scores, q.dtype).bmm(v).view(-1, q.size(2)); // (B·Lq, D)
    }

    public SavedAttention ForwardSaving(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding)
    {
        var scores = Scores(q, k, group.MaskOf(sliding), out var tanhScores);
        var probabilities = Softmax(scores, q.dtype);
        return new Saved(q, k, v, probabilities.bmm(v).view(-1, q.size(2)), probabilities, tanhScores, scale);
    }

    /// <summary>Scaled and masked scores, (B, Lq, Lk); <paramref name="tanhScores"/> is tanh(score / cap) where scores are capped.</summary>
    Tensor Scores(Tensor q, Tensor k, Tensor mask, out Tensor? tanhScores)
    {
        tanhScores = null;
        if (cap is not { } most) return Native.AddBatchedProduct(mask, q, k.transpose(1, 2), scale);
        tanhScores = q.bmm(k.transpose(1, 2)).mul_(scale / most).tanh();
        return tanhScores * most + mask;
    }

    static Tensor Softmax(Tensor scores, ScalarType dtype) => scores.softmax(-1, ScalarType.Float32).to(dtype);

    /// <param name="Q">Queries.</param>
    /// <param name="K">Keys.</param>
    /// <param name="V">Values.</param>
    /// <param name="Output">The result.</param>
    /// <param name="Probabilities">P, (B, Lq, Lk).</param>
    /// <param name="TanhScores">tanh(score / cap), (B, Lq, Lk); null where scores are not capped.</param>
    /// <param name="Scale">What scores were multiplied by.</param>
    sealed record Saved(Tensor Q, Tensor K, Tensor V, Tensor Output, Tensor Probabilities, Tensor? TanhScores, double Scale)
        : SavedAttention(Q, K, V, Output)
    {
        public override IEnumerable<Tensor> Tensors =>
            TanhScores is null ? [.. base.Tensors, Probabilities] : [.. base.Tensors, Probabilities, TanhScores];

        /// <summary>Row sums of dP ∘ P are taken as those of dO ∘ O (Dao et al. 2022, arXiv:2205.14135).</summary>
        public override AttentionGradients Backward(Tensor dOutput)
        {
            var (p, d) = (Probabilities, Q.size(2));
            var rowSums = (dOutput * Output).sum(-1, keepdim: true, ScalarType.Float32).to(dOutput.dtype).view(Q.size(0), -1, 1); // (B, Lq, 1)
            var dOut = dOutput.view(Q.shape);                                            // (B, Lq, D)
            var dV = p.transpose(1, 2).bmm(dOut).view(-1, d);                            // (B·Lk, D)
            var dScores = dOut.bmm(V.transpose(1, 2)).sub_(rowSums).mul_(p);             // (B, Lq, Lk)
            if (TanhScores is not null) dScores.mul_(1 - TanhScores.square());
            var dQ = dScores.bmm(K).mul_(Scale).view(-1, d);                             // (B·Lq, D)
            var dK = dScores.transpose(1, 2).bmm(Q).mul_(Scale).view(-1, d);             // (B·Lk, D)
            return new(dQ, dK, dV);
        }
    }
}

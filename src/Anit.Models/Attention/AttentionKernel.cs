using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Attention of one group of sequences: softmax(q kᵀ · scale + mask) v.</summary>
/// <remarks>Shapes: B = G·Hkv heads of the group; q (B, Lq, D), the queries that share a key head one after another; k and v
/// (B, Lk, D).</remarks>
interface IAttentionKernel
{
    /// <summary>The group's result, (B·Lq, D).</summary>
    Tensor Forward(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding);

    /// <summary>The same without a tape, and what its gradient needs.</summary>
    SavedAttention ForwardSaving(Tensor q, Tensor k, Tensor v, AttentionGroup group, bool sliding);
}

/// <summary>What the backward pass of one group needs.</summary>
/// <param name="Q">Rotated queries, (B, Lq, D).</param>
/// <param name="K">Rotated keys, (B, Lk, D).</param>
/// <param name="V">Values, (B, Lk, D).</param>
/// <param name="Output">The result, (B·Lq, D).</param>
abstract record SavedAttention(Tensor Q, Tensor K, Tensor V, Tensor Output)
{
    /// <summary>Everything that must live until the backward pass.</summary>
    public virtual IEnumerable<Tensor> Tensors => [Q, K, V, Output];

    /// <summary>From the gradient of <see cref="Output"/>, (B·Lq, D), to those of the inputs.</summary>
    public abstract AttentionGradients Backward(Tensor dOutput);
}

/// <summary>Gradients of one group, each (rows, D).</summary>
readonly record struct AttentionGradients(Tensor Q, Tensor K, Tensor V);

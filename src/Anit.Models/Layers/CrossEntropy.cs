using Anit.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Anit.Models.Layers;

/// <summary>The loss of next words, -log softmax(scores)[target], from the states that the output layer makes scores of.</summary>
/// <remarks>Scores are the largest tensor of a step, so they are made for a block of rows at a time and none is kept: with the loss of a block comes
/// the gradient of its states, which is as small as they are (Hsu et al. 2024, arXiv:2410.10989). The output layer's products are
/// those of a forward and a backward pass, no more. Where the output layer is trained, too, the gradient of all scores waits for the backward pass,
/// in the scores' own memory. Shapes: states (R, C), output layer (V, C), scores (R, V).</remarks>
static class CrossEntropy
{
    /// <summary>Scores made at a time.</summary>
    internal const long BlockElements = 1 << 25; // 128 MiB of scores: products of that size lose nothing by being cut

    /// <summary>The sum over rows, one number in float32.</summary>
    /// <param name="hidden">(R, C).</param>
    /// <param name="head">The output layer, (V, C).</param>
    /// <param name="cap">Scores are cap · tanh(score / cap), if there is one.</param>
    /// <param name="targets">The words that come, (R,), int64.</param>
    /// <param name="block">Scores made at a time.</param>
    public static Tensor Sum(Tensor hidden, Tensor head, double? cap, Tensor targets, long block = BlockElements)
    {
        using var scope = NewDisposeScope();
        var (ofHidden, ofHead) = (is_grad_enabled() && hidden.requires_grad, is_grad_enabled() && head.requires_grad);
        var (x, layer) = (hidden.detach(), head.detach());
        if (ofHead) return Trained(x, layer).MoveToOuterDisposeScope();

        Tensor sum, dx;
        using (no_grad()) (sum, dx) = InBlocks(x, layer, cap, targets, ofHidden, block);
        if (!ofHidden) return sum.MoveToOuterDisposeScope();
        return Native.WithBackward(sum, [hidden], (grad, _) => [dx * grad.to(dx.dtype)], dx).MoveToOuterDisposeScope();

        Tensor Trained(Tensor x, Tensor layer)
        {
            Tensor sum, dScores;
            using (no_grad()) (sum, dScores) = OfScores(WeightProduct.Forward(x, layer), cap, targets, gradient: true);
            return Native.WithBackward(sum.to(ScalarType.Float32), [hidden, head], (grad, needed) =>
            [
                needed[0] ? WeightProduct.InputGradient(dScores, layer).mul_(grad) : null,
                needed[1] ? dScores.t().mm(x).mul_(grad) : null,
            ], dScores, x, layer);
        }
    }

    static (Tensor Sum, Tensor Gradient) InBlocks(Tensor x, Tensor layer, double? cap, Tensor targets, bool gradient, long block)
    {
        var sum = zeros(1, dtype: ScalarType.Float64, device: x.device).sum();
        var dx = gradient ? empty(x.size(0), x.size(1), dtype: x.dtype, device: x.device) : x;
        var size = Math.Max(1, block / layer.size(0));
        for (long start = 0; start < x.size(0); start += size)
        {
            using var some = NewDisposeScope();
            var count = Math.Min(size, x.size(0) - start);
            var (loss, dScores) = OfScores(WeightProduct.Forward(x.narrow(0, start, count), layer), cap, targets.narrow(0, start, count), gradient);
            sum.add_(loss);
            if (gradient) dx.narrow(0, start, count).copy_(WeightProduct.InputGradient(dScores, layer));
        }
        return (sum.to(ScalarType.Float32), dx);
    }

    /// <summary>The loss of scores that nobody needs any more, in float64, and their gradient in their element type.</summary>
    static (Tensor Sum, Tensor Gradient) OfScores(Tensor scores, double? cap, Tensor targets, bool gradient)
    {
        if (scores.device.type != DeviceType.CPU || scores.dtype != ScalarType.Float32) return OnTape(scores, cap, targets, gradient);
        if (cap is not { } most) return (Fused.CrossEntropy(scores, targets, gradient), scores);

        var turned = scores.div_(most).tanh_();
        var capped = turned * most;
        var sum = Fused.CrossEntropy(capped, targets, gradient);
        return (sum, gradient ? capped.mul_(turned.square().neg().add_(1)) : scores); // tanh' = 1 - tanh²
    }

    // Elsewhere libtorch's own operations, whose intermediate results are a block's.
    internal static (Tensor Sum, Tensor Gradient) OnTape(Tensor scores, double? cap, Tensor targets, bool gradient)
    {
        using var tape = enable_grad(gradient);
        var leaf = scores.detach().requires_grad_(gradient);
        var wide = leaf.to(ScalarType.Float32);
        if (cap is { } most) wide = (wide / most).tanh() * most;
        var sum = functional.cross_entropy(wide, targets, reduction: Reduction.Sum);
        return (sum.detach().to(ScalarType.Float64), gradient ? autograd.grad([sum], [leaf])[0] : scores);
    }
}

using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Root mean square normalisation: y = x / sqrt(mean(x²) + eps) · w, or · (1 + w) as Gemma has it.</summary>
/// <remarks>Zhang and Sennrich (2019), arXiv:1910.07467. Computed in float32 whatever the model's type, as the reference does.
/// Shapes: x and y (R, C), w (C,).</remarks>
sealed class RmsNorm(Weights w, int size, ModelConfig config)
{
    readonly bool onePlus = config.Family.NormsAddOne;
    readonly double eps = config.RmsNormEps;
    readonly Tensor weight = w.Base("weight", [size], config.Family.NormsAddOne ? Init.Zeros : Init.Ones);

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (!is_grad_enabled() || !(x.requires_grad || weight.requires_grad)) return Normal(x, out _).MoveToOuterDisposeScope();

        Tensor y, inverse;
        using (no_grad()) y = Normal(x, out inverse);
        var kept = x.detach();
        return Native.WithBackward(y, [x, weight], (dy, needed) => Gradients(dy, kept, inverse, needed[1]), kept, inverse)
            .MoveToOuterDisposeScope();
    }

    Tensor Normal(Tensor x, out Tensor inverse)
    {
        var wide = x.to(ScalarType.Float32);
        inverse = wide.norm(-1, true, 2).square().div_(x.size(-1)).add_(eps).rsqrt();
        var y = onePlus
            ? (wide * inverse).mul_(weight.to(ScalarType.Float32) + 1).to(x.dtype)
            : (wide * inverse).to(x.dtype).mul_(weight.to(x.dtype));
        return y;
    }

    /// <summary>dx = r (g - x r² mean(g x)) with g = dy · w and r the inverse root; dw = sum of dy x r.</summary>
    Tensor?[] Gradients(Tensor dy, Tensor x, Tensor inverse, bool ofWeight)
    {
        var wide = x.to(ScalarType.Float32);
        var scaleOf = onePlus ? weight.to(ScalarType.Float32) + 1 : weight.to(ScalarType.Float32);
        var g = dy.to(ScalarType.Float32) * scaleOf;
        var pull = (g * wide).sum(-1, keepdim: true).mul_(inverse.pow(3)).div_(-(double)x.size(-1));
        var dx = g.mul_(inverse).addcmul_(wide, pull, 1).to(x.dtype);
        return [dx, ofWeight ? (dy.to(ScalarType.Float32) * wide).mul_(inverse).sum(dim: 0).to(weight.dtype) : null];
    }
}

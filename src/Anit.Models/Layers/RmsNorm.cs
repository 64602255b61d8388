using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models.Layers;

/// <summary>Root mean square normalisation: y = x / sqrt(mean(x²) + eps) · w, or · (1 + w) as Gemma has it.</summary>
/// <remarks>Zhang and Sennrich (2019), arXiv:1910.07467. Computed in float32 whatever the model's type, as the reference does.
/// Shapes: x and y (R, C), w (C,).</remarks>
sealed class RmsNorm(Weights w, int size, ModelConfig config)
{
    readonly bool onePlus = config.Family.NormsAddOne;
    readonly double eps = config.RmsNormEps;
    readonly Tensor weight = w.Base("weight", [size], config.Family.NormsAddOne ? Init.Zeros : Init.Ones);

    /// <summary>What the backward pass needs.</summary>
    /// <param name="X">The input, (R, C).</param>
    /// <param name="InverseRms">1 / sqrt(mean(x²) + eps), (R, 1), float32.</param>
    readonly record struct Saved(Tensor X, Tensor InverseRms);

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (!is_grad_enabled() || !(x.requires_grad || weight.requires_grad)) return Normalized(x, out _).MoveToOuterDisposeScope();

        Tensor y, inverseRms;
        using (no_grad()) y = Normalized(x, out inverseRms);
        var saved = new Saved(x.detach(), inverseRms);
        return Native.WithBackward(y, [x, weight], (dy, needed) => Backward(dy, saved, needed[1]), saved.X, saved.InverseRms)
            .MoveToOuterDisposeScope();
    }

    Tensor Normalized(Tensor x, out Tensor inverseRms)
    {
        var x32 = x.to(ScalarType.Float32);                                                              // (R, C)
        inverseRms = x32.norm(-1, true, 2).square().div_(x.size(-1)).add_(eps).rsqrt();                  // (R, 1)
        return onePlus
            ? (x32 * inverseRms).mul_(weight.to(ScalarType.Float32) + 1).to(x.dtype)
            : (x32 * inverseRms).to(x.dtype).mul_(weight.to(x.dtype));                                   // (R, C)
    }

    Tensor Weight32 => weight.dtype == ScalarType.Float32 ? weight : weight.to(ScalarType.Float32);

    /// <summary>The same in one pass over memory, on the CPU in float32; the second result is what the backward half needs.</summary>
    public (Tensor Y, Tensor InverseRms) Fused(Tensor x) => Anit.Torch.Fused.RmsNorm(x, Weight32, eps, onePlus ? 1 : 0);

    /// <summary>The gradient of x, plus <paramref name="residual"/>'s if there is one, in one pass.</summary>
    public Tensor FusedBackward(Tensor dy, Tensor x, Tensor inverseRms, Tensor? residual) =>
        Anit.Torch.Fused.RmsNormBackward(dy, x, Weight32, inverseRms, onePlus ? 1 : 0, residual);

    /// <summary>dx = r (g - x r² mean(g x)) with g = dy · w and r the inverse root; dw = sum of dy x r.</summary>
    Tensor?[] Backward(Tensor dy, Saved saved, bool ofWeight)
    {
        var (x, inverseRms) = (saved.X.to(ScalarType.Float32), saved.InverseRms);
        var scale = onePlus ? weight.to(ScalarType.Float32) + 1 : weight.to(ScalarType.Float32);         // (C,)
        var g = dy.to(ScalarType.Float32) * scale;                                                       // (R, C)
        var pull = (g * x).sum(-1, keepdim: true).mul_(inverseRms.pow(3)).div_(-(double)x.size(-1));     // (R, 1)
        var dx = g.mul_(inverseRms).addcmul_(x, pull, 1).to(saved.X.dtype);                              // (R, C)
        return [dx, ofWeight ? (dy.to(ScalarType.Float32) * x).mul_(inverseRms).sum(dim: 0).to(weight.dtype) : null];
    }
}

using static TorchSharp.torch;

namespace Anit.Models.Encoders;

/// <summary>Layer normalisation: y = (x - mean) / sqrt(variance + eps) · w + b over each row.</summary>
/// <remarks>Ba et al. (2016), arXiv:1607.06450. Computed in float32 whatever the model's type. Shapes: x and y (R, C), w and b (C,).</remarks>
sealed class LayerNorm(Weights w, int size, double eps)
{
    readonly Tensor weight = w.Float32("weight", [size]);
    readonly Tensor bias = w.Float32("bias", [size]);

    public Tensor Forward(Tensor x)
    {
        var wide = x.to(ScalarType.Float32);                                                   // (R, C)
        var centred = wide - wide.mean([-1], keepdim: true);
        var inverse = centred.square().mean([-1], keepdim: true).add_(eps).rsqrt();            // (R, 1)
        return centred.mul_(inverse).mul_(weight).add_(bias).to(x.dtype);
    }

    /// <summary>Of x + residual + what the layer before adds, in one pass over memory; on the CPU in float32.</summary>
    public Tensor Fused(Tensor x, Tensor? residual = null, Tensor? added = null) =>
        Anit.Torch.Fused.LayerNorm(x, residual, added, weight, bias, eps);
}

using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Rotary position embedding of some rows: what rotates their queries and keys by their positions.</summary>
/// <param name="Cos">Cosines, (R, 1, D): each half holds the same values.</param>
/// <param name="Sin">Sines, (R, 1, D/2).</param>
/// <remarks>Su et al. (2021), arXiv:2104.09864, in the half-split form of the checkpoints: channel i of a head rotates together with
/// channel i + D/2.</remarks>
sealed record RotaryEmbedding(Tensor Cos, Tensor Sin) : IDisposable
{
    /// <summary>Rotates heads (R, H, D); <paramref name="sign"/> -1 rotates them back, which is the gradient.</summary>
    public Tensor Rotate(Tensor heads, int sign = 1)
    {
        var half = heads.size(-1) / 2;
        var rotated = heads * Cos; // (R, H, D)
        using var left = rotated.narrow(-1, 0, half);
        using var right = rotated.narrow(-1, half, half);
        using var oldLeft = heads.narrow(-1, 0, half);
        using var oldRight = heads.narrow(-1, half, half);
        left.addcmul_(oldRight, Sin, -sign);
        right.addcmul_(oldLeft, Sin, sign);
        return rotated;
    }

    public void Dispose()
    {
        Cos.Dispose();
        Sin.Dispose();
    }
}

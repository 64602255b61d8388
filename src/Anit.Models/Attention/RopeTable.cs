using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>What turns queries and keys by their positions.</summary>
/// <param name="Cos">Cosines, (R, 1, D): each half holds the same values.</param>
/// <param name="Sin">Sines, (R, 1, D/2).</param>
sealed record Turns(Tensor Cos, Tensor Sin)
{
    /// <summary>Turns heads (R, H, D) by their positions; <paramref name="sign"/> -1 turns them back, which is the gradient.</summary>
    public Tensor Rotate(Tensor heads, int sign = 1) => RopeTable.Rotate(heads, Cos, Sin, sign);
}

/// <summary>The tables of a model: one, or a second one for the layers with a window.</summary>
sealed class RopeTables(ModelConfig config, Device device) : IDisposable
{
    readonly RopeTable whole = new(config.HeadDim, config.RopeTheta, config.RopeScaling, device);
    readonly RopeTable? local = config.RopeLocalTheta is { } theta ? new(config.HeadDim, theta, null, device) : null;

    /// <summary>Turns by positions (T,): those of most layers, and those of layers with a window.</summary>
    public (Turns Whole, Turns Local) At(Tensor positions, long longest, ScalarType dtype)
    {
        var turns = whole.At(positions, longest, dtype);
        return (turns, local?.At(positions, longest, dtype) ?? turns);
    }

    public void Dispose()
    {
        whole.Dispose();
        local?.Dispose();
    }
}

/// <summary>Cosines and sines of rotary positions (Su et al. 2021, arXiv:2104.09864), in the half-split form of the checkpoints.</summary>
/// <remarks>Channel i of a head turns together with channel i + D/2, by position times theta^(-2i/D). Angles are made with the
/// reference's own float32 operations: at position 4,000 a last-bit difference in a frequency is a difference of 1e-4 in a cosine.
/// Llama 3.1 slows the low frequencies (Meta's llama-models, apply_scaling).</remarks>
sealed class RopeTable : IDisposable
{
    readonly Tensor frequencies; // (D/2,), float32
    Tensor? cos;                 // (P, D): each half holds the same values
    Tensor? sin;                 // (P, D/2)

    public RopeTable(int headDim, double theta, RopeScaling? scaling, Device device)
    {
        using var scope = NewDisposeScope();
        var exponents = arange(0, headDim, 2, ScalarType.Int64).to(ScalarType.Float32) / headDim;
        var plain = 1.0 / tensor((float)theta).pow(exponents);
        frequencies = Scaled(plain, scaling).to(device).DetachFromDisposeScope();
    }

    /// <summary>Rows of the table for positions (T,).</summary>
    public Turns At(Tensor positions, long longest, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        if (cos is null || cos.size(0) < longest) Grow(longest);
        var (c, s) = scope.MoveToOuter(
            cos!.index_select(0, positions).unsqueeze(1).to(dtype),
            sin!.index_select(0, positions).unsqueeze(1).to(dtype));
        return new(c, s);
    }

    /// <summary>Turns heads (R, H, D) by their positions; <paramref name="sign"/> -1 turns them back, which is the gradient.</summary>
    public static Tensor Rotate(Tensor heads, Tensor cos, Tensor sin, int sign)
    {
        var half = heads.size(-1) / 2;
        var turned = heads * cos;
        using var left = turned.narrow(-1, 0, half);
        using var right = turned.narrow(-1, half, half);
        using var oldLeft = heads.narrow(-1, 0, half);
        using var oldRight = heads.narrow(-1, half, half);
        left.addcmul_(oldRight, sin, -sign);
        right.addcmul_(oldLeft, sin, sign);
        return turned;
    }

    public void Dispose()
    {
        frequencies.Dispose();
        cos?.Dispose();
        sin?.Dispose();
    }

    void Grow(long positions)
    {
        cos?.Dispose();
        sin?.Dispose();
        var rows = Math.Max(positions, 512);
        var angles = arange(0, rows, 1, ScalarType.Float32, frequencies.device).unsqueeze(1) * frequencies; // (P, D/2)
        var half = angles.cos();
        cos = cat([half, half], -1).DetachFromDisposeScope();
        sin = angles.sin().DetachFromDisposeScope();
    }

    static Tensor Scaled(Tensor plain, RopeScaling? scaling)
    {
        if (scaling is null) return plain;
        if (scaling.Type == "linear") return plain / scaling.Factor;

        var longest = scaling.OriginalMaxPositions / scaling.LowFreqFactor;
        var shortest = scaling.OriginalMaxPositions / scaling.HighFreqFactor;
        var wavelength = 2 * Math.PI / plain;
        var smooth = (scaling.OriginalMaxPositions / wavelength - scaling.LowFreqFactor) / (scaling.HighFreqFactor - scaling.LowFreqFactor);
        var slowed = where(wavelength.gt(longest), plain / scaling.Factor, plain);
        var between = (1 - smooth) * slowed / scaling.Factor + smooth * slowed;
        return where(wavelength.lt(shortest).logical_not() * wavelength.gt(longest).logical_not(), between, slowed);
    }
}

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
    /// <param name="positions">Where the tokens stand.</param>
    /// <param name="lengths">The length of each token's sequence, (T,): asked for only where turns follow from it.</param>
    /// <param name="longest">More than every position.</param>
    /// <param name="dtype">Element type of the computation.</param>
    public (Turns Whole, Turns Local) At(Tensor positions, Func<Tensor> lengths, long longest, ScalarType dtype)
    {
        var turns = whole.At(positions, lengths, longest, dtype);
        return (turns, local?.At(positions, lengths, longest, dtype) ?? turns);
    }

    public void Dispose()
    {
        whole.Dispose();
        local?.Dispose();
    }
}

/// <summary>Cosines and sines of rotary positions (Su et al. 2021, arXiv:2104.09864), in the half-split form of the checkpoints.</summary>
/// <remarks>Channel i of a head turns together with channel i + D/2, by position times theta^(-2i/D): <see cref="RopeFrequencies"/>.</remarks>
sealed class RopeTable : IDisposable
{
    readonly (int HeadDim, double Theta, RopeScaling? Scaling) kind;
    readonly Tensor? frequencies; // (D/2,), float32; null where they follow from a sequence's length
    Tensor? cos;                  // (P, D): each half holds the same values
    Tensor? sin;                  // (P, D/2)

    public RopeTable(int headDim, double theta, RopeScaling? scaling, Device device)
    {
        kind = (headDim, theta, scaling);
        if (scaling is { FollowsLength: true }) return;
        using var scope = NewDisposeScope();
        frequencies = RopeFrequencies.Of(headDim, theta, scaling).to(device).DetachFromDisposeScope();
    }

    /// <summary>Turns of positions (T,).</summary>
    public Turns At(Tensor positions, Func<Tensor> lengths, long longest, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        if (frequencies is null)
        {
            var turned = Turned(positions.to(ScalarType.Float32).unsqueeze(1) * RopeFrequencies.Of(kind.HeadDim, kind.Theta, kind.Scaling!, lengths()));
            var (made, below) = scope.MoveToOuter(turned.Cos.unsqueeze(1).to(dtype), turned.Sin.unsqueeze(1).to(dtype));
            return new(made, below);
        }
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
        frequencies?.Dispose();
        cos?.Dispose();
        sin?.Dispose();
    }

    void Grow(long positions)
    {
        cos?.Dispose();
        sin?.Dispose();
        var rows = Math.Max(positions, 512);
        var turned = Turned(arange(0, rows, 1, ScalarType.Float32, frequencies!.device).unsqueeze(1) * frequencies);
        cos = turned.Cos.DetachFromDisposeScope();
        sin = turned.Sin.DetachFromDisposeScope();
    }

    /// <summary>Cosines (P, D) and sines (P, D/2) of angles (P, D/2).</summary>
    (Tensor Cos, Tensor Sin) Turned(Tensor angles)
    {
        var half = angles.cos();
        var (c, s) = (cat([half, half], -1), angles.sin());
        return kind.Scaling is { AttentionFactor: not 1 and var factor } ? (c * factor, s * factor) : (c, s);
    }
}

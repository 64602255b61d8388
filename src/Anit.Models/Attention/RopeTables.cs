using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>The tables of a model: one, or a second one for the layers with a window.</summary>
sealed class RopeTables(ModelConfig config, Device device) : IDisposable
{
    readonly RopeTable global = new(config.HeadDim, config.RopeTheta, config.RopeScaling, device);
    readonly RopeTable? local = config.RopeLocalTheta is { } theta ? new(config.HeadDim, theta, null, device) : null;

    /// <summary>Embeddings of positions (R,): those of most layers, and those of layers with a window.</summary>
    /// <param name="positions">Where the tokens stand.</param>
    /// <param name="lengths">The length of each token's sequence, (R,): asked for only where embeddings follow from it.</param>
    /// <param name="longest">More than every position.</param>
    /// <param name="dtype">Element type of the computation.</param>
    public (RotaryEmbedding Global, RotaryEmbedding Local) At(Tensor positions, Func<Tensor> lengths, long longest, ScalarType dtype)
    {
        var rotary = global.At(positions, lengths, longest, dtype);
        return (rotary, local?.At(positions, lengths, longest, dtype) ?? rotary);
    }

    public void Dispose()
    {
        global.Dispose();
        local?.Dispose();
    }
}

/// <summary>Cosines and sines of every position up to the largest seen, by the <see cref="RopeFrequencies"/> of a model.</summary>
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

    /// <summary>The embedding of positions (R,), all below <paramref name="longest"/>.</summary>
    public RotaryEmbedding At(Tensor positions, Func<Tensor> lengths, long longest, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var (c, s) = frequencies is null ? OfLengths(positions, lengths()) : FromTable(frequencies, positions, longest);
        var (cosines, sines) = scope.MoveToOuter(c.unsqueeze(1).to(dtype), s.unsqueeze(1).to(dtype));
        return new(cosines, sines);
    }

    public void Dispose()
    {
        frequencies?.Dispose();
        cos?.Dispose();
        sin?.Dispose();
    }

    (Tensor Cos, Tensor Sin) OfLengths(Tensor positions, Tensor lengths) => CosSin(
        positions.to(ScalarType.Float32).unsqueeze(1) * RopeFrequencies.Of(kind.HeadDim, kind.Theta, kind.Scaling!, lengths)); // (R, D/2)

    (Tensor Cos, Tensor Sin) FromTable(Tensor frequencies, Tensor positions, long longest)
    {
        if (cos is null || cos.size(0) < longest) Grow(frequencies, longest);
        return (cos!.index_select(0, positions), sin!.index_select(0, positions));
    }

    void Grow(Tensor frequencies, long positions)
    {
        cos?.Dispose();
        sin?.Dispose();
        var rows = Math.Max(positions, 512);
        (cos, sin) = CosSin(arange(0, rows, 1, ScalarType.Float32, frequencies.device).unsqueeze(1) * frequencies);
        cos.DetachFromDisposeScope();
        sin.DetachFromDisposeScope();
    }

    /// <summary>Cosines (P, D) and sines (P, D/2) of angles (P, D/2).</summary>
    (Tensor Cos, Tensor Sin) CosSin(Tensor angles)
    {
        var half = angles.cos();
        var (c, s) = (cat([half, half], -1), angles.sin());
        return kind.Scaling is { AttentionFactor: not 1 and var factor } ? (c * factor, s * factor) : (c, s);
    }
}

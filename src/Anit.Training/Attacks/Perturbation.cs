using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Training.Attacks;

/// <summary>The geometry of perturbations of one micro-batch: masks, norms and projections per sample, in fp32.</summary>
/// <remarks>Shapes: δ and gradients (T, C); per-sample numbers (B). Norms are Frobenius norms over a sample's tokens in scope.</remarks>
public sealed class Perturbation
{
    const double Tiny = 1e-12;

    readonly MicroBatch batch;
    readonly Device device;
    readonly int channels;
    readonly bool everything; // the scope covers each token: no mask needed

    /// <summary>Prepares masks for a batch.</summary>
    /// <param name="batch">The micro-batch.</param>
    /// <param name="scope">Which tokens may be touched.</param>
    /// <param name="includeBos">Whether a sample's first token may be.</param>
    /// <param name="channels">C, the hidden size.</param>
    /// <param name="device">Where tensors live.</param>
    public Perturbation(MicroBatch batch, Scope scope, bool includeBos, int channels, Device device)
    {
        (this.batch, this.channels, this.device) = (batch, channels, device);
        var mask = new float[batch.Tokens];
        Sizes = new double[batch.Examples.Count];
        for (var b = 0; b < Sizes.Length; b++)
        {
            var (from, to) = batch.Range(b, scope, includeBos);
            mask.AsSpan(from, to - from).Fill(1);
            Sizes[b] = (double)channels * (to - from);
        }
        everything = Array.TrueForAll(mask, m => m == 1);
        Mask = tensor(mask, [batch.Tokens, 1], device: device);
    }

    /// <summary>(T, 1), 1 where δ may be non-zero.</summary>
    public Tensor Mask { get; }

    /// <summary>N_i = C · tokens in scope, for each sample.</summary>
    public double[] Sizes { get; }

    /// <summary>m ⊙ u with u ~ U(-1, 1) keyed by (seed, epoch, sample id): (T, C).</summary>
    public Tensor Uniform(ulong seed, string purpose)
    {
        using var scope = NewDisposeScope();
        var drawn = empty([batch.Tokens, channels], ScalarType.Float32);
        Parallel.For(0, batch.Examples.Count, b =>
        {
            using var rows = drawn.narrow(0, batch.Starts[b], batch.Starts[b + 1] - batch.Starts[b]);
            CounterRandom.Fill(MemoryMarshal.Cast<byte, float>(rows.bytes), CounterRandom.Key(seed, batch.Epoch, batch.Examples[b].Id, purpose));
        });
        var values = drawn.to(device);
        if (!everything) values.mul_(Mask);
        return values.MoveToOuterDisposeScope();
    }

    /// <summary>m ⊙ x.</summary>
    public Tensor Masked(Tensor x) => everything ? x : x * Mask;

    /// <summary>‖x_i‖ for each sample: (B).</summary>
    public Tensor Norms(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Sums(x.square()).sqrt().MoveToOuterDisposeScope();
    }

    /// <summary>‖m ⊙ x_i‖ in fp32 for each sample: (B).</summary>
    public Tensor Lengths(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Norms(Masked(x.to(ScalarType.Float32))).MoveToOuterDisposeScope();
    }

    /// <summary>Σ x over each sample's tokens and channels: (B).</summary>
    public Tensor Sums(Tensor x) =>
        zeros([batch.Examples.Count], ScalarType.Float32, device).index_add_(0, batch.Segments, x.sum(1), 1);

    /// <summary>x_i · s_i, with s of shape (B).</summary>
    public Tensor Scale(Tensor x, Tensor perSample) => x * perSample.index_select(0, batch.Segments).unsqueeze(1);

    /// <summary>One number for each sample as a (B) tensor.</summary>
    public Tensor PerSample(IEnumerable<double> values) => tensor(values.Select(v => (float)v).ToArray(), device: device);

    /// <summary>The direction of steepest ascent per sample, g_i / ‖g_i‖ or sign(g_i), zero where the gradient is zero or not
    /// finite; also which samples those are (B).</summary>
    public (Tensor Unit, Tensor Degenerate) Direction(Tensor gradient, Norm norm = Norm.L2)
    {
        using var scope = NewDisposeScope();
        var g = Masked(gradient.to(ScalarType.Float32));
        var norms = Norms(g);
        var degenerate = (norms.isfinite().logical_not() + norms.le(Tiny)).gt(0);
        var inverse = where(degenerate, zeros_like(norms), norms.reciprocal());
        // 0 · NaN is NaN: samples without a usable gradient are cleared by masked_fill, not by their zero factor.
        var unit = (norm == Norm.Linf ? g.sign() : Scale(g, inverse))
            .masked_fill(degenerate.index_select(0, batch.Segments).unsqueeze(1), (Scalar)0.0);
        return (unit.MoveToOuterDisposeScope(), degenerate.MoveToOuterDisposeScope());
    }

    /// <summary>Proj in the Frobenius norm: δ_i · min(1, radius_i / ‖δ_i‖); also the norms before projection (B).</summary>
    public (Tensor Projected, Tensor Norms) Project(Tensor delta, Tensor radius)
    {
        var norms = Norms(delta);
        return (Scale(delta, (radius / norms.clamp(min: (Scalar)Tiny)).clamp(max: (Scalar)1.0)), norms);
    }

    /// <summary>Proj in the largest-element norm: each element of δ_i clamped to ± radius_i.</summary>
    public Tensor Clamp(Tensor delta, Tensor radius)
    {
        var most = radius.index_select(0, batch.Segments).unsqueeze(1);
        return delta.minimum(most).maximum(most.neg());
    }
}

using static TorchSharp.torch;

namespace Anit.Training.Attacks;

/// <summary>One micro-batch's δ on its way up: where it began, how far it may go, and what it met.</summary>
/// <remarks>Shapes: δ (T, C), per-sample numbers (B); all fp32, outside any graph.</remarks>
sealed class Climb
{
    readonly Perturbation space;
    readonly Norm norm;
    readonly Tensor lengths, radius, reach;
    Tensor direction, degenerate, bound;

    public Climb(AttackStep step, Adversary how, Norm norm)
    {
        using var quiet = no_grad();
        this.norm = norm;
        space = new Perturbation(step.Batch, how.Scope, how.IncludeBos, step.Channels, step.Device);
        X = step.Embed().detach();
        lengths = space.Lengths(X);
        radius = Amount(how.Epsilon);
        reach = how.Alpha is { } alpha ? Amount(alpha) : radius;
        Start = Delta = direction = zeros([step.Batch.Tokens, step.Channels], ScalarType.Float32, step.Device);
        degenerate = bound = zeros_like(lengths);

        Tensor Amount(double value) => !how.Relative ? space.PerSample(space.Sizes.Select(_ => value))
            : norm == Norm.L2 ? lengths * value
            : lengths * space.PerSample(space.Sizes.Select(n => value / Math.Sqrt(Math.Max(n, 1))));
    }

    /// <summary>(T, C) the embeddings, for passes that differentiate with respect to δ only.</summary>
    public Tensor X { get; }

    /// <summary>δ₀.</summary>
    public Tensor Start { get; private set; }

    /// <summary>Where δ is now.</summary>
    public Tensor Delta { get; private set; }

    /// <summary>Begins at a δ instead of 0.</summary>
    public void From(Tensor delta) => Start = Delta = delta;

    /// <summary>Begins at c/√N · U(−ε, ε) for each number in scope, or c · U(−ε, ε) in the largest-element norm: of norm c ε/√3 and, as a
    /// largest element, c ε.</summary>
    public void FromRandom(ulong seed, double c)
    {
        using var quiet = no_grad();
        var scale = space.PerSample(space.Sizes.Select(n => norm == Norm.L2 ? c / Math.Sqrt(Math.Max(n, 1)) : c));
        using var uniform = space.Uniform(seed, "delta");
        From(space.Scale(uniform, scale * radius));
    }

    /// <summary>δ ← Proj(δ + α ĝ); a sample without a usable gradient is projected only, and counted.</summary>
    public void Up(Tensor gradient)
    {
        using var quiet = no_grad();
        (direction, var unusable) = space.Direction(gradient, norm);
        var moved = Delta + space.Scale(direction, reach);
        if (norm == Norm.L2)
        {
            (Delta, var before) = space.Project(moved, radius);
            bound = before.gt(radius * (1 + 1e-6)).to(ScalarType.Float32);
        }
        else
        {
            Delta = space.Clamp(moved, radius);
            bound = space.Sums((moved - Delta).abs()).gt(0).to(ScalarType.Float32);
        }
        degenerate = degenerate.maximum(unusable.to(ScalarType.Float32));
    }

    /// <summary>A micro-batch's measured loss with what there is to say of δ now.</summary>
    public Measured Measured(Measured loss, Measured.Number atStart, Measured.Number? atEnd) =>
        loss.With((atStart, atEnd), Attacks.Measured.Sums(space, (Start, Delta), direction, degenerate.gt(0), bound, lengths));
}

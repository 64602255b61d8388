using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Training.Attacks;

/// <summary>How far δ₁ may reach.</summary>
public enum Radius
{
    /// <summary>ε for every sample: Eq. 6 to the letter.</summary>
    Fixed,

    /// <summary>ε (1 − β_i): the radius answers to the noise, which the fixed one cancels.</summary>
    Responsive,

    /// <summary>No projection.</summary>
    None,
}

/// <summary>The Noise Response Method: clean loss plus λ times the loss at embeddings moved by one ascent step from a random start
/// scaled by 1 − β.</summary>
/// <remarks>"Enhancing NLU in Large Language Models Using Adversarial Noisy Instruction Tuning" (AAAI 2025), Eq. 5-8:
/// δ₀ = c/√N · U(−ε, ε) · (1 − β), δ₁ = Proj(δ₀ + α ĝ), L = L(f(X), y) + λ L(f(X + δ₁), y). Three forwards, three backwards,
/// one of them with respect to δ only. Each term is differentiated at once, so only one graph is alive at a time.</remarks>
public sealed record NoiseResponse : Adversary
{
    /// <inheritdoc />
    public override string Name { get; init; } = "nrm";

    /// <summary>c of Eq. 7.</summary>
    public double Init { get; init; } = Math.Sqrt(3) / 2;

    /// <summary>ρ_i: where δ₁ is projected to.</summary>
    public Radius Radius { get; init; } = Radius.Responsive;

    /// <summary>λ: weight of the adversarial loss; 0 skips both extra passes.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>Train on L(X + δ₀) + λ L(X + δ₁) without a clean term: two passes instead of three.</summary>
    public bool TwoPass { get; init; }

    /// <summary>Normalise by the whole batch's gradient norm and the padded length, as the early public code did.</summary>
    public bool WholeBatch { get; init; }

    /// <summary>Whether each pass draws its own dropout masks instead of sharing one draw.</summary>
    public bool IndependentDropout { get; init; }

    /// <summary>What docs/method.md 4.4 makes of the text.</summary>
    public static AttackDescription Nrm { get; } = Describe("nrm", "the Noise Response Method, clean and adversarial loss", new());

    /// <summary>The same at two thirds of the cost.</summary>
    public static AttackDescription Nrm2 { get; } =
        Describe("nrm2", "nrm in two passes, without the clean loss", new() { TwoPass = true });

    /// <summary>Eq. 5 to 8 as printed. α is the only public value; with it the ascent is next to nothing and the diagnostics say so
    /// (docs/method.md 4.2).</summary>
    public static AttackDescription Paper { get; } = Describe("paper", "nrm as its equations are printed",
        new() { Init = 10, Epsilon = 1, Relative = false, Alpha = 1e-3, Radius = Radius.Fixed });

    /// <summary>As the early public code did.</summary>
    public static AttackDescription Early { get; } = Describe("early", "nrm as its authors' early code seems to have been", new()
    {
        Init = 10, Epsilon = 1, Relative = false, Alpha = 1e-3, Radius = Radius.None, Scope = Scope.All, WholeBatch = true,
    });

    /// <inheritdoc />
    public override bool MixesRows => WholeBatch;

    /// <inheritdoc />
    protected override bool MeasuresGain => !TwoPass;

    /// <inheritdoc />
    public override int Passes => Lambda == 0 ? 1 : TwoPass ? 2 : 3;

    /// <summary>A preset by name: nrm, paper, early, nrm2.</summary>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static NoiseResponse Preset(string name) =>
        AttackKinds.Find(name)?.Make(new()) as NoiseResponse
            ?? throw new ArgumentException($"unknown preset '{name}'; expected nrm, nrm2, paper or early");

    static AttackDescription Describe(string name, string summary, NoiseResponse preset) => new(name, summary,
        [.. OwnKnobs, .. preset.TwoPass ? Array.Empty<string>() : [nameof(AttackKnobs.TargetGain)], nameof(AttackKnobs.Alpha),
            nameof(AttackKnobs.InitScale), nameof(AttackKnobs.Lambda), nameof(AttackKnobs.Radius),
            AttackKnobs.Beta],
        knobs => (preset with
        {
            Name = name, Init = knobs.InitScale ?? preset.Init, Lambda = knobs.Lambda ?? preset.Lambda, Radius = knobs.Radius ?? preset.Radius,
        }).With(knobs));

    /// <inheritdoc />
    public override Measured Run(AttackStep step)
    {
        Tensor? clean = null;
        if (!TwoPass || Lambda == 0)
        {
            using var pass = NewDisposeScope();
            var loss = step.Loss(step.Embed());
            loss.backward();
            clean = loss.detach().MoveToOuterDisposeScope();
        }
        if (Lambda == 0) return step.Measured(clean!);

        var (end, startLoss, sums) = Ascent(step);
        var endLoss = step.Loss(AttackStep.Add(step.Embed(), end), IndependentDropout) * Lambda;
        endLoss.backward();
        return step.Measured(clean ?? startLoss).With((step.Mean(startLoss), step.Mean(endLoss, Lambda)), sums);
    }

    /// <summary>δ₁ (T, C), the loss at δ₀, and what there is to say of both; everything else is freed before the next pass.</summary>
    (Tensor End, Tensor StartLoss, Measured.Number[] Sums) Ascent(AttackStep step)
    {
        using var scope = NewDisposeScope();
        var batch = step.Batch;
        var space = new Perturbation(batch, Scope, IncludeBos, step.Channels, step.Device);
        Tensor x, start, reach, radius, lengths;
        using (no_grad())
        {
            x = step.Embed();
            lengths = space.Lengths(x);
            var response = space.PerSample(batch.Examples.Select(e => 1 - e.Beta)); // 1 − β_i: (B)
            var epsilon = Relative ? lengths * Epsilon : space.PerSample(batch.Examples.Select(_ => Epsilon));
            radius = Radius == Radius.Responsive ? epsilon * response : epsilon;
            reach = Alpha is { } alpha ? (Relative ? lengths * alpha : space.PerSample(batch.Examples.Select(_ => alpha))) : radius;
            using var uniform = space.Uniform(step.Seed, "delta");
            start = Start(space, uniform, epsilon * response);
        }

        // The ascent direction: with respect to δ only; parameter gradients stay untouched.
        using var attacked = start.detach().requires_grad_();
        var startLoss = step.Loss(AttackStep.Add(TwoPass ? step.Embed() : x.detach(), attacked), IndependentDropout);
        Tensor gradient;
        if (TwoPass)
        {
            startLoss.backward(); // feeds the parameters too; x is embedded anew so that a trained matrix gets its share
            gradient = attacked.grad!;
        }
        else
        {
            gradient = autograd.grad([startLoss], [attacked])[0];
        }

        using var quiet = no_grad();
        var (direction, degenerate) = WholeBatch ? WholeBatchDirection(space, gradient) : space.Direction(gradient);
        var (end, before) = Ascend(space, start, direction, reach, radius);
        var bound = Radius == Radius.None ? zeros_like(before) : before.gt(radius * (1 + 1e-6));
        var sums = Measured.Sums(space, (start, end), direction, degenerate, bound, lengths);
        foreach (var sum in sums) sum.Value.MoveToOuterDisposeScope();
        return (end.MoveToOuterDisposeScope(), startLoss.detach().MoveToOuterDisposeScope(), sums);
    }

    /// <summary>δ₀ = u · c/√N_i · scale_i with u ~ U(−1, 1) in scope: Eq. 7, with ε (1 − β_i) as the scale.</summary>
    internal Tensor Start(Perturbation space, Tensor uniform, Tensor scale)
    {
        var sizes = WholeBatch ? space.Sizes.Select(_ => space.Sizes.Max()) : space.Sizes;
        return space.Scale(uniform, space.PerSample(sizes.Select(n => Init / Math.Sqrt(Math.Max(n, 1)))) * scale);
    }

    /// <summary>δ₁ = Proj_ρ(δ₀ + α_i ĝ_i), Eq. 6, and the norms before projection (B).</summary>
    internal (Tensor End, Tensor Before) Ascend(Perturbation space, Tensor start, Tensor direction, Tensor reach, Tensor radius)
    {
        var moved = start + space.Scale(direction, reach);
        return Radius == Radius.None ? (moved, space.Norms(moved)) : space.Project(moved, radius);
    }

    static (Tensor, Tensor) WholeBatchDirection(Perturbation space, Tensor gradient)
    {
        var g = space.Masked(gradient.to(ScalarType.Float32));
        return (g / g.norm().clamp(min: (Scalar)1e-12), space.Norms(g).le(1e-12));
    }
}

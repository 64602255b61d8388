namespace Anit.Training.Attacks;

/// <summary>Fast gradient sign method: clean loss plus λ times the loss at X + ε sign(g).</summary>
/// <remarks>Goodfellow et al. (2014), arXiv:1412.6572: one ascent in which each element moves by ± ε.
/// Clean and adversarial pass: two.</remarks>
public sealed record Fgsm : Adversary
{
    /// <summary>On the command line.</summary>
    public static AttackDescription Description { get; } = new("fgsm", "clean loss and loss one step along the gradient's sign",
        [.. OwnKnobs, nameof(AttackKnobs.TargetGain), nameof(AttackKnobs.Lambda)], knobs => new Fgsm { Lambda = knobs.Lambda ?? 1 }.With(knobs));

    /// <inheritdoc />
    public override string Name { get; init; } = "fgsm";

    /// <summary>λ: weight of the adversarial loss; 0 skips the adversary.</summary>
    public double Lambda { get; init; } = 1;

    /// <inheritdoc />
    public override int Passes => Lambda == 0 ? 1 : 2;

    /// <inheritdoc />
    public override Measured Run(AttackStep step) => Pgd.Run(step, this with { Alpha = null }, Norm.Linf, steps: 1, Lambda);
}

namespace Anit.Training.Attacks;

/// <summary>Fast gradient method: clean loss plus λ times the loss at X + ε g/‖g‖.</summary>
/// <remarks>Miyato et al. (2016), arXiv:1605.07725: one ascent, as long as the radius, along each sample's own gradient.
/// Clean and adversarial pass: two.</remarks>
public sealed record Fgm : Adversary
{
    /// <summary>On the command line.</summary>
    public static AttackDescription Description { get; } = new("fgm", "clean loss and loss one step along the gradient",
        [.. OwnKnobs, nameof(AttackKnobs.TargetGain), nameof(AttackKnobs.Lambda)], knobs => new Fgm { Lambda = knobs.Lambda ?? 1 }.With(knobs));

    /// <inheritdoc />
    public override string Name { get; init; } = "fgm";

    /// <summary>λ: weight of the adversarial loss; 0 skips the adversary.</summary>
    public double Lambda { get; init; } = 1;

    /// <inheritdoc />
    public override int Passes => Lambda == 0 ? 1 : 2;

    /// <inheritdoc />
    public override Measured Run(AttackStep step) => Pgd.Run(step, this with { Alpha = null }, Norm.L2, steps: 1, Lambda);
}

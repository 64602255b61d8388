namespace Anit.Training.Attacks;

/// <summary>What all adversaries have in common: how far δ reaches, and over which tokens. One default each, whatever the method.</summary>
public abstract record Adversary : IAttack
{
    /// <inheritdoc />
    public abstract string Name { get; init; }

    /// <summary>ε: the radius, absolute, or relative to ‖X_i‖ when <see cref="Relative"/>.</summary>
    /// <remarks>The default was chosen on development rows (docs/attacks.md, The radius): ten times as much costs a pretrained model ten
    /// points, and this much none.</remarks>
    public double Epsilon { get; init; } = 0.003;

    /// <summary>Whether ε (and α) are multiples of the sample's own ‖X_i‖ in scope.</summary>
    /// <remarks>In the largest-element norm the multiple is of ‖X_i‖/√N_i, so that a δ with all elements at ± ε has the Frobenius norm
    /// ε ‖X_i‖: the same number is the same size in both norms.</remarks>
    public bool Relative { get; init; } = true;

    /// <summary>α: the ascent step; null makes it the sample's radius.</summary>
    public double? Alpha { get; init; }

    /// <summary>The relative adversarial gain that the radius is to follow (<see cref="RadiusControl"/>); null keeps ε as it is.</summary>
    public double? TargetGain { get; init; }

    /// <summary>Which tokens δ touches.</summary>
    public Scope Scope { get; init; } = Scope.Prompt;

    /// <summary>Whether δ touches a sample's first token.</summary>
    public bool IncludeBos { get; init; } = true;

    /// <inheritdoc />
    public abstract int Passes { get; }

    /// <inheritdoc />
    public virtual bool MixesRows => false;

    /// <summary>Whether a step has both the clean loss and the loss at δ₁, so that a radius can follow the gain.</summary>
    protected virtual bool MeasuresGain => true;

    /// <inheritdoc />
    public abstract Measured Run(AttackStep step);

    /// <summary>The names of the knobs that <see cref="With"/> reads, α aside.</summary>
    protected static IReadOnlyList<string> OwnKnobs { get; } =
        [nameof(AttackKnobs.Epsilon), nameof(AttackKnobs.EpsilonRelative), nameof(AttackKnobs.Scope), AttackKnobs.WarmUp];

    /// <summary>This attack with ε and α times a factor.</summary>
    internal Adversary Scaled(double by) => by == 1 ? this : this with { Epsilon = Epsilon * by, Alpha = Alpha * by };

    /// <summary>This attack with what the knobs say of radius, step and scope.</summary>
    protected Adversary With(AttackKnobs knobs) => this with
    {
        Epsilon = knobs.Epsilon ?? knobs.EpsilonRelative ?? Epsilon,
        Relative = knobs.Epsilon is null && (knobs.EpsilonRelative is not null || Relative),
        Alpha = knobs.Alpha ?? Alpha,
        TargetGain = MeasuresGain ? knobs.TargetGain ?? TargetGain : TargetGain,
        Scope = knobs.Scope ?? Scope,
    };
}

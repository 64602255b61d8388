namespace Anit.Training.Attacks;

/// <summary>What all adversaries have in common: how far δ reaches, and over which tokens. One default each, whatever the method.</summary>
public abstract record Adversary : IAttack
{
    /// <inheritdoc />
    public abstract string Name { get; init; }

    /// <summary>ε: the radius, absolute, or relative to ‖X_i‖ when <see cref="Relative"/>.</summary>
    public double Epsilon { get; init; } = 0.03;

    /// <summary>Whether ε (and α) are multiples of the sample's own ‖X_i‖ in scope.</summary>
    /// <remarks>In the largest-element norm the multiple is of ‖X_i‖/√N_i, so that a δ with all elements at ± ε has the Frobenius norm
    /// ε ‖X_i‖: the same number is the same size in both norms.</remarks>
    public bool Relative { get; init; } = true;

    /// <summary>α: the ascent step; null makes it the sample's radius.</summary>
    public double? Alpha { get; init; }

    /// <summary>Which tokens δ touches.</summary>
    public Scope Scope { get; init; } = Scope.Prompt;

    /// <summary>Whether δ touches a sample's first token.</summary>
    public bool IncludeBos { get; init; } = true;

    /// <inheritdoc />
    public abstract int Passes { get; }

    /// <inheritdoc />
    public abstract StepReport Run(AttackStep step);

    /// <summary>The names of the knobs that <see cref="With"/> reads, α aside.</summary>
    protected static IReadOnlyList<string> OwnKnobs { get; } =
        [nameof(AttackKnobs.Epsilon), nameof(AttackKnobs.EpsilonRelative), nameof(AttackKnobs.Scope), AttackKnobs.WarmUp];

    /// <summary>This attack with what the knobs say of radius, step and scope.</summary>
    protected Adversary With(AttackKnobs knobs) => this with
    {
        Epsilon = knobs.Epsilon ?? knobs.EpsilonRelative ?? Epsilon,
        Relative = knobs.Epsilon is null && (knobs.EpsilonRelative is not null || Relative),
        Alpha = knobs.Alpha ?? Alpha,
        Scope = knobs.Scope ?? Scope,
    };
}

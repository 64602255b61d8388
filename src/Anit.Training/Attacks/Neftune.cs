namespace Anit.Training.Attacks;

/// <summary>Noisy embedding fine-tuning: X + U(-1, 1) · α / √N_i on every token, no gradient of the input.</summary>
/// <param name="Alpha">Noise scale α; 5 in the authors' example, 10 at the most.</param>
/// <remarks>Jain et al. (2023), arXiv:2310.05914. N_i counts a sample's own tokens times C, never padding or a whole pack.</remarks>
public sealed record Neftune(double Alpha = 5) : IAttack
{
    /// <summary>On the command line.</summary>
    public static AttackDescription Description { get; } = new("neftune", "random noise on every embedding, no adversary",
        [nameof(AttackKnobs.NeftuneAlpha), AttackKnobs.WarmUp], knobs => new Neftune(knobs.NeftuneAlpha ?? new Neftune().Alpha));

    /// <inheritdoc />
    public string Name => Description.Name;

    /// <inheritdoc />
    public int Passes => 1;

    /// <inheritdoc />
    public Measured Run(AttackStep step)
    {
        var space = new Perturbation(step.Batch, Scope.All, includeBos: true, step.Channels, step.Device);
        var delta = space.Scale(space.Uniform(step.Seed, "neftune"), space.PerSample(space.Sizes.Select(n => Alpha / Math.Sqrt(n))));
        var loss = step.Loss(AttackStep.Add(step.Embed(), delta));
        loss.backward();
        return step.Measured(loss);
    }
}

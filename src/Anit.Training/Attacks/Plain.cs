namespace Anit.Training.Attacks;

/// <summary>Plain instruction tuning: one forward, one backward. The noise, if any, is in the data.</summary>
public sealed record Plain : IAttack
{
    /// <summary>On the command line.</summary>
    public static AttackDescription Description { get; } = new("plain", "the loss of the rows as they are", [], _ => new Plain());

    /// <inheritdoc />
    public string Name => Description.Name;

    /// <inheritdoc />
    public int Passes => 1;

    /// <inheritdoc />
    public Measured Run(AttackStep step)
    {
        var loss = step.Loss(step.Embed());
        loss.backward();
        return step.Measured(loss);
    }
}

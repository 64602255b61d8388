namespace Anit.Training.Attacks;

/// <summary>Plain instruction tuning: one forward, one backward. The noise, if any, is in the data.</summary>
public sealed class Plain : IAttack
{
    /// <inheritdoc />
    public string Name => "plain";

    /// <inheritdoc />
    public StepReport Run(AttackStep step)
    {
        var loss = step.Loss(step.Embed());
        loss.backward();
        return new() { Samples = step.Batch.Examples.Count, AnswerTokens = step.Batch.AnswerTokens, Loss = step.Mean(loss) };
    }
}

using static TorchSharp.torch;

namespace Anit.Training.Attacks;

/// <summary>Projected gradient descent: clean loss plus λ times the loss after K ascents from the embeddings as they are.</summary>
/// <remarks>Madry et al. (2017), arXiv:1706.06083, in the form that is common for text: the first pass is the clean one and feeds the
/// parameters, those between are differentiated with respect to δ only, and the last one feeds the parameters again: K + 1 passes.</remarks>
public sealed record Pgd : Adversary
{
    /// <summary>On the command line.</summary>
    public static AttackDescription Description { get; } = new("pgd", "clean loss and loss after K ascents",
        [.. OwnKnobs, nameof(AttackKnobs.TargetGain), nameof(AttackKnobs.Alpha), nameof(AttackKnobs.Steps), nameof(AttackKnobs.Norm),
            nameof(AttackKnobs.Lambda)], Make);

    /// <inheritdoc />
    public override string Name { get; init; } = "pgd";

    /// <summary>K: ascents.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>The norm of ε and α.</summary>
    public Norm Norm { get; init; }

    /// <summary>λ: weight of the adversarial loss; 0 skips the adversary.</summary>
    public double Lambda { get; init; } = 1;

    /// <inheritdoc />
    public override int Passes => Lambda == 0 ? 1 : Steps + 1;

    /// <inheritdoc />
    public override Measured Run(AttackStep step) => Run(step, this, Norm, Steps, Lambda);

    static Adversary Make(AttackKnobs knobs)
    {
        var pgd = new Pgd();
        return (pgd with { Steps = knobs.Steps ?? pgd.Steps, Norm = knobs.Norm ?? pgd.Norm, Lambda = knobs.Lambda ?? pgd.Lambda }).With(knobs);
    }

    /// <summary>The step, which FGM and FGSM take with one ascent.</summary>
    internal static Measured Run(AttackStep step, Adversary how, Norm norm, int steps, double lambda)
    {
        if (lambda == 0) return new Plain().Run(step);

        var climb = new Climb(step, how, norm);
        Tensor? clean = null;
        for (var k = 0; k < steps; k++)
        {
            using var delta = climb.Delta.detach().requires_grad_();
            if (k == 0)
            {
                var loss = step.Loss(AttackStep.Add(step.Embed(), delta)); // δ is 0: the clean loss
                loss.backward();
                clean = loss.detach();
                climb.Up(delta.grad!);
            }
            else
            {
                climb.Up(autograd.grad([step.Loss(AttackStep.Add(climb.X, delta))], [delta])[0]);
            }
        }
        var end = step.Loss(AttackStep.Add(step.Embed(), climb.Delta)) * lambda;
        end.backward();
        return climb.Measured(step.Measured(clean!), step.Mean(clean!), step.Mean(end, lambda));
    }
}

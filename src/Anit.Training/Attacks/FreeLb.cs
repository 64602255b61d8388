using static TorchSharp.torch;

namespace Anit.Training.Attacks;

/// <summary>Free large-batch adversarial training: the mean of the losses at K perturbations, each an ascent from the one before.</summary>
/// <remarks>Zhu et al. (2019), arXiv:1909.11764: gradients of the parameters add up over all K passes, each loss divided by K, from the
/// random start c/√N · U(−ε, ε). There is no clean pass. As in the authors' code for transformers, K counts passes, so there are K − 1
/// ascents, and all passes share their dropout masks.</remarks>
public sealed record FreeLb : Adversary
{
    /// <summary>On the command line.</summary>
    public static AttackDescription Description { get; } = new("freelb", "mean loss of K perturbations, each an ascent from the last",
        [.. OwnKnobs, nameof(AttackKnobs.Alpha), nameof(AttackKnobs.Steps), nameof(AttackKnobs.Norm), nameof(AttackKnobs.InitScale)], Make);

    /// <inheritdoc />
    public override string Name { get; init; } = "freelb";

    /// <summary>K: passes.</summary>
    public int Steps { get; init; } = 3;

    /// <summary>The norm of ε and α.</summary>
    public Norm Norm { get; init; }

    /// <summary>c: size of the random start.</summary>
    public double Init { get; init; } = Math.Sqrt(3) / 2;

    /// <inheritdoc />
    protected override bool MeasuresGain => false;

    /// <inheritdoc />
    public override int Passes => Steps;

    /// <inheritdoc />
    public override Measured Run(AttackStep step)
    {
        var climb = new Climb(step, this, Norm);
        climb.FromRandom(step.Seed, Init);
        Tensor? first = null, last = null;
        for (var k = 0; k < Steps; k++)
        {
            using var delta = climb.Delta.detach().requires_grad_();
            var loss = step.Loss(AttackStep.Add(step.Embed(), delta)) / Steps;
            loss.backward();
            last = loss.detach();
            first ??= last;
            if (k < Steps - 1) climb.Up(delta.grad!); // after the last pass nobody would look
        }
        return climb.Measured(step.Measured(first!, 1.0 / Steps), step.Mean(first!, 1.0 / Steps), step.Mean(last!, 1.0 / Steps));
    }

    static Adversary Make(AttackKnobs knobs)
    {
        var free = new FreeLb();
        return (free with { Steps = knobs.Steps ?? free.Steps, Norm = knobs.Norm ?? free.Norm, Init = knobs.InitScale ?? free.Init }).With(knobs);
    }
}

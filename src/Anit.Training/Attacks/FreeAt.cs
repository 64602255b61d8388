namespace Anit.Training.Attacks;

/// <summary>Adversarial training for free: m optimizer steps on each batch, whose one backward pass also moves δ for the next of them.</summary>
/// <remarks>Shafahi et al. (2019), arXiv:1904.12843. Rows of text differ in length, so δ is kept over the replays of a batch and begins
/// anew, c/√N · U(−ε, ε), with the next. The loop takes 1/m of the batches: as many steps and passes as plain tuning.</remarks>
public sealed record FreeAt : Adversary, IAttack // named again: it answers for Replays
{
    /// <summary>On the command line.</summary>
    public static AttackDescription Description { get; } = new("freeat", "m optimizer steps on each batch while the perturbation climbs",
        [.. OwnKnobs, nameof(AttackKnobs.Alpha), nameof(AttackKnobs.Replays), nameof(AttackKnobs.Norm), nameof(AttackKnobs.InitScale)], Make);

    /// <inheritdoc />
    public override string Name { get; init; } = "freeat";

    /// <summary>m: optimizer steps on each batch.</summary>
    public int Replays { get; init; } = 3;

    /// <summary>The norm of ε and α.</summary>
    public Norm Norm { get; init; }

    /// <summary>c: size of the random start.</summary>
    public double Init { get; init; } = Math.Sqrt(3) / 2;

    /// <inheritdoc />
    protected override bool MeasuresGain => false;

    /// <inheritdoc />
    public override int Passes => 1;

    /// <inheritdoc />
    public override Measured Run(AttackStep step)
    {
        var climb = new Climb(step, this, Norm);
        if (step.Kept is { } kept) climb.From(kept);
        else climb.FromRandom(step.Seed, Init);

        using var delta = climb.Delta.detach().requires_grad_();
        var loss = step.Loss(AttackStep.Add(step.Embed(), delta));
        loss.backward();
        climb.Up(delta.grad!);
        step.Kept = climb.Delta;
        return climb.Measured(step.Measured(loss), step.Mean(loss), atEnd: null);
    }

    static Adversary Make(AttackKnobs knobs)
    {
        var free = new FreeAt();
        return (free with
        {
            Replays = knobs.Replays ?? free.Replays, Norm = knobs.Norm ?? free.Norm, Init = knobs.InitScale ?? free.Init,
        }).With(knobs);
    }
}

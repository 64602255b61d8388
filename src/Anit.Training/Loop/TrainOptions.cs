namespace Anit.Training.Loop;

/// <summary>Everything that can change the outcome of a training run; the adversary's defaults are docs/method.md 4.4's preset <c>nrm</c>.</summary>
public sealed record TrainOptions
{
    /// <summary>How gradients are made.</summary>
    public IAttack Attack { get; init; } = new NoiseResponse();

    /// <summary>Optimizer steps of plain tuning before the attack begins. FreeLB's users needed about 20; a model from scratch needs as
    /// many as it takes to know anything that an adversary could shake.</summary>
    public int AttackWarmUp { get; init; }

    /// <summary>Passes over the data. An attack that replays batches takes as many steps as the others, so it passes over the data a
    /// replayth as often.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Stop after this many optimizer steps; 0 for no limit. The schedule spans what will really be run.</summary>
    public int MaxSteps { get; init; }

    /// <summary>Sequences in one forward pass.</summary>
    public int MicroBatch { get; init; } = 16;

    /// <summary>Input tokens in one forward pass at the most, instead of a number of sequences; 0 for a number of sequences.</summary>
    public int MostTokens { get; init; }

    /// <summary>How often rows of each source come, relative to those of the others; null for each row once an epoch.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Micro-batches in one optimizer step.</summary>
    public int Accumulate { get; init; } = 2;

    /// <summary>Peak learning rate.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Share of the steps that warm up.</summary>
    public double WarmUp { get; init; } = 0.04;

    /// <summary>How the learning rate falls after the warm-up.</summary>
    public Decay Decay { get; init; }

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest gradient norm, 0 for no limit. One default for every attack, so that two runs differ by the attack alone.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Seed of order, dropout and perturbations.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Steps between two log records.</summary>
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps between two looks at development rows; 0 for one at the end of each epoch. There is always one after the last step.</summary>
    public int EvalEvery { get; init; }

    /// <summary>Looks without better scores after which a run ends; 0 for never before its last step.</summary>
    public int Patience { get; init; }

    /// <summary>What makes the gradients of a step, counted from 0: plain tuning first where the attack waits.</summary>
    public IAttack AttackAt(int step) => step < AttackWarmUp ? WarmUpAttack : Attack;

    /// <summary>Which batch a step takes, counted over all epochs, and how often the batch was taken before: an attack with m replays takes
    /// each batch m times, once it has begun.</summary>
    public (int Batch, int Replay) BatchAt(int step)
    {
        var plain = Math.Min(step, AttackWarmUp);
        return (plain + (step - plain) / Attack.Replays, (step - plain) % Attack.Replays);
    }

    /// <summary>Batches done after some steps, the one in replay as a fraction.</summary>
    internal double BatchesAfter(int step)
    {
        var (batch, replay) = BatchAt(step);
        return batch + (double)replay / Attack.Replays;
    }

    static readonly Plain WarmUpAttack = new();
}

using static TorchSharp.torch;

namespace Anit.Training.Attacks;

/// <summary>One way to get gradients from a micro-batch: plain tuning, embedding noise, or adversarial perturbations.</summary>
/// <remarks>An attack perturbs the output of the token-embedding lookup, never the frozen embedding matrix, which is why it
/// works under LoRA. It adds to the parameters' gradients and never clears them, so accumulation just works.</remarks>
public interface IAttack
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Forward passes of a micro-batch, each with its backward pass (docs/attacks.md): what a step costs.</summary>
    int Passes { get; }

    /// <summary>Optimizer steps on the same batch; the loop then takes as many fewer batches, so that a run's steps stay the same.</summary>
    int Replays => 1;

    /// <summary>Whether a row's perturbation hangs on the other rows of its micro-batch, which then is not cut among processes.</summary>
    bool MixesRows => false;

    /// <summary>Adds the gradients of one micro-batch to the trained parameters and says what it measured, without waiting for it.</summary>
    Measured Run(AttackStep step);
}

/// <summary>What an attack needs to know of one micro-batch, and the loss it may differentiate.</summary>
/// <param name="model">The model.</param>
/// <param name="batch">The micro-batch.</param>
/// <param name="lossScale">1 / target tokens of the whole effective batch, so that accumulated losses are one token mean.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="dropoutKey">Key of this micro-batch's dropout masks; the same key draws the same masks in every pass.</param>
public sealed class AttackStep(CausalLm model, MicroBatch batch, double lossScale, ulong seed, ulong dropoutKey)
{
    /// <summary>Forward passes so far.</summary>
    public int Passes { get; private set; }

    /// <summary>(T, C) the δ that an attack wants back when the same micro-batch is replayed; null at first.</summary>
    public Tensor? Kept { get; set; }

    /// <summary>The micro-batch.</summary>
    public MicroBatch Batch => batch;

    /// <summary>Seed of the run.</summary>
    public ulong Seed => seed;

    /// <summary>C, the hidden size.</summary>
    public int Channels => model.Config.HiddenSize;

    /// <summary>The device of the model.</summary>
    public Device Device => batch.Targets.device;

    /// <summary>(T, C) the output of the embedding lookup, the injection point; carries a gradient only if the matrix is trained.</summary>
    public Tensor Embed() => model.Embed(batch.Packed.Ids);

    /// <summary>(T, C) δ added in fp32 and rounded to the embeddings' own type.</summary>
    public static Tensor Add(Tensor x, Tensor delta) => (x.to(ScalarType.Float32) + delta).to(x.dtype);

    /// <summary>Σ over answer tokens of −log p(token), times the loss scale. Inputs (T, C), result a scalar in fp32.</summary>
    /// <param name="x">Embeddings, perturbed or not.</param>
    /// <param name="freshDropout">Draw new dropout masks instead of those of the other passes.</param>
    public Tensor Loss(Tensor x, bool freshDropout = false)
    {
        model.Dropout.Enabled = true;
        model.Dropout.Seed = freshDropout ? CounterRandom.Word(dropoutKey, (ulong)Passes) : dropoutKey;
        Passes++;
        return model.Loss(model.Hidden(batch.Packed, x, batch.At), batch.Targets) * lossScale;
    }

    /// <summary>What this micro-batch measured, not read yet.</summary>
    /// <param name="loss">The loss as <see cref="Loss"/> gave it.</param>
    /// <param name="weight">What it was multiplied by since.</param>
    public Measured Measured(Tensor loss, double weight = 1) => new(batch.Examples.Count, batch.AnswerTokens, [Mean(loss, weight)]);

    /// <summary>A scaled loss as the mean over this micro-batch's answer tokens.</summary>
    internal Measured.Number Mean(Tensor loss, double weight = 1) => new(loss.detach(), lossScale * batch.AnswerTokens * weight);
}

/// <summary>What one micro-batch measured; sums over samples, so that reports add up.</summary>
public sealed record StepReport
{
    /// <summary>B.</summary>
    public required int Samples { get; init; }

    /// <summary>Answer tokens, the weight of the losses.</summary>
    public required int AnswerTokens { get; init; }

    /// <summary>Mean loss of the first term: L(f(X)) of Eq. 8, or the only loss there is.</summary>
    public required double Loss { get; init; }

    /// <summary>What the adversary measured; null for attacks without a δ.</summary>
    public AttackReport? Attack { get; init; }
}

/// <summary>Sums over a micro-batch's samples that show what the perturbation did (docs/method.md 3.7).</summary>
/// <param name="LossAtStart">L(f(X + δ₀)), mean over answer tokens.</param>
/// <param name="LossAtEnd">L(f(X + δ₁)), mean over answer tokens; null where the attack never computes it.</param>
/// <param name="Embedding">Σ ‖X_i‖ in scope.</param>
/// <param name="Start">Σ ‖δ₀_i‖.</param>
/// <param name="End">Σ ‖δ₁_i‖.</param>
/// <param name="Bound">Samples whose projection shortened δ.</param>
/// <param name="Cosine">Σ cos(δ₁_i, ĝ_i) over samples with a usable gradient.</param>
/// <param name="Degenerate">Samples whose gradient was zero or not finite.</param>
public sealed record AttackReport(
    double LossAtStart, double? LossAtEnd, double Embedding, double Start, double End, int Bound, double Cosine, int Degenerate);

using System.Text.Json.Serialization;

namespace Anit.Training.Loop;

/// <summary>One record of the training log: means since the record before.</summary>
/// <remarks>No clock in it: two runs of the same options write the same log.</remarks>
public sealed record TrainLog
{
    /// <summary>Optimizer steps done.</summary>
    [JsonPropertyName("step")] public required int Step { get; init; }

    /// <summary>Epochs done, with a fraction.</summary>
    [JsonPropertyName("epoch")] public required double Epoch { get; init; }

    /// <summary>Mean loss over answer tokens, in nats: the clean term where the attack has one.</summary>
    [JsonPropertyName("loss")] public required double Loss { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    [JsonPropertyName("lr")] public required double LearningRate { get; init; }

    /// <summary>Mean gradient norm before clipping.</summary>
    [JsonPropertyName("grad_norm")] public required double GradientNorm { get; init; }

    /// <summary>Input tokens trained on so far.</summary>
    [JsonPropertyName("tokens")] public required long Tokens { get; init; }

    /// <summary>Mean L(f(X + δ₀)).</summary>
    [JsonPropertyName("loss_delta0")] public double? LossAtStart { get; init; }

    /// <summary>Mean L(f(X + δ₁)); absent where the attack never computes it.</summary>
    [JsonPropertyName("loss_delta1")] public double? LossAtEnd { get; init; }

    /// <summary>L(f(X + δ₁)) minus the loss above: what the adversary gained.</summary>
    [JsonPropertyName("adversarial_gain")] public double? Gain { get; init; }

    /// <summary>ε of the last step, in the unit that it was given in, where it follows the gain.</summary>
    [JsonPropertyName("epsilon")] public double? Epsilon { get; init; }

    /// <summary>Mean ‖X_i‖ in scope.</summary>
    [JsonPropertyName("norm_x")] public double? Embedding { get; init; }

    /// <summary>Mean ‖δ₀_i‖.</summary>
    [JsonPropertyName("norm_delta0")] public double? Start { get; init; }

    /// <summary>Mean ‖δ₁_i‖.</summary>
    [JsonPropertyName("norm_delta1")] public double? End { get; init; }

    /// <summary>Share of samples whose projection shortened δ.</summary>
    [JsonPropertyName("bound_share")] public double? BoundShare { get; init; }

    /// <summary>Mean cos(δ₁_i, ĝ_i).</summary>
    [JsonPropertyName("cosine")] public double? Cosine { get; init; }

    /// <summary>Samples whose gradient was zero or not finite.</summary>
    [JsonPropertyName("degenerate")] public int? Degenerate { get; init; }
}

/// <summary>Adds up step reports until the next log record; a checkpoint holds the sums, so that a resumed run writes the same records.</summary>
sealed class LogSums
{
    public double Loss { get; set; }
    public double Start { get; set; }
    public double End { get; set; }
    public double Embedding { get; set; }
    public double StartNorm { get; set; }
    public double EndNorm { get; set; }
    public double Cosine { get; set; }
    public double Gradient { get; set; }
    public int Answers { get; set; }
    public int AttackedAnswers { get; set; }
    public int Samples { get; set; }
    public int Bound { get; set; }
    public int Degenerate { get; set; }
    public int Steps { get; set; }
    public double? Epsilon { get; set; }

    public void Add(StepReport report)
    {
        Loss += report.Loss * report.AnswerTokens;
        Answers += report.AnswerTokens;
        if (report.Attack is not { } a) return;
        AttackedAnswers += report.AnswerTokens;
        Samples += report.Samples;
        Start += a.LossAtStart * report.AnswerTokens;
        End += (a.LossAtEnd ?? double.NaN) * report.AnswerTokens; // not a number from then on: the record leaves it out
        (Embedding, StartNorm, EndNorm) = (Embedding + a.Embedding, StartNorm + a.Start, EndNorm + a.End);
        (Cosine, Bound, Degenerate) = (Cosine + a.Cosine, Bound + a.Bound, Degenerate + a.Degenerate);
    }

    /// <summary>The sums over micro-batches, in one piece, for several processes to add up.</summary>
    public double[] OfMicroBatches() =>
        [Loss, Start, End, Embedding, StartNorm, EndNorm, Cosine, Answers, AttackedAnswers, Samples, Bound, Degenerate];

    /// <summary>Adds what <see cref="OfMicroBatches"/> gave.</summary>
    public void Add(ReadOnlySpan<double> sums)
    {
        (Loss, Start, End, Embedding) = (Loss + sums[0], Start + sums[1], End + sums[2], Embedding + sums[3]);
        (StartNorm, EndNorm, Cosine) = (StartNorm + sums[4], EndNorm + sums[5], Cosine + sums[6]);
        (Answers, AttackedAnswers, Samples) = (Answers + (int)sums[7], AttackedAnswers + (int)sums[8], Samples + (int)sums[9]);
        (Bound, Degenerate) = (Bound + (int)sums[10], Degenerate + (int)sums[11]);
    }

    public void AddStep(double gradientNorm) => (Gradient, Steps) = (Gradient + gradientNorm, Steps + 1);

    public TrainLog Record(int step, double epoch, double learningRate, long tokens)
    {
        var log = new TrainLog
        {
            Step = step, Epoch = epoch, Loss = Loss / Answers, LearningRate = learningRate, GradientNorm = Gradient / Math.Max(1, Steps),
                Tokens = tokens,
        };
        if (Samples == 0) return log;
        var usable = Samples - Degenerate;
        return log with
        {
            Epsilon = Epsilon,
            LossAtStart = Start / AttackedAnswers,
            LossAtEnd = double.IsNaN(End) ? null : End / AttackedAnswers,
            Gain = double.IsNaN(End) ? null : End / AttackedAnswers - Loss / Answers,
            Embedding = Embedding / Samples, Start = StartNorm / Samples, End = EndNorm / Samples,
            BoundShare = (double)Bound / Samples, Cosine = usable > 0 ? Cosine / usable : null, Degenerate = Degenerate,
        };
    }
}

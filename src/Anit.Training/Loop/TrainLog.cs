using System.Text.Json.Serialization;

namespace Anit.Training;

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

    /// <summary>Mean L(f(X + δ₁)).</summary>
    [JsonPropertyName("loss_delta1")] public double? LossAtEnd { get; init; }

    /// <summary>L(f(X + δ₁)) − L(f(X)): what the adversary gained.</summary>
    [JsonPropertyName("adversarial_gain")] public double? Gain { get; init; }

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

/// <summary>Adds up step reports until the next log record.</summary>
sealed class LogSums
{
    double loss, start, end, embedding, startNorm, endNorm, cosine, gradient;
    int answers, attackedAnswers, samples, bound, degenerate, steps;

    public void Add(StepReport report)
    {
        loss += report.Loss * report.AnswerTokens;
        answers += report.AnswerTokens;
        if (report.Attack is not { } a) return;
        attackedAnswers += report.AnswerTokens;
        samples += report.Samples;
        start += a.LossAtStart * report.AnswerTokens;
        end += a.LossAtEnd * report.AnswerTokens;
        (embedding, startNorm, endNorm) = (embedding + a.Embedding, startNorm + a.Start, endNorm + a.End);
        (cosine, bound, degenerate) = (cosine + a.Cosine, bound + a.Bound, degenerate + a.Degenerate);
    }

    public void AddStep(double gradientNorm) => (gradient, steps) = (gradient + gradientNorm, steps + 1);

    public TrainLog Record(int step, double epoch, double learningRate, long tokens)
    {
        var log = new TrainLog
        {
            Step = step, Epoch = epoch, Loss = loss / answers, LearningRate = learningRate, GradientNorm = gradient / Math.Max(1, steps), Tokens = tokens,
        };
        if (samples == 0) return log;
        var usable = samples - degenerate;
        return log with
        {
            LossAtStart = start / attackedAnswers, LossAtEnd = end / attackedAnswers, Gain = end / attackedAnswers - loss / answers,
            Embedding = embedding / samples, Start = startNorm / samples, End = endNorm / samples,
            BoundShare = (double)bound / samples, Cosine = usable > 0 ? cosine / usable : null, Degenerate = degenerate,
        };
    }
}

using System.Text.Json.Serialization;

namespace Anit.Training.Loop;

/// <summary>Scores of one look at development rows.</summary>
/// <param name="Loss">Mean loss over answer tokens, in nats, with the raw instructions.</param>
/// <param name="F1">Strict Micro-F1, 0 to 1, of greedy answers to the raw instructions; 0 where nothing was to be found nor
/// was.</param>
/// <param name="NoisyLoss">The same with the noisy instructions; null where no row has one.</param>
/// <param name="NoisyF1">The same with the noisy instructions; null where no row has one.</param>
public sealed record DevScores(double Loss, double F1, double? NoisyLoss, double? NoisyF1)
{
    /// <summary>What the best is chosen by: the mean of the F1 there are.</summary>
    [JsonIgnore] public double Value => NoisyF1 is { } noisy ? (F1 + noisy) / 2 : F1;

    /// <summary>What decides between equals, the lower the better: the mean of the losses.</summary>
    [JsonIgnore] public double Tie => NoisyLoss is { } noisy ? (Loss + noisy) / 2 : Loss;
}

/// <summary>One record of the training log about development rows.</summary>
public sealed record DevLog
{
    /// <summary>Optimizer steps done.</summary>
    [JsonPropertyName("step")] public required int Step { get; init; }

    /// <summary>Epochs done, with a fraction.</summary>
    [JsonPropertyName("epoch")] public required double Epoch { get; init; }

    /// <summary>Mean loss over answer tokens, in nats.</summary>
    [JsonPropertyName("eval_loss")] public required double Loss { get; init; }

    /// <summary>Strict Micro-F1, 0 to 1.</summary>
    [JsonPropertyName("eval_f1")] public required double F1 { get; init; }

    /// <summary>The loss with noisy instructions; absent where no row has one.</summary>
    [JsonPropertyName("eval_loss_noisy")] public double? NoisyLoss { get; init; }

    /// <summary>The F1 with noisy instructions; absent where no row has one.</summary>
    [JsonPropertyName("eval_f1_noisy")] public double? NoisyF1 { get; init; }

    /// <summary>Whether these are the best scores so far, whose weights are kept.</summary>
    [JsonPropertyName("best")] public required bool Best { get; init; }
}

using Anit.Tools.Reports;

namespace Anit.Tools.Train;

/// <summary>The curves of a run, from its log. A chart whose values a run does not have is left out.</summary>
static class TrainCharts
{
    public static IReadOnlyList<IPart> Of(IReadOnlyList<TrainLog> log, TrainOptions options)
    {
        LineChart?[] all =
        [
            Chart(log, "Loss", "Mean over answer tokens, in nats: clean, at the random start of the perturbation, and at its end.",
                [("clean", r => r.Loss), ("at δ₀", r => r.LossAtStart), ("at δ₁", r => r.LossAtEnd)]),
            Chart(log, "Adversarial gain", "Loss at δ₁ minus the clean loss: what the adversary wins. Near 0 it changes nothing; where it grows "
                + "while the clean loss stays up, the radius is too large.", [("gain", r => r.Gain)], [0]),
            Chart(log, "Radius", "ε, which follows the gain (--target-gain), in the unit that it was given in.", [("ε", r => r.Epsilon)], [0]),
            Chart(log, "Cosine of δ₁ and the gradient", "1: along the gradient. Near 0 the perturbation is random noise.",
                [("cosine", r => r.Cosine)], [0, 1]),
            Chart(log, "Size of the perturbation", "‖δ‖ as a share of ‖X‖, in per cent, mean over samples.",
                [("δ₀", r => Percent(r.Start, r.Embedding)), ("δ₁", r => Percent(r.End, r.Embedding))], [0]),
            Chart(log, "Norm of the perturbation", "Mean over samples, on the scale of the embeddings.",
                [("‖δ₀‖", r => r.Start), ("‖δ₁‖", r => r.End)], [0]),
            Chart(log, "Norm of the embeddings", "Mean over samples, of the tokens that may be perturbed.", [("‖X‖", r => r.Embedding)], [0]),
            Chart(log, "Samples at the radius", "Per cent of the samples whose perturbation the projection shortened. At 100 under a fixed radius, β "
                + "changes nothing.", [("at the radius", r => 100 * r.BoundShare)], [0, 100]),
            Chart(log, "Learning rate", null, [("learning rate", r => r.LearningRate)], [0]),
            Chart(log, "Gradient norm", options.ClipNorm > 0 ? "Mean before clipping." : "Mean; nothing is clipped.",
                [("gradient norm", r => r.GradientNorm)], [0]) is { } norm && options.ClipNorm > 0
                ? norm with { Level = (options.ClipNorm, $"clipped above {Numbers.Short(options.ClipNorm)}") } : null,
        ];
        return [.. all.OfType<LineChart>()];
    }

    /// <summary>The curves of development rows.</summary>
    public static IReadOnlyList<IPart> Of(IReadOnlyList<DevLog> looks)
    {
        LineChart?[] all =
        [
            Chart(looks, r => r.Step, "Development F1", "Strict Micro-F1 of greedy answers, in per cent.",
                [("raw", r => 100 * r.F1), ("noisy", r => 100 * r.NoisyF1)]),
            Chart(looks, r => r.Step, "Development loss", "Mean over answer tokens, in nats.", [("raw", r => r.Loss), ("noisy", r => r.NoisyLoss)]),
        ];
        return [.. all.OfType<LineChart>()];
    }

    static LineChart? Chart(IReadOnlyList<TrainLog> log, string title, string? note, (string Name, Func<TrainLog, double?> Value)[] values,
        IReadOnlyList<double>? reaches = null) => Chart(log, record => record.Step, title, note, values, reaches);

    static LineChart? Chart<T>(IReadOnlyList<T> log, Func<T, int> step, string title, string? note, (string Name, Func<T, double?> Value)[] values,
        IReadOnlyList<double>? reaches = null)
    {
        var curves = values.Select(v => new Curve(v.Name, [.. log.Select(r => new ChartPoint(step(r), v.Value(r) ?? double.NaN))]))
            .Where(c => c.Points.Any(p => double.IsFinite(p.Y))).ToList();
        return curves.Count == 0 ? null : new(title, "optimizer step", curves) { Note = note, Reaches = reaches ?? [], Whole = true };
    }

    static double? Percent(double? part, double? whole) => whole > 0 ? 100 * part / whole : null;
}

using System.Diagnostics;

namespace Anit.Tools.Train;

/// <summary>What a run says on standard error when it is done: losses, time, memory, where things are, what to type next.</summary>
sealed class RunSummary
{
    readonly Stopwatch clock = Stopwatch.StartNew();
    readonly long tokens;
    readonly int steps;

    /// <summary>Begins to measure; a run that goes on from a checkpoint counts from there.</summary>
    public RunSummary(Trainer trainer) => (steps, tokens) = (trainer.Done, trainer.Tokens);

    /// <summary>The lines, without the tool's name.</summary>
    /// <param name="trainer">The run.</param>
    /// <param name="records">Its records.</param>
    /// <param name="place">The result's folder.</param>
    /// <param name="next">The command to type next.</param>
    public IEnumerable<string> Lines(Trainer trainer, Records records, string place, string next)
    {
        var seconds = Math.Max(clock.Elapsed.TotalSeconds, 1e-3);
        var log = records.Training;
        if (log.Count > 0)
        {
            var last = log[^1];
            var line = $"loss {log[0].Loss:0.000} at the beginning, {last.Loss:0.000} at the end";
            if (last.Gain is { } gain) line += $"; adversarial gain {gain:0.000}";
            if (last.Cosine is { } cosine) line += $", cosine {cosine:0.00}";
            yield return line;
        }
        if (records.Best is { } best)
        {
            var early = trainer.Done < trainer.Steps ? $"; ended after step {trainer.Done:N0} of {trainer.Steps:N0}, no better for some looks" : "";
            yield return $"kept the weights after step {best.Step:N0}, the best on development rows: {Scores(best)}{early}";
        }
        var done = trainer.Done - steps;
        yield return $"{done:N0} steps in {Duration(seconds)}, {seconds / Math.Max(done, 1):0.00} s/step, {(trainer.Tokens - tokens) / seconds:N0} "
            + $"tokens/s; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e9:0.00} GB";
        yield return $"{place} holds the result; its curves are in {TrainReport.Name}, its numbers in {Records.Name}, "
            + $"its settings in {Settings.Name}";
        yield return $"next: {next}";
    }

    /// <summary>Scores in a few words.</summary>
    public static string Scores(DevLog scores) => scores is { NoisyF1: { } f1, NoisyLoss: { } loss }
        ? $"Micro-F1 {100 * scores.F1:0.0} raw and {100 * f1:0.0} noisy, loss {scores.Loss:0.000} and {loss:0.000}"
        : $"Micro-F1 {100 * scores.F1:0.0}, loss {scores.Loss:0.000}";

    static string Duration(double seconds) => seconds switch
    {
        < 90 => $"{seconds:0.0} s",
        < 5400 => $"{seconds / 60:0.0} min",
        _ => $"{seconds / 3600:0.0} h",
    };
}

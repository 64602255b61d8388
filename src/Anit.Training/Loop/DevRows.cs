using Anit.Nlu;
using static TorchSharp.torch;

namespace Anit.Training.Loop;

/// <summary>Answers rows with the instruction they carry, in their order: the text, and whether it was cut off at its longest.</summary>
public delegate IReadOnlyList<(string Text, bool Truncated)> RowAnswers(IReadOnlyList<NluRow> rows);

/// <summary>Development rows: loss and F1 with their raw instructions and, where there are any, with their noisy ones.</summary>
/// <remarks>A row without a noisy instruction is asked with its raw one both times, as anit-eval does.</remarks>
public sealed class DevRows
{
    const int AtOnce = 16;

    readonly IReadOnlyList<NluRow> raw, noisy;
    readonly IReadOnlyList<Example> rawExamples, noisyExamples;

    /// <summary>Prepares rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="builder">Makes the token ids of prompt and gold answer.</param>
    /// <exception cref="InvalidDataException">There are none, or one has no answer to compare with.</exception>
    public DevRows(IReadOnlyList<NluRow> rows, ExampleBuilder builder)
    {
        if (rows.Count == 0) throw new InvalidDataException("no development rows");
        raw = [.. rows.Select(row => row with { NoisyInstruction = null })];
        noisy = rows.Any(row => row.NoisyInstruction is not null)
            ? [.. rows.Select(row => row with { Instruction = row.NoisyInstruction ?? row.Instruction, NoisyInstruction = null })] : [];
        (rawExamples, noisyExamples) = (Built(raw), Built(noisy));

        IReadOnlyList<Example> Built(IReadOnlyList<NluRow> rows) => [.. rows.Select(row => builder.Build(row, 0)
            ?? throw new InvalidDataException($"development row {row.Id}: no token of an answer to learn from; its target is empty, or the prompt "
                + "without its text is longer than --max-length"))];
    }

    /// <summary>The rows with their raw instructions.</summary>
    public IReadOnlyList<NluRow> Raw => raw;

    /// <summary>Measures a model as it is now, without dropout.</summary>
    public DevScores Score(CausalLm model, RowAnswers answers)
    {
        model.Dropout.Enabled = false; // a training step turns it on again
        return new(Loss(model, rawExamples), F1(raw, answers), noisy.Count > 0 ? Loss(model, noisyExamples) : null,
            noisy.Count > 0 ? F1(noisy, answers) : null);
    }

    static double F1(IReadOnlyList<NluRow> rows, RowAnswers answers)
    {
        var scorer = new Scorer();
        foreach (var (row, (text, truncated)) in rows.Zip(answers(rows))) scorer.Add(row, text, truncated);
        return scorer.Result().Overall.Strict.F1 ?? 0;
    }

    static double Loss(CausalLm model, IReadOnlyList<Example> examples)
    {
        using var quiet = no_grad();
        double sum = 0;
        foreach (var chunk in examples.OrderBy(e => e.Inputs).Chunk(AtOnce))
        {
            using var scope = NewDisposeScope();
            using var batch = new MicroBatch(chunk, epoch: 0, model.Options.Device);
            sum += model.Loss(model.Hidden(batch.Packed, null, batch.At), batch.Targets).item<float>();
        }
        return sum / examples.Sum(e => e.Targets);
    }
}

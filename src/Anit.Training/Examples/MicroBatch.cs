using static TorchSharp.torch;

namespace Anit.Training.Examples;

/// <summary>Which tokens a perturbation may touch.</summary>
public enum Scope
{
    /// <summary>Every prompt token, none of the answer: δ has the shape of X_n = {I_n, C} (Eq. 5-8).</summary>
    Prompt,

    /// <summary>The instruction's tokens only.</summary>
    Instruction,

    /// <summary>Every token, answers included, as NEFTune does.</summary>
    All,
}

/// <summary>A few examples as packed tensors: T input tokens of B samples one after another, no padding; A answer tokens.</summary>
public sealed class MicroBatch : IDisposable
{
    /// <summary>Packs examples and moves them to a device.</summary>
    public MicroBatch(IReadOnlyList<Example> examples, int epoch, Device device)
    {
        Examples = examples;
        Epoch = epoch;
        var lengths = examples.Select(e => e.Inputs).ToArray();
        Tokens = lengths.Sum();
        AnswerTokens = examples.Sum(e => e.Targets);
        Starts = new int[examples.Count + 1];
        var at = new long[AnswerTokens];
        var targets = new long[AnswerTokens];
        var segments = new long[Tokens];
        var sequences = new int[examples.Count][];
        for (int b = 0, a = 0; b < examples.Count; b++)
        {
            var (example, start) = (examples[b], Starts[b]);
            sequences[b] = [.. example.Prompt, .. example.Answer.AsSpan(..^1)];
            Starts[b + 1] = start + lengths[b];
            segments.AsSpan(start, lengths[b]).Fill(b);
            for (var i = 0; i < example.Answer.Length; i++)
            {
                if (example.Learned is { } learned && !learned[i]) continue;
                at[a] = start + example.Prompt.Length - 1 + i; // the row whose output predicts answer token i
                targets[a++] = example.Answer[i];
            }
        }
        // Dropout is keyed by the sample too, so it does not depend on how samples are batched.
        Packed = new PackedBatch(sequences, device, [.. examples.Select(e => CounterRandom.Key(0, epoch, e.Id, "sequence"))]);
        At = tensor(at).DetachFromDisposeScope(); // read on this side, too: from the device that would be waiting
        Targets = tensor(targets, device: device).DetachFromDisposeScope();
        Segments = tensor(segments, device: device).DetachFromDisposeScope();
    }

    /// <summary>The examples, in order.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>The epoch these belong to; part of the key of their perturbations.</summary>
    public int Epoch { get; }

    /// <summary>T, the number of input tokens.</summary>
    public int Tokens { get; }

    /// <summary>A, the number of answer tokens, each of them a prediction target.</summary>
    public int AnswerTokens { get; }

    /// <summary>First token of each sample, and T at the end: B + 1 numbers.</summary>
    public int[] Starts { get; }

    /// <summary>The model's input.</summary>
    public PackedBatch Packed { get; }

    /// <summary>(A) rows whose hidden states predict the targets; on the CPU.</summary>
    public Tensor At { get; }

    /// <summary>(A) target token ids.</summary>
    public Tensor Targets { get; }

    /// <summary>(T) the sample each token belongs to.</summary>
    public Tensor Segments { get; }

    /// <summary>First and one past the last token that <paramref name="scope"/> lets sample <paramref name="b"/> perturb.</summary>
    public (int From, int To) Range(int b, Scope scope, bool includeBos)
    {
        var (example, start) = (Examples[b], Starts[b]);
        var (from, to) = scope switch
        {
            Scope.Instruction => (example.InstructionStart, example.InstructionEnd),
            Scope.Prompt => (0, example.Prompt.Length),
            _ => (0, example.Inputs),
        };
        if (!includeBos) from = Math.Max(from, 1);
        return (start + from, start + Math.Max(from, to));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Packed.Dispose();
        At.Dispose();
        Targets.Dispose();
        Segments.Dispose();
    }
}

using static TorchSharp.torch;

namespace Anit.Models.Families;

/// <summary>How much memory a training pass holds at its peak beside weights and gradients, from the shapes of what it keeps.</summary>
/// <remarks>What <see cref="FusedDecoderLayer"/> keeps is known tensor by tensor (its record of saved tensors). Layers on the tape, operation by
/// operation, keep <see cref="OnTape"/> times as much, as measured on SmolLM2. Freed memory that is too scattered to be used again adds a
/// tenth, and a layer that is computed again holds its moment's tensors forward and backward.</remarks>
/// <param name="config">The model's shape.</param>
/// <param name="options">How it was loaded.</param>
/// <param name="checkpointing">Whether layers keep their input alone.</param>
sealed class ActivationSize(ModelConfig config, LoadOptions options, bool checkpointing)
{
    const double OnTape = 2.3, Scattered = 1.1;

    long Heads => (long)config.NumAttentionHeads * config.HeadDim;

    long KeyHeads => (long)config.NumKeyValueHeads * config.HeadDim;

    /// <summary>Bytes of a forward and backward pass.</summary>
    /// <param name="tokens">T of the batch.</param>
    /// <param name="rows">R rows whose hidden states are wanted.</param>
    public long Bytes(int tokens, int rows)
    {
        var width = options.ActivationDtype == ScalarType.Float32 ? 4 : 2;
        var factor = FusedDecoderLayer.Serves(config, options) ? 1 : OnTape;
        double layers = config.NumHiddenLayers - 1;
        var (whole, last) = (factor * Kept(tokens, tokens), factor * Kept(tokens, rows));
        double input = (long)tokens * config.HiddenSize, step = factor * Transient(tokens), loss = Loss(rows);
        var peak = checkpointing ? Math.Max((layers + 1) * input + loss, layers * input + whole + (2 * step))
            : Math.Max(layers * whole + last + loss, layers * whole + step);
        return (long)(Scattered * width * (peak + input));
    }

    /// <summary>What a layer keeps of T tokens, R of them queries.</summary>
    double Kept(double tokens, double rows)
    {
        double Ranks(params string[] names) => names.Count(n => options.Lora?.Targets.Contains(n) == true) * (options.Lora?.Rank ?? 0);
        return tokens * (config.HiddenSize + 2 * KeyHeads + Ranks("k_proj", "v_proj"))
            + rows * (2 * Heads + config.NumAttentionHeads + config.HiddenSize + 2.0 * config.IntermediateSize
                + Ranks("q_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));
    }

    /// <summary>What the backward pass through a layer holds for a moment: the MLP's gradients.</summary>
    double Transient(double tokens) => tokens * ((options.Lora?.Dropout > 0 ? 5.0 : 3.0) * config.IntermediateSize + 4.0 * config.HiddenSize);

    /// <summary>A block of scores; with a trained output layer all of them.</summary>
    double Loss(double rows) =>
        (config.FinalLogitSoftcapping is null ? 1 : 3)
        * (options.Tune == Tune.Full ? 2 * rows * config.VocabSize : Math.Min(rows * config.VocabSize, CrossEntropy.BlockElements));
}

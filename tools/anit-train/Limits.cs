using Anit.Cli;

namespace Anit.Tools.Train;

/// <summary>Sizes that no machine computes, refused by the configuration alone and before memory is taken.</summary>
static class Limits
{
    /// <summary>Refuses a rank that adds nothing, and a fresh model that is larger than the memory.</summary>
    /// <param name="config">The base model's.</param>
    /// <param name="lora">The update asked for; null for full tuning.</param>
    /// <param name="random">Whether weights are made, not read.</param>
    /// <param name="memory">Bytes that this process may have.</param>
    public static void Check(ModelConfig config, LoraOptions? lora, bool random, long memory)
    {
        // One side of every linear layer is that wide, so an update of that rank can already be any matrix.
        if (lora?.Rank > config.HiddenSize)
            throw new UserError($"--rank is {lora.Rank}; expected at most {config.HiddenSize}, this model's hidden_size: a larger rank adds nothing",
                Exit.Usage);
        var bytes = sizeof(float) * config.MatrixParameters;
        if (random && bytes > memory)
            throw new UserError($"a model from scratch with this config.json has {config.MatrixParameters / 1e9:0.#} billion parameters, "
                + $"{bytes / 1e9:N0} GB, and four times that to be trained; this machine has {memory / 1e9:N0} GB: take a smaller one");
    }
}

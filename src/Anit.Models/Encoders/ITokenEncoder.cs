using static TorchSharp.torch;

namespace Anit.Models.Encoders;

/// <summary>A model that gives a state for each token: what vectors of texts are pooled from.</summary>
public interface ITokenEncoder : IDisposable
{
    /// <summary>C, channels of a state.</summary>
    int HiddenSize { get; }

    /// <summary>The longest sequence, in tokens.</summary>
    int MaxPositions { get; }

    /// <summary>The last hidden states, (T, C).</summary>
    Tensor Hidden(PackedBatch batch);
}

/// <summary>A causal language model as an encoder: its hidden states after the final norm.</summary>
/// <param name="model">The model; disposed with this.</param>
public sealed class CausalEncoder(CausalLm model) : ITokenEncoder
{
    /// <inheritdoc/>
    public int HiddenSize => model.Config.HiddenSize;

    /// <inheritdoc/>
    public int MaxPositions => model.Config.MaxPositionEmbeddings;

    /// <inheritdoc/>
    public Tensor Hidden(PackedBatch batch)
    {
        using var quiet = no_grad();
        return model.Hidden(batch);
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}

using static TorchSharp.torch;

namespace Anit.Models.Generation;

/// <summary>Rotated keys and values of tokens that all sequences of a batch begin with.</summary>
/// <remarks>A layer's tensors are (Hkv, P, D).</remarks>
sealed class SharedPrefix : IDisposable
{
    readonly Tensor[] keys;
    readonly Tensor[] values;

    /// <summary>Computes a model's keys and values of some tokens.</summary>
    public SharedPrefix(CausalLm model, int[] tokens)
    {
        using var scope = NewDisposeScope();
        using var packed = new PackedBatch([tokens], model.Options.Device);
        (keys, values) = (new Tensor[model.Config.NumHiddenLayers], new Tensor[model.Config.NumHiddenLayers]);
        Length = tokens.Length;

        Tensor ByHead(Tensor rows) => rows.view(Length, -1, model.Config.HeadDim).transpose(0, 1).contiguous().DetachFromDisposeScope();
        using var layout = model.LayOut(packed);
        var attention = new PackedAttention(model.Config, layout.All, filled: (layer, k, v) => (keys[layer], values[layer]) = (ByHead(k), ByHead(v)));
        var end = tensor(new[] { Length - 1L }, device: model.Options.Device); // of the last layer only keys and values are needed
        model.Run(model.Embed(packed.Ids), new Pass(layout.All, layout.Select(end), attention));
    }

    /// <summary>P, how many tokens.</summary>
    public int Length { get; }

    /// <summary>A layer's keys and values.</summary>
    public (Tensor Keys, Tensor Values) Of(int layer) => (keys[layer], values[layer]);

    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values)) tensor.Dispose();
    }
}

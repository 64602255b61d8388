using static TorchSharp.torch;

namespace Anit.Models.Layers;

/// <summary>A linear layer, y = x Wᵀ + b, frozen or trained as the store decides.</summary>
/// <remarks>Shapes: x (R, in), W (out, in), b (out,), y (R, out).</remarks>
class Linear(Weights w, int inputs, int outputs, bool hasBias)
{
    protected readonly Tensor weight = w.Base("weight", [outputs, inputs], Init.Normal(w.Deviation));
    protected readonly Tensor? bias = hasBias ? w.Base("bias", [outputs], Init.Zeros) : null;

    /// <summary>The weight's full name.</summary>
    public string WeightName { get; } = w.Name + ".weight";

    /// <summary>The layer of that name: with a low-rank update where the options ask for one.</summary>
    public static Linear Make(Weights w, int inputs, int outputs, bool hasBias = false) =>
        w.Lora?.For(w.Name) is not { } lora ? new Linear(w, inputs, outputs, hasBias)
            : lora.Dora ? new DoraLinear(w, inputs, outputs, hasBias, lora)
            : new LoraLinear(w, inputs, outputs, hasBias, lora);

    public virtual Tensor Forward(Tensor x) => BaseOutput(x);

    /// <summary>(out, in), of the base model.</summary>
    internal Tensor Weight => weight;

    /// <summary>The base model's part of the output, (R, in) to (R, out).</summary>
    internal Tensor BaseOutput(Tensor x) => WeightProduct.Forward(x, weight, bias);
}

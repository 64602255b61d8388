using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models.Lora;

/// <summary>LoRA with magnitudes of their own: y = g ∘ (x Wᵀ + s · x Aᵀ Bᵀ), where g = m / ‖W + s B A‖ scales each output.</summary>
/// <remarks>Liu et al. (2024), arXiv:2402.09353; the norm is a constant of the backward pass (section 4.3). m starts at the rows' norms
/// of W: a fresh adapter changes nothing. With dropout, base and update both see the dropped inputs where g differs from one, as in PEFT.
/// Shapes: m, g (out,), the rest as in <see cref="LoraLinear"/>.</remarks>
sealed class DoraLinear : LoraLinear
{
    readonly Tensor magnitude;

    public DoraLinear(Weights w, int inputs, int outputs, bool hasBias, LoraOptions lora) : base(w, inputs, outputs, hasBias, lora)
    {
        magnitude = w.Adapter("lora_magnitude_vector", [outputs], Init.Ones);
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        magnitude.copy_(weight.to(magnitude.dtype).norm(1, false, 2));
    }

    protected override Tensor Updated(Tensor x)
    {
        var scale = magnitude / Norms();                       // (out,)
        var dropped = Dropped(x);                              // (R, in)
        var update = linear(linear(dropped, a), b) * Lora.Scale; // (R, out)
        if (!Drops)
        {
            var whole = (WeightProduct.Forward(x, weight) + update) * scale;  // (R, out)
            return (bias is null ? whole : whole + bias).to(x.dtype);
        }
        var baseOfDropped = WeightProduct.Forward(dropped.to(x.dtype), weight); // (R, out)
        return (BaseOutput(x) + (scale - 1) * baseOfDropped + scale * update).to(x.dtype);
    }

    /// <summary>g ∘ (W + s B A), shape (out, in), float32.</summary>
    public override Tensor Merged()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var whole = base.Merged();
        return (whole * (magnitude / whole.norm(1, true, 2).view(-1)).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>‖W + s B A‖ of each row, (out,).</summary>
    Tensor Norms()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var whole = weight.dtype == a.dtype ? addmm(weight, b, a, 1, (float)Lora.Scale) : weight.to(a.dtype) + b.matmul(a) * Lora.Scale;
        return whole.norm(1, false, 2).MoveToOuterDisposeScope();
    }
}

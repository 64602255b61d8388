using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models;

/// <summary>A frozen linear layer with a trainable low-rank update: y = x Wᵀ + s · drop(x) Aᵀ Bᵀ, with s = α/r.</summary>
/// <remarks>Hu et al. (2021), arXiv:2106.09685, section 4.1. B starts at zero: a fresh adapter changes nothing.
/// Shapes: x (R, in), W (out, in), A (r, in), B (out, r), y (R, out). Names follow PEFT's files. A and B are float32 whatever
/// the base model is, as PEFT keeps them.</remarks>
sealed class LoraLinear(Weights w, int inputs, int outputs, bool hasBias, LoraOptions lora) : Linear(w, inputs, outputs, hasBias)
{
    readonly Tensor a = w.Adapter("lora_A.weight", [lora.Rank, inputs], Init.KaimingUniform(inputs, a: Math.Sqrt(5)));
    readonly Tensor b = w.Adapter("lora_B.weight", [outputs, lora.Rank], Init.Zeros);
    readonly ulong stream = Counter.Key(0, w.Name);
    Tensor? merged;

    public override Tensor Forward(Tensor x, Rows rows, DropoutState dropout)
    {
        if (merged is not null) return linear(x, merged, bias);

        using var scope = NewDisposeScope();
        var plain = linear(x, weight, bias);
        var wide = x.to(a.dtype);
        if (dropout.Enabled && lora.Dropout > 0)
            wide = wide * dropout.Mask(stream, rows.Keys.Value, (int)x.size(1), lora.Dropout, x.device, a.dtype);
        var narrow = linear(wide, a); // (R, r)
        // With one element type the update is added inside the matrix product; otherwise in the update's, the wider one.
        var y = plain.dtype == a.dtype
            ? addmm(plain, narrow, b.t(), 1, (float)lora.Scale)
            : (plain + linear(narrow, b) * lora.Scale).to(plain.dtype);
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>W + s B A, shape (out, in): the plain layer to export.</summary>
    public Tensor Merged()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var sum = weight.to(a.dtype) + b.matmul(a) * lora.Scale;
        return sum.to(weight.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Computes with <see cref="Merged"/> from now on: faster, but without gradients for A and B.</summary>
    public void Merge()
    {
        Unmerge();
        merged = Merged().DetachFromDisposeScope();
    }

    /// <summary>Back to base and update.</summary>
    public void Unmerge()
    {
        merged?.Dispose();
        merged = null;
    }
}

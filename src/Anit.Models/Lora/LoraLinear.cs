using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Anit.Models.Lora;

/// <summary>A frozen linear layer with a trainable low-rank update: y = x Wᵀ + s · drop(x) Aᵀ Bᵀ, with s = α/r.</summary>
/// <remarks>Hu et al. (2021), arXiv:2106.09685, section 4.1. B starts at zero: a fresh adapter changes nothing.
/// Shapes: x (R, in), W (out, in), A (r, in), B (out, r), y (R, out). Names follow PEFT's files. A and B are float32 whatever
/// the base model is, as PEFT keeps them.</remarks>
class LoraLinear(Weights w, int inputs, int outputs, bool hasBias, LoraOptions lora) : Linear(w, inputs, outputs, hasBias)
{
    protected readonly Tensor a = w.Adapter("lora_A.weight", [lora.Rank, inputs], Init.KaimingUniform(inputs, a: Math.Sqrt(5)));
    protected readonly Tensor b = w.Adapter("lora_B.weight", [outputs, lora.Rank], Init.Zeros);
    readonly ulong stream = SplitMix64.Key(0, w.Name);
    readonly DropoutState dropout = w.Dropout;
    Tensor? merged;

    protected LoraOptions Lora => lora;

    /// <summary>The update's first half, (r, in).</summary>
    internal Tensor A => a;

    /// <summary>The update's second half, (out, r).</summary>
    internal Tensor B => b;

    /// <summary>s = α/r.</summary>
    internal double Scale => lora.Scale;

    /// <summary>Whether base and update are one matrix now.</summary>
    internal bool IsMerged => merged is not null;

    public override Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (merged is null ? Updated(x) : WeightProduct.Forward(x, merged, bias)).MoveToOuterDisposeScope();
    }

    /// <summary>Base and update apart.</summary>
    protected virtual Tensor Updated(Tensor x)
    {
        var baseOutput = BaseOutput(x);            // (R, out)
        var lowRank = linear(Dropped(x), a);       // (R, r)
        // With one element type the update is added inside the matrix product; otherwise in the update's, the wider one.
        return baseOutput.dtype == a.dtype
            ? addmm(baseOutput, lowRank, b.t(), 1, (float)lora.Scale)
            : (baseOutput + linear(lowRank, b) * lora.Scale).to(baseOutput.dtype); // (R, out)
    }

    /// <summary>The update's inputs in its element type, some of them dropped in training.</summary>
    protected internal Tensor Dropped(Tensor x) => dropout.Apply(x.to(a.dtype), stream, lora.Dropout); // (R, in)

    protected internal bool Drops => dropout.Drops(lora.Dropout);

    /// <summary>W + s B A, shape (out, in), float32: the plain layer to export, rounded only once by whoever writes it.</summary>
    public virtual Tensor Merged()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return (weight.to(a.dtype) + b.matmul(a) * lora.Scale).MoveToOuterDisposeScope();
    }

    /// <summary>Computes with <see cref="Merged"/> in the base's element type from now on: faster, but without gradients for A and B.</summary>
    public void Merge()
    {
        Unmerge();
        using var scope = NewDisposeScope();
        merged = Merged().to(weight.dtype).alias().DetachFromDisposeScope();
    }

    /// <summary>Back to base and update.</summary>
    public void Unmerge()
    {
        merged?.Dispose();
        merged = null;
    }
}

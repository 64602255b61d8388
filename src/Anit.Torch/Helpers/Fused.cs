using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Anit.Torch;

/// <summary>The nonlinearity of a gated MLP, as the fused operations know it.</summary>
public enum FusedActivation
{
    /// <summary>x · sigmoid(x).</summary>
    Silu = 0,

    /// <summary>GELU by its tanh approximation.</summary>
    GeluTanh = 1,
}

/// <summary>Which keys each query of a packed batch sees: causal attention within sequences that lie end to end.</summary>
/// <param name="Heads">H query heads.</param>
/// <param name="KeyHeads">Hkv key and value heads; H is a multiple of it.</param>
/// <param name="Dim">D channels a head, a multiple of 16.</param>
/// <param name="Starts">(B + 1) int64, CPU: where each sequence's keys begin.</param>
/// <param name="QueryStarts">(B + 1) int64, CPU: where each sequence's queries begin.</param>
/// <param name="Positions">(R) int64, CPU: each query's place in its sequence, ascending; it sees the keys up to there.</param>
/// <param name="Window">How many keys a query sees at the most.</param>
/// <param name="Scale">Factor of the scores.</param>
public sealed record PackedHeads(int Heads, int KeyHeads, int Dim, Tensor Starts, Tensor QueryStarts, Tensor Positions, long Window, double Scale);

/// <summary>The numbers of one step of AdamW: w ← decay · w − size · m / (√v / root + ε), with m and v the running means.</summary>
/// <param name="Gradient">What gradients are multiplied by first, to clip them.</param>
/// <param name="Beta1">Share of m that stays.</param>
/// <param name="Beta2">Share of v that stays.</param>
/// <param name="Root">√(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Size">The learning rate over 1 − β₁ᵗ.</param>
/// <param name="Decay">1 − learning rate · weight decay.</param>
public readonly record struct AdamWStep(double Gradient, double Beta1, double Beta2, double Root, double Epsilon, double Size, double Decay);

/// <summary>Row-wise work of a transformer layer in one pass over memory each, forward and backward, on the CPU in float32.</summary>
/// <remarks>None of these is on the tape: a layer that calls them has a backward half of its own (<see cref="Native.WithBackward"/>).
/// Every tensor is contiguous. Results do not depend on the number of threads. Knows of tensors only their handles, as <see cref="Native"/>
/// does.</remarks>
public static partial class Fused
{
    /// <summary>y = x / sqrt(mean(x²) + eps) · (w + add).</summary>
    /// <param name="x">(R, C).</param>
    /// <param name="weight">(C,).</param>
    /// <param name="eps">Added under the root.</param>
    /// <param name="add">Added to the weight: 1 in Gemma's norms, else 0.</param>
    /// <returns>y (R, C) and the inverse roots (R,).</returns>
    public static (Tensor Y, Tensor Inverse) RmsNorm(Tensor x, Tensor weight, double eps, double add)
    {
        var y = Made(anit_rms_norm(x.Handle, weight.Handle, eps, add, out var inverse));
        return (y, Made(inverse));
    }

    /// <summary>The gradient of x, added to <paramref name="residual"/> if there is one.</summary>
    public static Tensor RmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor inverse, double add, Tensor? residual) =>
        Made(anit_rms_norm_backward(dy.Handle, x.Handle, weight.Handle, inverse.Handle, residual?.Handle ?? 0, add));

    /// <summary>Rotates heads (R, H·D) in place by cosines (R, 1, D) and sines (R, 1, D/2); sign -1 turns back, which is the gradient.</summary>
    public static void Rotate(Tensor heads, Tensor cos, Tensor sin, int dim, int sign = 1) =>
        Done(anit_rotate_(heads.Handle, cos.Handle, sin.Handle, dim, sign));

    /// <summary>act(gate) ∘ up.</summary>
    public static Tensor Gated(Tensor gate, Tensor up, FusedActivation activation) => Made(anit_gated(gate.Handle, up.Handle, (int)activation));

    /// <summary>The gradient of gate; <paramref name="gradient"/>, the product's, becomes that of up.</summary>
    public static Tensor GatedBackward(Tensor gradient, Tensor gate, Tensor up, FusedActivation activation) =>
        Made(anit_gated_backward_(gradient.Handle, gate.Handle, up.Handle, (int)activation));

    /// <summary>Layer normalisation of x + residual + bias: mean off, divided by sqrt(variance + eps), times the weight plus the shift.</summary>
    /// <param name="x">(R, C).</param>
    /// <param name="residual">(R, C), or null.</param>
    /// <param name="bias">(C,), or null.</param>
    /// <param name="weight">(C,).</param>
    /// <param name="shift">(C,).</param>
    /// <param name="eps">Added under the root.</param>
    public static Tensor LayerNorm(Tensor x, Tensor? residual, Tensor? bias, Tensor weight, Tensor shift, double eps) =>
        Made(anit_layer_norm(x.Handle, residual?.Handle ?? 0, bias?.Handle ?? 0, weight.Handle, shift.Handle, eps));

    /// <summary>x = gelu(x + bias) in place, by the error function; x (R, C), bias (C,).</summary>
    public static void BiasGelu(Tensor x, Tensor bias) => Done(anit_bias_gelu_(x.Handle, bias.Handle));

    /// <summary>x (R, C) with elements dropped: 16 random bits that hang on the stream, the row's key and the channel alone decide each.</summary>
    /// <param name="x">(R, C).</param>
    /// <param name="keys">A name for each row.</param>
    /// <param name="stream">A name for the mask.</param>
    /// <param name="threshold">An element is dropped where its bits are below this, of 65,536.</param>
    /// <param name="keep">Factor of the elements that stay.</param>
    public static unsafe Tensor Dropout(Tensor x, ReadOnlySpan<ulong> keys, ulong stream, uint threshold, float keep)
    {
        if (keys.Length != x.size(0)) throw new ArgumentException($"{keys.Length} keys for {x.size(0)} rows", nameof(keys));
        fixed (ulong* p = keys) return Made(anit_drop_rows(x.Handle, p, stream, threshold, keep));
    }

    /// <summary>The mask of <see cref="Dropout"/>, 0 or <paramref name="keep"/>: made by libtorch's own operations where the keys are.</summary>
    /// <param name="keys">(R,), int64: a name for each row.</param>
    /// <param name="stream">A name for the mask.</param>
    /// <param name="threshold">An element is dropped where its bits are below this, of 65,536.</param>
    /// <param name="keep">The value of elements that stay.</param>
    /// <param name="width">Elements a row.</param>
    /// <param name="dtype">Element type of the mask.</param>
    /// <returns>(R, width).</returns>
    public static Tensor DropoutMask(Tensor keys, ulong stream, uint threshold, float keep, long width, ScalarType dtype) =>
        Made(anit_dropout_mask(keys.Handle, stream, threshold, keep, width, (int)dtype));

    /// <summary>-log softmax(scores)[target], summed over the rows: one number in float64. The scores become its gradient if that is asked
    /// for.</summary>
    /// <param name="scores">(R, V).</param>
    /// <param name="targets">(R,), int64, on the CPU.</param>
    /// <param name="gradient">Whether to write softmax(scores) - 1 at the target over the scores.</param>
    /// <remarks>Long sums are float64's. libtorch takes those of a row in float32, 8 or 16 at once: over 50,000 words they lose four
    /// digits, more than all layers of a model together.</remarks>
    public static Tensor CrossEntropy(Tensor scores, Tensor targets, bool gradient) =>
        Made(anit_answer_loss_(scores.Handle, targets.Handle, gradient ? 1 : 0));

    /// <summary>The sum of the squares of all elements of some tensors, one number in float64 where they are.</summary>
    public static unsafe Tensor SquaredNorm(IReadOnlyList<Tensor> tensors)
    {
        fixed (nint* p = Handles(tensors)) return Made(anit_squared_norm(p, tensors.Count));
    }

    /// <summary>One step of AdamW in one pass over memory, for float32 on the CPU; elsewhere in a few kernels for all tensors together.</summary>
    /// <param name="weights">Moved in place.</param>
    /// <param name="gradients">Theirs; not changed.</param>
    /// <param name="first">Running means of the gradients, moved in place.</param>
    /// <param name="second">Running means of their squares, moved in place.</param>
    /// <param name="decays">Which weights are multiplied by <see cref="AdamWStep.Decay"/>.</param>
    /// <param name="step">The step's numbers.</param>
    public static unsafe void AdamW(IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> gradients, IReadOnlyList<Tensor> first,
        IReadOnlyList<Tensor> second, IReadOnlyList<bool> decays, AdamWStep step)
    {
        var marks = decays.Select(d => (byte)(d ? 1 : 0)).ToArray();
        fixed (nint* p = Handles(weights), g = Handles(gradients), m = Handles(first), v = Handles(second))
        fixed (byte* d = marks)
            Done(anit_adamw_(p, g, m, v, d, weights.Count, step.Gradient, step.Beta1, step.Beta2, step.Root, step.Epsilon, step.Size, step.Decay));
    }

    static nint[] Handles(IReadOnlyList<Tensor> tensors) => [.. tensors.Select(t => t.Handle)];

    /// <summary>softmax(scale · q kᵀ) v within each sequence; q (R, H·D), k and v (T, Hkv·D).</summary>
    /// <returns>(R, H·D), and the logs of the sums of exponentials (R, H), from which the backward half makes the probabilities again.</returns>
    /// <remarks>Dao et al. (2022), arXiv:2205.14135: neither half keeps the scores.</remarks>
    public static (Tensor Output, Tensor LogSums) Attention(Tensor q, Tensor k, Tensor v, PackedHeads p)
    {
        var output = Made(anit_packed_attention(q.Handle, k.Handle, v.Handle, p.Heads, p.KeyHeads, p.Dim, p.Starts.Handle, p.QueryStarts.Handle,
            p.Positions.Handle, p.Window, p.Scale, out var sums));
        return (output, Made(sums));
    }

    /// <summary>The gradients of q, k and v.</summary>
    public static (Tensor Q, Tensor K, Tensor V) AttentionBackward(Tensor gradient, Tensor q, Tensor k, Tensor v, Tensor output,
        Tensor logSums, PackedHeads p)
    {
        var dq = Made(anit_packed_attention_backward(gradient.Handle, q.Handle, k.Handle, v.Handle, output.Handle, logSums.Handle,
            p.Heads, p.KeyHeads,
            p.Dim, p.Starts.Handle, p.QueryStarts.Handle, p.Positions.Handle, p.Window, p.Scale, out var dk, out var dv));
        return (dq, Made(dk), Made(dv));
    }

    static Tensor Made(nint handle) => handle != 0 ? Tensor.UnsafeCreateTensor(handle) : throw NativeLibraries.LastError();

    static void Done(int status)
    {
        if (status < 0) throw NativeLibraries.LastError();
    }

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_rms_norm(nint x, nint weight, double eps, double add, out nint inverses);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_rms_norm_backward(nint dy, nint x, nint weight, nint inverse, nint residual, double add);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial int anit_rotate_(nint x, nint cos, nint sin, long dim, double sign);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_gated(nint gate, nint up, int activation);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_gated_backward_(nint dm, nint gate, nint up, int activation);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_layer_norm(nint x, nint residual, nint bias, nint weight, nint shift, double eps);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial int anit_bias_gelu_(nint x, nint bias);

    [LibraryImport(NativeLibraries.Shim)]
    private static unsafe partial nint anit_drop_rows(nint x, ulong* keys, ulong stream, uint threshold, float keep);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_dropout_mask(nint keys, ulong stream, uint threshold, float keep, long width, int dtype);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_answer_loss_(nint scores, nint targets, int gradient);

    [LibraryImport(NativeLibraries.Shim)]
    private static unsafe partial nint anit_squared_norm(nint* tensors, int count);

    [LibraryImport(NativeLibraries.Shim)]
    private static unsafe partial int anit_adamw_(nint* weights, nint* gradients, nint* first, nint* second, byte* decays, int count,
        double factor, double beta1, double beta2, double root, double epsilon, double step, double decay);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_packed_attention(nint q, nint k, nint v, long heads, long keyHeads, long dim, nint starts, nint queryStarts,
        nint positions, long window, double scale, out nint sums);

    [LibraryImport(NativeLibraries.Shim)]
    private static partial nint anit_packed_attention_backward(nint gradient, nint q, nint k, nint v, nint output, nint sums,
        long heads, long keyHeads,
        long dim, nint starts, nint queryStarts, nint positions, long window, double scale, out nint ofKeys, out nint ofValues);
}

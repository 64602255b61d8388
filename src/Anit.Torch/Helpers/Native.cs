using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Anit.Torch;

/// <summary>What TorchSharp lacks: activation checkpoints, operations with a backward half of their own, CUDA memory figures.</summary>
/// <remarks>Knows of tensors only their handles, so that it serves TorchSharp's as well as ours. Files are in <see cref="MappedFile"/>.</remarks>
public static partial class Native
{
    /// <summary>Computes a function without keeping what its backward pass needs; the backward pass computes it a second time.</summary>
    /// <param name="function">Gives one tensor from the inputs.</param>
    /// <param name="inputs">Every tensor that is to get a gradient, activations and parameters alike. What the function merely captures
    /// counts as a constant.</param>
    /// <param name="keepRandomState">Whether the second run starts from the CPU generator's state of the first, so that dropout repeats itself.
    /// Not needed where masks come from generators of their own.</param>
    /// <remarks>Chen et al. (2016), arXiv:1604.06174. A backward pass that asks for the gradient of one input pays for that one only.</remarks>
    public static Tensor Checkpoint(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool keepRandomState = false)
    {
        if (!is_grad_enabled() || !inputs.Any(t => t.requires_grad)) return function(inputs);

        using var scope = NewDisposeScope();
        var random = keepRandomState ? get_rng_state() : null;
        Tensor output;
        using (no_grad()) output = function(inputs);
        var leaves = inputs.Select(t => t.detach().requires_grad_(t.requires_grad)).ToArray();
        return WithBackward(output, inputs, (grad, needed) => Again(function, leaves, random, grad, needed),
            random is null ? leaves : [.. leaves, random]).MoveToOuterDisposeScope();
    }

    static Tensor?[] Again(Func<IReadOnlyList<Tensor>, Tensor> function, Tensor[] leaves, Tensor? random, Tensor grad, ReadOnlySpan<bool> needed)
    {
        Tensor output;
        var now = random is null ? null : get_rng_state();
        if (random is not null) set_rng_state(random);
        using (enable_grad()) output = function(leaves);
        if (now is not null) set_rng_state(now);

        List<int> wanted = [];
        for (var i = 0; i < leaves.Length; i++)
            if (needed[i]) wanted.Add(i);
        var found = autograd.grad([output], [.. wanted.Select(i => leaves[i])], [grad], allow_unused: true);
        var grads = new Tensor?[leaves.Length];
        for (var i = 0; i < wanted.Count; i++) grads[wanted[i]] = found[i];
        return grads;
    }

    /// <summary>Whether scaled_dot_product_attention is libtorch's fused one, which never writes all scores out: from 2.0 on.</summary>
    public static bool HasFusedAttention { get; } = anit_has_fused_attention() != 0;

    /// <summary>Computes with this many processor threads from now on; 0 for all that the process may use.</summary>
    /// <remarks>libtorch's own default is one for each physical core, and on virtual machines what it takes for one. OMP_NUM_THREADS,
    /// with which schedulers share a machine out, counts where no number is asked for.</remarks>
    public static void UseThreads(int asked)
    {
        if (asked > 0) set_num_threads(asked);
        else if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"))) set_num_threads(Environment.ProcessorCount);
    }

    /// <summary>Bytes that tensors on a CUDA device hold now; 0 where libtorch does not tell.</summary>
    public static long CudaAllocated(int device = 0) => Checked(anit_cuda_memory(device, 0));

    /// <summary>The most bytes that tensors held at once since <see cref="ResetCudaPeak"/>.</summary>
    public static long CudaPeak(int device = 0) => Checked(anit_cuda_memory(device, 1));

    /// <summary>Bytes libtorch has taken from a CUDA device, its cache included.</summary>
    public static long CudaReserved(int device = 0) => Checked(anit_cuda_memory(device, 2));

    /// <summary>Starts counting the peak anew.</summary>
    public static void ResetCudaPeak(int device = 0) => Checked(anit_cuda_reset_peak(device));

    /// <summary>Gives libtorch's cached but unused memory back to the device.</summary>
    public static void EmptyCudaCache() => Checked(anit_cuda_empty_cache());

    static long Checked(long found) => found >= 0 ? found : throw NativeLibraries.LastError();

    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_has_fused_attention();
    [LibraryImport(NativeLibraries.Shim)] private static partial long anit_cuda_memory(int device, int which);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_cuda_reset_peak(int device);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_cuda_empty_cache();
}

using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Anit.Torch;

/// <summary>What TorchSharp lacks: operations with a backward half of their own, CUDA memory figures.</summary>
/// <remarks>Knows of tensors only their handles, so that it serves TorchSharp's as well as ours. Files are in <see cref="MappedFile"/>.</remarks>
public static partial class Native
{
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

    /// <summary>input + alpha · left right, matrix by matrix.</summary>
    /// <remarks>PyTorch's baddbmm; TorchSharp's (0.107) hands its operands over in another order. Neither bmm, mul_ and add_ nor add with a factor
    /// serve instead: in bfloat16 they round the product once more.</remarks>
    public static Tensor AddBatchedProduct(Tensor input, Tensor left, Tensor right, double alpha)
    {
        // As a float, the type of TorchSharp's argument and of the element: the scores' bits depend on it.
        var made = anit_baddbmm(input.Handle, left.Handle, right.Handle, 1, (float)alpha);
        GC.KeepAlive(input);
        GC.KeepAlive(left);
        GC.KeepAlive(right);
        return made != 0 ? Tensor.UnsafeCreateTensor(made) : throw NativeLibraries.LastError();
    }

    /// <summary>Whether this processor multiplies bfloat16 itself (AVX-512 BF16) and libtorch brings a product for it.</summary>
    public static bool HasBFloat16Product { get; } = anit_has_bf16_product() != 0;

    /// <summary>x Wᵀ, or x W, (R, N), plus <paramref name="beta"/> times what <paramref name="into"/> holds, put into it.</summary>
    /// <remarks>x is rounded to bfloat16, sums are float32's. Only where <see cref="HasBFloat16Product"/>, on the CPU.</remarks>
    /// <param name="into">(R, N), float32.</param>
    /// <param name="x">(R, K), float32.</param>
    /// <param name="weight">(N, K) if <paramref name="transposed"/>, else (K, N); bfloat16.</param>
    /// <param name="transposed">Whether the weight's rows are what x's rows are multiplied with.</param>
    /// <param name="beta">0 (what was in <paramref name="into"/> is not read) or 1.</param>
    public static void BFloat16Product(Tensor into, Tensor x, Tensor weight, bool transposed, float beta)
    {
        var done = anit_bf16_product_(into.Handle, x.Handle, weight.Handle, transposed ? (byte)1 : (byte)0, beta);
        GC.KeepAlive(into);
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        if (done != 0) throw NativeLibraries.LastError();
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

    [LibraryImport(NativeLibraries.Shim)] private static partial nint anit_baddbmm(nint input, nint left, nint right, double beta, double alpha);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_has_fused_attention();
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_has_bf16_product();
    [LibraryImport(NativeLibraries.Shim)]
    private static partial int anit_bf16_product_(nint into, nint x, nint w, byte transposed, float beta);
    [LibraryImport(NativeLibraries.Shim)] private static partial long anit_cuda_memory(int device, int which);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_cuda_reset_peak(int device);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_cuda_empty_cache();
}

global using static TorchSharp.Shim;
using System.Runtime.InteropServices;
using Anit.Torch;

namespace TorchSharp;

/// <summary>The functions of native/, by the names they have there; each part stands in the file of the same subject.</summary>
static unsafe partial class Shim
{
    const string Lib = NativeLibraries.Shim;

    internal static TorchException LastError() => NativeLibraries.LastError();

    [LibraryImport(Lib)] internal static partial void anit_take_results(nint* into);
    [LibraryImport(Lib)] internal static partial sbyte* anit_torch_version();

    [LibraryImport(Lib)] internal static partial Status anit_get_num_threads();
    [LibraryImport(Lib)] internal static partial Status anit_set_num_threads(int n);
    [LibraryImport(Lib)] internal static partial Status anit_get_default_dtype();
    [LibraryImport(Lib)] internal static partial Status anit_cuda_is_available();
    [LibraryImport(Lib)] internal static partial Status anit_cuda_device_count();
    [LibraryImport(Lib)] internal static partial Status anit_cuda_manual_seed_all(long seed);
    [LibraryImport(Lib)] internal static partial Status anit_get_tf32(int which);
    [LibraryImport(Lib)] internal static partial Status anit_set_tf32(int which, int on);

    [LibraryImport(Lib)] internal static partial Status anit_manual_seed(long seed);
    [LibraryImport(Lib)] internal static partial nint anit_generator_new(long seed, int device);
    [LibraryImport(Lib)] internal static partial nint anit_generator_default(int device);
    [LibraryImport(Lib)] internal static partial void anit_generator_free(nint generator);
    [LibraryImport(Lib)] internal static partial Status anit_generator_set_seed(torch.Generator g, long seed);
    [LibraryImport(Lib)] internal static partial long anit_generator_seed(torch.Generator g);
    [LibraryImport(Lib)] internal static partial long anit_generator_initial_seed(torch.Generator g);
    [LibraryImport(Lib)] internal static partial torch.Tensor anit_generator_get_state(torch.Generator g);
    [LibraryImport(Lib)] internal static partial Status anit_generator_set_state(torch.Generator g, torch.Tensor state);
}

using System.Runtime.InteropServices;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Torch.Tests;

/// <summary>Threads that nothing will be asked of are not started.</summary>
public sealed class WaitPolicyTests
{
    [Fact]
    public void OpenBLAS_has_one_thread_unless_the_environment_says_otherwise()
    {
        using var loaded = ones(1);
        // A libtorch that brings no OpenBLAS has nothing to wait with.
        if (!File.ReadAllText("/proc/self/maps").Contains("libopenblas", StringComparison.Ordinal)) return;
        var asked = Environment.GetEnvironmentVariable("OPENBLAS_NUM_THREADS") ?? Environment.GetEnvironmentVariable("GOTO_NUM_THREADS");
        var count = Marshal.GetDelegateForFunctionPointer<Count>(
            NativeLibrary.GetExport(NativeLibrary.Load("libopenblas.so.0"), "openblas_get_num_threads"));
        if (asked is null) count().ShouldBe(1);
        else count().ShouldBeGreaterThanOrEqualTo(1);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate int Count();
}

using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Anit.Torch;

/// <summary>What carries tensors between processes.</summary>
public enum GroupBackend
{
    /// <summary>Over TCP, for tensors on the CPU.</summary>
    Gloo = 1,

    /// <summary>NVIDIA's, for tensors on its GPUs.</summary>
    Nccl = 2,
}

/// <summary>Processes that compute together, by PyTorch's c10d. All of them call the same operations in the same order, each of which
/// waits for the others, as long as it takes.</summary>
public sealed partial class ProcessGroup : IDisposable
{
    nint handle;

    /// <summary>Joins a group and waits for the others.</summary>
    /// <param name="store">Where they meet.</param>
    /// <param name="backend">What carries tensors.</param>
    /// <param name="rank">This process's number, from 0.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="local">Whether all are on this machine, so that no network is needed.</param>
    public ProcessGroup(TcpStore store, GroupBackend backend, int rank, int size, bool local)
    {
        handle = anit_group_new(store.Handle, (int)backend, rank, size, local ? (byte)1 : (byte)0);
        GC.KeepAlive(store);
        if (handle == 0) throw NativeLibraries.LastError();
    }

    /// <summary>Whether the shim was built with a backend.</summary>
    public static bool Has(GroupBackend backend) => (anit_group_backends() & (int)backend) != 0;

    /// <summary>Makes a contiguous tensor the sum of all processes' tensors, the same bits in all of them.</summary>
    public void AllReduceSum(Tensor x) => Check(anit_group_sum_(handle, x.Handle), x);

    /// <summary>Makes a contiguous tensor that of one process.</summary>
    public void Broadcast(Tensor x, int from = 0) => Check(anit_group_broadcast_(handle, x.Handle, from), x);

    /// <inheritdoc />
    public void Dispose()
    {
        if (handle != 0) anit_group_free(handle);
        handle = 0;
    }

    static void Check(int done, Tensor x)
    {
        GC.KeepAlive(x);
        if (done < 0) throw NativeLibraries.LastError();
    }

    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_group_backends();
    [LibraryImport(NativeLibraries.Shim)] private static partial nint anit_group_new(nint store, int backend, int rank, int size, byte local);
    [LibraryImport(NativeLibraries.Shim)] private static partial void anit_group_free(nint group);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_group_sum_(nint group, nint x);
    [LibraryImport(NativeLibraries.Shim)] private static partial int anit_group_broadcast_(nint group, nint x, int from);
}

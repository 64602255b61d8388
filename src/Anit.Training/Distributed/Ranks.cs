using System.Diagnostics;
using Anit.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Training.Distributed;

/// <summary>Several processes that train together, by PyTorch's c10d: Gloo on the CPU, NCCL on CUDA.</summary>
public sealed class Ranks : IRanks, IDisposable
{
    static readonly TimeSpan Looking = TimeSpan.FromMinutes(5);

    readonly RankPlace place;
    readonly DeviceType device;
    readonly TcpStore store;
    readonly ProcessGroup group;
    readonly Liveness liveness;

    Ranks(RankPlace place, DeviceType device, TcpStore store, ProcessGroup group, Liveness liveness) =>
        (this.place, this.device, this.store, this.group, this.liveness) = (place, device, store, group, liveness);

    /// <inheritdoc />
    public int Rank => place.Rank;

    /// <inheritdoc />
    public int WorldSize => place.WorldSize;

    /// <summary>Joins the others, and from then on watches that they are there.</summary>
    /// <param name="place">Which of them this is.</param>
    /// <param name="device">Where tensors are.</param>
    /// <param name="end">Ends the process because a rank is gone or failed; told the line to say, or null where another rank says it. Called once,
    /// on a thread of its own while others compute; must not return.</param>
    /// <exception cref="InvalidDataException">This libtorch's shim lacks what it takes, or the others did not come.</exception>
    public static Ranks Join(RankPlace place, DeviceType device, Action<string?> end)
    {
        if (Lacking(device) is { } lacking) throw new InvalidDataException(lacking);
        TcpStore Connect(bool serves)
        {
            try
            {
                return new(place.Host, place.Port, serves, Looking);
            }
            catch (TorchException error)
            {
                throw new InvalidDataException(serves
                    ? $"rank 0 cannot serve {place.Host}:{place.Port} ({error.Message}); set MASTER_PORT to a free port"
                    : $"rank {place.Rank} found nobody at {place.Host}:{place.Port} ({error.Message}); is rank 0 running there "
                        + "(MASTER_ADDR, MASTER_PORT)?");
            }
        }
        var store = Connect(place.Rank == 0 && !place.IsServed);
        WaitForAll(store, place);
        var group = new ProcessGroup(store, BackendOf(device), place.Rank, place.WorldSize, place.IsLocal);
        return new(place, device, store, group, new(Connect(serves: false), place, end));
    }

    /// <summary>What is missing for several processes on a device, and what to do about it, in one line; null where nothing is.</summary>
    public static string? Lacking(DeviceType device) => ProcessGroup.Has(BackendOf(device)) ? null
        : BackendOf(device) == GroupBackend.Gloo
            ? "several processes on the CPU need Gloo, without which this libtorch's shim was built: install its headers (Debian: apt-get install "
                + "libgloo-dev) and build the shim anew (make native), or train in one process"
            : "several processes on GPUs need NCCL, without which this libtorch's shim was built: take a PyTorch 2.x with CUDA and the headers of "
                + "NCCL and CUDA (docs/cluster.md), and build the shim anew (make native LIBTORCH=...), or train in one process";

    static GroupBackend BackendOf(DeviceType device) => device == DeviceType.CUDA ? GroupBackend.Nccl : GroupBackend.Gloo;

    static void WaitForAll(TcpStore store, RankPlace place)
    {
        var here = store.Add(place.Prefix + "joined", 1);
        for (var clock = Stopwatch.StartNew(); here < place.WorldSize; here = store.Add(place.Prefix + "joined", 0))
        {
            if (clock.Elapsed > Looking)
                throw new InvalidDataException($"rank {place.Rank} waited {Looking.TotalMinutes:0} minutes for the others: {here} of "
                    + $"{place.WorldSize} came; did all of them start?");
            Thread.Sleep(20);
        }
        if (here > place.WorldSize)
            throw new InvalidDataException($"{here} ranks came to {place.Host}:{place.Port}, {place.WorldSize} were expected: another run meets "
                + "there; set MASTER_PORT to another port");
    }

    /// <inheritdoc />
    public void AllReduceSum(Tensor x) => Together(() => group.AllReduceSum(x));

    /// <inheritdoc />
    public void Broadcast(Tensor x) => Together(() => group.Broadcast(x));

    /// <inheritdoc />
    public void Barrier()
    {
        using var one = ones([1], device: new Device(device));
        AllReduceSum(one);
    }

    /// <summary>What rank 0 says under a name; it says it once.</summary>
    public string Told(string name, string? own = null)
    {
        var key = place.Prefix + name;
        if (Rank == 0) store.Set(key, own ?? "");
        var told = own ?? "";
        if (Rank != 0) Together(() => told = store.Get(key));
        return told;
    }

    /// <summary>Tells the others to end, because this rank fails; true for the first that does, whose line is the one to read.</summary>
    public bool Fail() => liveness.Fail();

    void Together(Action work)
    {
        try
        {
            work();
        }
        catch (TorchException broken)
        {
            liveness.Suspect(broken.Message);
        }
    }

    /// <summary>Takes leave of the others.</summary>
    public void Dispose()
    {
        liveness.Dispose();
        group.Dispose();
        store.Dispose();
    }
}

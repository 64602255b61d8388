using static TorchSharp.torch;

namespace Anit.Training.Distributed;

/// <summary>The processes that train one model together, each on its share of a step's rows. All call the same members in the same order, and
/// each call waits for the others.</summary>
public interface IRanks
{
    /// <summary>This process's number, from 0; rank 0 alone writes.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int WorldSize { get; }

    /// <summary>Makes a contiguous tensor the sum of all ranks' tensors, the same bits in all of them.</summary>
    void AllReduceSum(Tensor x);

    /// <summary>Makes a contiguous tensor that of rank 0.</summary>
    void Broadcast(Tensor x);

    /// <summary>Waits until all ranks are here.</summary>
    void Barrier();
}

/// <summary>One process by itself: its own sum, and nobody to wait for.</summary>
public sealed class Alone : IRanks
{
    /// <inheritdoc />
    public int Rank => 0;

    /// <inheritdoc />
    public int WorldSize => 1;

    /// <inheritdoc />
    public void AllReduceSum(Tensor x) { }

    /// <inheritdoc />
    public void Broadcast(Tensor x) { }

    /// <inheritdoc />
    public void Barrier() { }
}

using static TorchSharp.torch;

namespace Anit.Training.Loop;

/// <summary>δ of each micro-batch of a batch that is to be replayed; of several processes, each has its own rows' and zeros elsewhere.</summary>
/// <remarks>Shapes: (T, C) for a micro-batch, whoever computes it.</remarks>
sealed class KeptPerturbations : IDisposable
{
    readonly Dictionary<int, Tensor> all = [];
    bool isWhole = true;

    /// <summary>By the micro-batch's number.</summary>
    public IReadOnlyDictionary<int, Tensor> All => all;

    /// <summary>Whether this process has the rows of all others, too.</summary>
    public bool IsWhole => isWhole || all.Count == 0;

    /// <summary>The rows of a share; null where nothing is kept.</summary>
    public Tensor? Of(Share share, IReadOnlyList<Example> micro)
    {
        if (!all.TryGetValue(share.MicroBatch, out var delta)) return null;
        var (start, count) = Rows(share, micro);
        return delta.narrow(0, start, count);
    }

    /// <summary>Keeps a micro-batch's δ as it is.</summary>
    public void Put(int microBatch, Tensor delta)
    {
        if (all.Remove(microBatch, out var before)) before.Dispose();
        all[microBatch] = delta.alias().DetachFromDisposeScope();
    }

    /// <summary>Keeps what this process computed of a step, instead of what there was.</summary>
    /// <param name="step">The step's micro-batches.</param>
    /// <param name="own">What this process computed.</param>
    /// <param name="ranks">The processes.</param>
    /// <param name="like">(n, C) a tensor of δ's width and device.</param>
    public void Put(IReadOnlyList<IReadOnlyList<Example>> step, IReadOnlyList<(Share Share, Tensor Delta)> own, IRanks ranks, Tensor like)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (number, micro) in step.Index())
        {
            var mine = own.FirstOrDefault(o => o.Share.MicroBatch == number);
            if (mine.Share?.Examples.Count == micro.Count)
            {
                Put(number, mine.Delta);
                continue;
            }
            var whole = zeros([micro.Sum(e => e.Inputs), like.shape[1]], ScalarType.Float32, like.device);
            if (mine.Share is not null)
            {
                var (start, count) = Rows(mine.Share, micro);
                whole.narrow(0, start, count).copy_(mine.Delta);
            }
            Put(number, whole);
        }
        isWhole = ranks.WorldSize == 1;
    }

    /// <summary>Gives every process the rows of all.</summary>
    public void Gather(IRanks ranks)
    {
        if (IsWhole) return;
        using var quiet = no_grad();
        foreach (var (_, delta) in all.OrderBy(d => d.Key)) ranks.AllReduceSum(delta);
        isWhole = true;
    }

    /// <summary>Gives every process what rank 0 has.</summary>
    public void Share(IRanks ranks, Tensor like)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var count = tensor([(long)all.Count], device: like.device);
        ranks.Broadcast(count);
        for (var number = 0; number < count.cpu().data<long>()[0]; number++)
        {
            var rows = tensor([ranks.Rank == 0 ? all[number].shape[0] : 0L], device: like.device);
            ranks.Broadcast(rows);
            var delta = ranks.Rank == 0 ? all[number]
                : zeros([rows.cpu().data<long>()[0], like.shape[1]], ScalarType.Float32, like.device);
            ranks.Broadcast(delta);
            if (ranks.Rank != 0) Put(number, delta);
        }
    }

    static (long Start, long Count) Rows(Share share, IReadOnlyList<Example> micro) =>
        (micro.Take(share.First).Sum(e => (long)e.Inputs), share.Examples.Sum(e => (long)e.Inputs));

    /// <summary>Forgets all.</summary>
    public void Forget()
    {
        foreach (var delta in all.Values) delta.Dispose();
        all.Clear();
    }

    /// <inheritdoc />
    public void Dispose() => Forget();
}

using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Models.Generation;

/// <summary>The sequences of a batch that are still being written: their lengths, and what a decoding step needs of them.</summary>
sealed class DecodingBatch : IDisposable
{
    const int LeaveWhenDone = 4; // rows leave when at least 1 in 4 is done: copying the cache for each would cost more

    readonly CausalLm model;
    readonly KeyValueCache cache;
    int[] sequences;
    int[] lengths;
    bool[] done;
    Tensor? mask; // (B·Hkv, 1, capacity): 0 where there is a key; not needed where each row reads its own keys

    public DecodingBatch(CausalLm model, KeyValueCache cache, int[] lengths, bool readsCacheDirectly)
    {
        (this.model, this.cache, this.lengths) = (model, cache, lengths);
        sequences = [.. Enumerable.Range(0, lengths.Length)];
        done = new bool[lengths.Length];
        if (readsCacheDirectly) return;

        using var scope = NewDisposeScope();
        var filled = arange(cache.Capacity).unsqueeze(0).lt(tensor(lengths).unsqueeze(1));
        mask = zeros([lengths.Length, cache.Capacity]).masked_fill(filled.logical_not(), float.NegativeInfinity)
            .repeat_interleave(model.Config.NumKeyValueHeads, 0).unsqueeze(1)
            .to(model.Options.ActivationDtype, model.Options.Device).alias().DetachFromDisposeScope();
    }

    public bool IsDone(int row) => done[row];

    public int Sequence(int row) => sequences[row];

    public void Finish(int row) => done[row] = true;

    /// <summary>Lets finished sequences go when enough have gathered; gives the tokens of those that stay.</summary>
    public int[] Compact(int[] tokens)
    {
        var finished = done.Count(d => d);
        if (finished == 0 || (finished < done.Length && finished * LeaveWhenDone < done.Length)) return tokens;

        var unfinished = Enumerable.Range(0, done.Length).Where(row => !done[row]).ToArray();
        (sequences, lengths, done) = (Pick(sequences, unfinished), Pick(lengths, unfinished), new bool[unfinished.Length]);
        if (unfinished.Length == 0) return [];
        using var scope = NewDisposeScope();
        var heads = model.Config.NumKeyValueHeads;
        var cacheRows = unfinished.SelectMany(row => Enumerable.Range(row * heads, heads)).Select(r => (long)r).ToArray();
        var rows = tensor(cacheRows, device: model.Options.Device);
        cache.Retain(rows);
        using var old = mask;
        mask = old?.index_select(0, rows).DetachFromDisposeScope();
        return Pick(tokens, unfinished);
    }

    /// <summary>Adds one token to every sequence and gives the next ones, greedily.</summary>
    public int[] Step(int[] tokens)
    {
        using var scope = NewDisposeScope();
        var device = model.Options.Device;
        var positions = tensor(Array.ConvertAll(lengths, l => (long)l), device: device);
        var (global, local) = model.Rope.At(positions, () => positions + 1, lengths.Max() + 1, model.Options.ActivationDtype);
        var rows = new RowSelection(null, tokens.Length, global, local, null, null, new([]));
        var pass = new Pass(rows, rows, mask is null ? new CpuDecodeAttention(model.Config, cache, lengths) : Masked(mask, positions));
        var hidden = model.Run(model.Embed(tensor(Array.ConvertAll(tokens, t => (long)t), device: device)), pass);
        for (var row = 0; row < lengths.Length; row++)
            if (!done[row]) lengths[row]++; // a finished one that has not left yet writes over its last place
        return GreedyArgmax.Of(model, hidden);
    }

    /// <summary>Attention by tensors: places for the new keys, which the mask then lets be seen.</summary>
    CachedAttention Masked(Tensor mask, Tensor positions)
    {
        var heads = model.Config.NumKeyValueHeads;
        var places = tensor(Enumerable.Range(0, lengths.Length * heads)
            .Select(r => (long)r * cache.Capacity + lengths[r / heads]).ToArray(), device: positions.device);
        Scalar open = 0;
        mask.view(-1).index_put_(open, places);
        var used = mask.narrow(2, 0, lengths.Max() + 1); // (B·Hkv, 1, used)
        return new(model.Config, cache, places, used, Windowed(used, positions));
    }

    /// <summary>The mask of layers with a window: also -infinity for places that lie a window or more before a row's position.</summary>
    Tensor Windowed(Tensor mask, Tensor positions)
    {
        if (model.Config.SlidingWindow is not { } window || mask.size(2) <= window) return mask;
        var outside = arange(mask.size(2), device: mask.device).unsqueeze(0).le((positions - window).unsqueeze(1)); // (B, used)
        return mask.masked_fill(outside.repeat_interleave(model.Config.NumKeyValueHeads, 0).unsqueeze(1), float.NegativeInfinity);
    }

    public void Dispose() => mask?.Dispose();

    static T[] Pick<T>(T[] from, int[] rows) => Array.ConvertAll(rows, row => from[row]);
}

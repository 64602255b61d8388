using Anit.Torch;
using static TorchSharp.torch;

namespace Anit.Models.Generation;

/// <summary>Rotated keys and values of every layer for a batch of sequences, allocated once at their final length.</summary>
/// <remarks>A layer's tensors are (B·Hkv, capacity, D). Each sequence begins at place 0 and has its own length.</remarks>
sealed class KeyValueCache : IDisposable
{
    readonly Tensor[] keys;
    readonly Tensor[] values;

    public KeyValueCache(ModelConfig config, int sequences, int capacity, Device device, ScalarType dtype)
    {
        Tensor[] Make() => [.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ =>
            zeros([sequences * config.NumKeyValueHeads, capacity, config.HeadDim], dtype, device).DetachFromDisposeScope())];
        (keys, values) = (Make(), Make());
        Capacity = capacity;
    }

    /// <summary>Places a sequence.</summary>
    public int Capacity { get; }

    /// <summary>Takes keys and values of some places, (n, D): rows of (B·Hkv·capacity).</summary>
    public void Put(int layer, Tensor places, Tensor k, Tensor v)
    {
        using var scope = NewDisposeScope();
        keys[layer].view(-1, k.size(-1)).index_copy_(0, places, k);
        values[layer].view(-1, v.size(-1)).index_copy_(0, places, v);
    }

    /// <summary>Lets every sequence begin with these tokens.</summary>
    public void Put(SharedPrefix prefix)
    {
        for (var layer = 0; layer < keys.Length; layer++)
        {
            using var scope = NewDisposeScope();
            var (k, v) = prefix.Of(layer);
            Beginning(keys[layer], k).copy_(k.unsqueeze(0));
            Beginning(values[layer], v).copy_(v.unsqueeze(0));
        }
    }

    /// <summary>(B, Hkv, P, D) of a layer's tensor.</summary>
    Tensor Beginning(Tensor all, Tensor part) => all.view(-1, part.size(0), Capacity, part.size(2)).narrow(2, 0, part.size(1));

    /// <summary>Keys and values of all places up to <paramref name="used"/>, (B·Hkv, used, D).</summary>
    public (Tensor Keys, Tensor Values) UpTo(int layer, int used) => (keys[layer].narrow(1, 0, used), values[layer].narrow(1, 0, used));

    /// <summary>Keys and values of all places, (B·Hkv, capacity, D).</summary>
    public (Tensor Keys, Tensor Values) All(int layer) => (keys[layer], values[layer]);

    /// <summary>Lets sequences go: only these rows of (B·Hkv) stay, in this order.</summary>
    public void Retain(Tensor rows)
    {
        foreach (var tensors in new[] { keys, values })
            for (var i = 0; i < tensors.Length; i++)
            {
                using var old = tensors[i];
                tensors[i] = old.index_select(0, rows).DetachFromDisposeScope();
            }
    }

    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values)) tensor.Dispose();
    }
}

/// <summary>Attention of one new token a sequence to all that came before it.</summary>
/// <param name="config">Numbers of heads.</param>
/// <param name="cache">What came before.</param>
/// <param name="places">Where each head's new key goes, rows of (B·Hkv·capacity).</param>
/// <param name="mask">Added to the scores, (B·Hkv, 1, used): -infinity beyond a sequence's own length.</param>
/// <param name="windowMask">The same for layers with a window.</param>
sealed class CachedAttention(ModelConfig config, KeyValueCache cache, Tensor places, Tensor mask, Tensor windowMask) : AttentionSource
{
    public override Tensor Attend(int layer, Tensor q, Tensor k, Tensor v, RowSelection rows)
    {
        using var scope = NewDisposeScope();
        var (d, sliding) = (config.HeadDim, config.Slides(layer));
        var rotary = rows.Rotary(sliding);
        var rotatedQ = rotary.Rotate(q.view(rows.Count, -1, d)).view(-1, config.Groups, d); // (B·Hkv, H/Hkv, D)
        var rotatedK = rotary.Rotate(k.view(rows.Count, -1, d)).view(-1, d);                // (B·Hkv, D)
        cache.Put(layer, places, rotatedK, v.view(-1, d));
        var (keys, values) = cache.UpTo(layer, (int)mask.size(2));                          // (B·Hkv, used, D)

        var layerMask = sliding ? windowMask : mask;
        var scores = config.AttnLogitSoftcapping is { } cap
            ? rotatedQ.bmm(keys.transpose(1, 2)).mul_(config.ScoreScale / cap).tanh() * cap + layerMask
            : Native.AddBatchedProduct(layerMask, rotatedQ, keys.transpose(1, 2), config.ScoreScale);
        var probabilities = scores.softmax(-1, ScalarType.Float32).to(q.dtype);             // (B·Hkv, H/Hkv, used)
        return probabilities.bmm(values).view(rows.Count, -1).MoveToOuterDisposeScope();
    }
}

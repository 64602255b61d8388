using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>What is added to the scores of a group: 0 where a query sees a key, -infinity elsewhere.</summary>
/// <param name="config">Numbers of heads.</param>
/// <param name="prefix">Tokens before every sequence; their keys come first.</param>
/// <param name="device">Where the model is.</param>
/// <param name="dtype">Element type of the scores.</param>
sealed class AttentionMasks(ModelConfig config, int prefix, Device device, ScalarType dtype)
{
    /// <summary>A window that reaches back to the first key.</summary>
    public const int NoWindow = int.MaxValue;

    /// <summary>Query i sees the window's keys up to i; one mask for all sequences, repeated for the queries that share a key head.</summary>
    /// <returns>(1, H/Hkv·L, prefix + L).</returns>
    public Tensor Causal(int length, int window)
    {
        using var scope = NewDisposeScope();
        var never = full([length, prefix + length], float.NegativeInfinity, dtype, device);
        var mask = never.triu(prefix + 1);                                                // (L, prefix + L)
        if (window < prefix + length) mask = mask + never.tril(prefix - window);
        return Own(mask.repeat(config.Groups, 1).unsqueeze(0));
    }

    /// <summary>The same for some queries of each sequence.</summary>
    /// <returns>(G·Hkv, H/Hkv·Lq, prefix + Lk).</returns>
    public Tensor OfQueries(int[] members, List<Query>[] queries, int places, int keys, int window)
    {
        keys += prefix;
        var mask = new float[members.Length * places * keys];
        for (var g = 0; g < members.Length; g++)
            for (var i = 0; i < queries[members[g]].Count; i++)
            {
                var row = mask.AsSpan((g * places + i) * keys, keys);
                var position = queries[members[g]][i].Position;
                row[(position + 1)..].Fill(float.NegativeInfinity);
                row[..(int)Math.Max(0, position + 1L - window)].Fill(float.NegativeInfinity);
            }
        using var scope = NewDisposeScope();
        var one = tensor(mask, [members.Length, 1, 1, places, keys]);
        return Own(one.expand(members.Length, config.NumKeyValueHeads, config.Groups, places, keys)
            .reshape(members.Length * config.NumKeyValueHeads, config.Groups * places, keys));
    }

    Tensor Own(Tensor mask) => mask.to(dtype, device).alias().DetachFromDisposeScope();
}

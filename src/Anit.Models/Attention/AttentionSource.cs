using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Where a layer's attention gets its keys from: the batch itself, or a cache.</summary>
abstract class AttentionSource
{
    /// <summary>softmax(q kᵀ / sqrt(D)) v for one layer, with rotary embeddings applied to q and k first.</summary>
    /// <param name="layer">The layer's number.</param>
    /// <param name="q">Queries of the rows, (R, H·D).</param>
    /// <param name="k">Keys of all rows, (T, Hkv·D).</param>
    /// <param name="v">Values of all rows, (T, Hkv·D).</param>
    /// <param name="rows">Which rows the queries are.</param>
    /// <returns>(R, H·D).</returns>
    public abstract Tensor Attend(int layer, Tensor q, Tensor k, Tensor v, RowSelection rows);
}

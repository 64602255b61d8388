using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>Sequences of similar length whose attention is one batched matrix product.</summary>
/// <param name="Sequences">G, how many.</param>
/// <param name="Queries">Lq, query places a sequence; shorter ones are padded.</param>
/// <param name="Keys">Lk, key places a sequence, without those of a prefix; the masks have columns for both.</param>
/// <param name="QueryRows">For each place (g, kv head, query of the head, place) the row of (R·H, D) that belongs there.</param>
/// <param name="KeyRows">For each place (g, kv head, place) the row of (T·Hkv, D) that belongs there.</param>
/// <param name="Padding">The query places that are padding, null when there are none.</param>
/// <param name="Mask">Added to the scores, shape (1 or G·Hkv, Hq·Lq, Lk): 0 or -infinity. Made when a kernel asks
/// for it: of 8,000 tokens it takes 256 MB.</param>
/// <param name="WindowMask">The same for layers with a window.</param>
/// <param name="Whole">Whether every place is a query and nothing comes before: the mask is then the plain causal one.</param>
sealed record AttentionGroup(
    int Sequences, int Queries, int Keys, Tensor QueryRows, Tensor KeyRows, Tensor? Padding, Lazy<Tensor> Mask,
    Lazy<Tensor> WindowMask, bool Whole) : IDisposable
{
    /// <summary>Whether query i sees exactly the keys up to i.</summary>
    public bool Causal(bool sliding) => Whole && (!sliding || ReferenceEquals(WindowMask, Mask));

    /// <summary>The mask of a layer.</summary>
    public Tensor MaskOf(bool sliding) => (sliding ? WindowMask : Mask).Value;

    public void Dispose()
    {
        foreach (var tensor in (Tensor?[])[QueryRows, KeyRows, Padding]) tensor?.Dispose();
        foreach (var mask in (Lazy<Tensor>[])[Mask, WindowMask])
            if (mask.IsValueCreated) mask.Value.Dispose();
    }
}

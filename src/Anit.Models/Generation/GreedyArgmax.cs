using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Anit.Models.Generation;

/// <summary>The highest-scored word of each row.</summary>
/// <remarks>On the CPU the output layer is multiplied a block of words at a time, words by rows: with few rows libtorch's BLAS is twice as
/// fast that way round, and the scores are looked through while they lie in the cache. Soft-capping keeps their order and is left out.</remarks>
static class GreedyArgmax
{
    const int BlockSize = 2048; // words

    /// <summary>Words of rows of final hidden states, (R, C); the first of equal ones.</summary>
    public static int[] Of(CausalLm model, Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var head = model.Head;
        if (hidden.device.type != TorchSharp.DeviceType.CPU || hidden.dtype != ScalarType.Float32)
            return Array.ConvertAll(model.Logits(hidden).argmax(-1).cpu().data<long>().ToArray(), id => (int)id);

        var rows = (int)hidden.size(0);
        var (best, words, transposed) = (new float[rows], new int[rows], hidden.t());
        Array.Fill(best, float.NegativeInfinity);
        for (var first = 0; first < head.size(0); first += BlockSize)
        {
            using var block = NewDisposeScope();
            var words32 = head.narrow(0, first, Math.Min(BlockSize, head.size(0) - first)).to(ScalarType.Float32); // (words, C)
            var scores = words32.matmul(transposed).contiguous(); // (words, R)
            Update(MemoryMarshal.Cast<byte, float>(scores.bytes), first, best, words);
        }
        return words;
    }

    /// <summary>Remembers for each row what exceeds its best score so far.</summary>
    static void Update(ReadOnlySpan<float> scores, int first, Span<float> best, Span<int> words)
    {
        var lanes = best.Length / Vector<float>.Count;
        var bests = MemoryMarshal.Cast<float, Vector<float>>(best);
        var wordsOfLanes = MemoryMarshal.Cast<int, Vector<int>>(words);
        for (var word = first; scores.Length > 0; word++, scores = scores[best.Length..])
        {
            var current = MemoryMarshal.Cast<float, Vector<float>>(scores[..best.Length]);
            for (var i = 0; i < lanes; i++)
            {
                var higher = Vector.GreaterThan(current[i], bests[i]);
                bests[i] = Vector.ConditionalSelect(higher, current[i], bests[i]);
                wordsOfLanes[i] = Vector.ConditionalSelect(higher, new Vector<int>(word), wordsOfLanes[i]);
            }
            for (var row = lanes * Vector<float>.Count; row < best.Length; row++)
                if (scores[row] > best[row]) (best[row], words[row]) = (scores[row], word);
        }
    }
}

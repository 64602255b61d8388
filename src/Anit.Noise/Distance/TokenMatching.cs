using System.Numerics;
using System.Runtime.InteropServices;

namespace Anit.Noise.Distance;

/// <summary>BERTScore of two texts: each token meets the nearest one of the other text, by the cosine of their states.</summary>
/// <remarks>Zhang et al. (2019), arXiv:1904.09675, section 3, without idf weights and without rescaling. As in the authors' program, tokens that the
/// model puts around a text may be met but do not meet: they count in no mean. Shapes: states (L, C).</remarks>
public static class TokenMatching
{
    /// <summary>F1 of the two means; -1 to 1. 0 where a text has no token that counts.</summary>
    /// <param name="candidate">States of the noisy text, (L, C).</param>
    /// <param name="candidateCounts">Which of its tokens count, (L).</param>
    /// <param name="reference">States of the clean text, (L', C).</param>
    /// <param name="referenceCounts">Which of its tokens count, (L').</param>
    public static double F1(float[] candidate, bool[] candidateCounts, float[] reference, bool[] referenceCounts)
    {
        if (!candidateCounts.Contains(true) || !referenceCounts.Contains(true)) return 0;
        var channels = candidate.Length / candidateCounts.Length;
        if (channels * referenceCounts.Length != reference.Length)
            throw new ArgumentException($"states of {reference.Length} numbers for {referenceCounts.Length} tokens of {channels} channels",
                nameof(reference));

        var (ofCandidate, ofReference) = (Lengths(candidate, channels), Lengths(reference, channels));
        var (bestOfCandidate, bestOfReference) = (new double[candidateCounts.Length], new double[referenceCounts.Length]);
        Array.Fill(bestOfCandidate, double.NegativeInfinity);
        Array.Fill(bestOfReference, double.NegativeInfinity);
        for (var i = 0; i < candidateCounts.Length; i++)
            for (var j = 0; j < referenceCounts.Length; j++)
            {
                var dot = Dot(candidate.AsSpan(i * channels, channels), reference.AsSpan(j * channels, channels));
                var cosine = dot / (ofCandidate[i] * ofReference[j]);
                bestOfCandidate[i] = Math.Max(bestOfCandidate[i], cosine);
                bestOfReference[j] = Math.Max(bestOfReference[j], cosine);
            }
        var (precision, recall) = (Mean(bestOfCandidate, candidateCounts), Mean(bestOfReference, referenceCounts));
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    static double Mean(double[] best, bool[] counts) => best.Where((_, i) => counts[i]).Average();

    static double[] Lengths(float[] states, int channels)
    {
        var lengths = new double[states.Length / channels];
        for (var i = 0; i < lengths.Length; i++)
        {
            var state = states.AsSpan(i * channels, channels);
            lengths[i] = Math.Max(Math.Sqrt(Dot(state, state)), 1e-12);
        }
        return lengths;
    }

    static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var left = MemoryMarshal.Cast<float, Vector<float>>(a);
        var right = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < left.Length; i++) sums += left[i] * right[i];
        double sum = Vector.Sum(sums);
        for (var i = left.Length * Vector<float>.Count; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}

namespace Anit.Models.Encoders;

/// <summary>How the states of a text's tokens become its vector; names and order as sentence-transformers' Pooling has them.</summary>
public enum PoolingMode
{
    /// <summary>The first token's state.</summary>
    Cls,

    /// <summary>The largest value of each channel.</summary>
    Max,

    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The sum over the root of the number of tokens.</summary>
    MeanSqrtLen,

    /// <summary>The mean with weights 1, 2, 3, ... by position.</summary>
    WeightedMean,

    /// <summary>The last token's state.</summary>
    LastToken,
}

/// <summary>From token states to a vector: one mode, or several end to end.</summary>
/// <param name="Modes">At least one, in the order of the enumeration.</param>
/// <remarks>Reimers and Gurevych (2019), arXiv:1908.10084, section 3.</remarks>
public sealed record Pooling(IReadOnlyList<PoolingMode> Modes)
{
    /// <summary>Whether the tokens of a prompt count like those of the text.</summary>
    public bool IncludesPrompt { get; init; } = true;

    /// <summary>Numbers of a vector over C channels.</summary>
    public int Dimensions(int channels) => channels * Modes.Count;

    /// <summary>Pools one text.</summary>
    /// <param name="states">Its tokens' states, (L, C), special tokens included.</param>
    /// <param name="channels">C.</param>
    /// <param name="skipped">Tokens at the start that do not count: a prompt's.</param>
    public float[] Of(ReadOnlySpan<float> states, int channels, int skipped = 0)
    {
        var vector = new float[Dimensions(channels)];
        for (var m = 0; m < Modes.Count; m++) Pool(Modes[m], states, channels, skipped, vector.AsSpan(m * channels, channels));
        return vector;
    }

    static void Pool(PoolingMode mode, ReadOnlySpan<float> states, int channels, int skipped, Span<float> into)
    {
        var tokens = states.Length / channels;
        if (mode is PoolingMode.Cls or PoolingMode.LastToken)
        {
            states.Slice(mode == PoolingMode.Cls ? 0 : (tokens - 1) * channels, channels).CopyTo(into);
            return;
        }
        var counted = states[(Math.Min(skipped, tokens) * channels)..];
        var n = counted.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            // A text of which nothing counts is all zero, but for the largest of nothing.
            var (sum, weights, largest) = (0.0, 0.0, n == 0 ? 0 : double.NegativeInfinity);
            for (var t = 0; t < n; t++)
            {
                double x = counted[t * channels + c], weight = mode == PoolingMode.WeightedMean ? skipped + t + 1 : 1;
                sum += weight * x;
                weights += weight;
                largest = Math.Max(largest, x);
            }
            into[c] = (float)(mode switch
            {
                PoolingMode.Max => largest,
                PoolingMode.MeanSqrtLen => sum / Math.Sqrt(Math.Max(weights, 1e-9)),
                _ => sum / Math.Max(weights, 1e-9),
            });
        }
    }
}

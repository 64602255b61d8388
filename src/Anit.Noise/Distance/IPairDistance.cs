namespace Anit.Noise.Distance;

/// <summary>A distance between two texts that a model measures, many pairs at a time.</summary>
public interface IPairDistance
{
    /// <summary>As in <c>--method NAME</c> and in the metadata.</summary>
    string Name { get; }

    /// <summary>Names the model.</summary>
    string Signature { get; }

    /// <summary>The distortion of each pair, 0 to 1, in their order.</summary>
    ValueTask<double[]> MeasureAsync(IReadOnlyList<(string Clean, string Noisy)> pairs, CancellationToken stop = default);
}

/// <summary>Eq. 3, LME: 1 - cos of the vectors of both texts.</summary>
/// <param name="embedder">Makes the vectors; asked once for a text that stands in several pairs of one call.</param>
public sealed class EmbeddingDistance(Embedder embedder) : IPairDistance
{
    /// <inheritdoc/>
    public string Name => "lme";

    /// <inheritdoc/>
    public string Signature => embedder.Signature;

    /// <inheritdoc/>
    public async ValueTask<double[]> MeasureAsync(IReadOnlyList<(string Clean, string Noisy)> pairs, CancellationToken stop = default)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (clean, noisy) in pairs)
        {
            places.TryAdd(clean, places.Count);
            places.TryAdd(noisy, places.Count);
        }
        var vectors = await embedder.EmbedAsync([.. places.Keys], stop).ConfigureAwait(false);
        return [.. pairs.Select(p => Cosine.Distortion(vectors[places[p.Clean]].Span, vectors[places[p.Noisy]].Span))];
    }
}

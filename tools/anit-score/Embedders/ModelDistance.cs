using Anit.Data.Receipts;

namespace Anit.Tools.Score.Embedders;

/// <summary>The distance of a method that asks a model: opened, and closed after the run.</summary>
sealed class ModelDistance(IPairDistance distance, Embedder embedder, CachedEmbedder? cached) : IDisposable
{
    /// <summary>The distance.</summary>
    public IPairDistance Distance => distance;

    /// <summary>Opens what <c>--embedder</c> names; every text it has to embed is embedded once and kept.</summary>
    public static async Task<ModelDistance> OpenAsync(ScoreOptions options, Action<long> embedded, CancellationToken stop)
    {
        var (kind, setup) = options.Embedder!.Value;
        var engine = await kind.OpenAsync(setup, stop);
        if (kind.IsTable) return new(new EmbeddingDistance(engine), engine, null);
        var cached = new CachedEmbedder(engine, new VectorCache(options.Cache, engine.Signature), embedded);
        var embedder = engine with { Generator = cached };
        return new(new EmbeddingDistance(embedder), embedder, cached);
    }

    /// <summary>What the run cost, in one line; null where nothing was embedded here.</summary>
    public string? Summary => cached is null || cached.Asked + cached.Found == 0 ? null
        : $"{cached.Asked:N0} texts embedded, {cached.Found:N0} found in the cache";

    /// <inheritdoc/>
    public void Dispose() => embedder.Dispose();
}

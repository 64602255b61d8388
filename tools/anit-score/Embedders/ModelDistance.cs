using Anit.Data.Receipts;

namespace Anit.Tools.Score.Embedders;

/// <summary>The distance of a method that asks a model: opened, and closed after the run.</summary>
/// <param name="distance">The distance.</param>
/// <param name="owned">What it asks.</param>
/// <param name="cached">Where its vectors are kept; null where there is nothing to keep.</param>
/// <param name="server">Who is paid for them; null where nobody is.</param>
sealed class ModelDistance(IPairDistance distance, IDisposable owned, CachedEmbedder? cached = null, RemoteEmbedder? server = null) : IDisposable
{
    /// <summary>The distance.</summary>
    public IPairDistance Distance => distance;

    /// <summary>Opens what <c>--embedder</c> names; every text it has to embed is embedded once and kept.</summary>
    /// <param name="options">Method, embedder, cache.</param>
    /// <param name="progress">Told how many texts, or pairs, are done.</param>
    /// <param name="stop">Cancels.</param>
    public static async Task<ModelDistance> OpenAsync(ScoreOptions options, Action<long> progress, CancellationToken stop)
    {
        var (kind, setup) = options.Embedder!.Value;
        if (options.Method == Methods.BertScore)
        {
            var model = ModelEmbedder.Open(setup);
            return new(new BertScore(model, progress), model);
        }
        var engine = await kind.OpenAsync(setup, stop);
        if (kind.IsTable) return new(new EmbeddingDistance(engine), engine);
        var folder = options.Cache ?? (kind.IsServer ? Paid() : null);
        var cached = new CachedEmbedder(engine, new VectorCache(folder, engine.Signature), progress);
        return new(new EmbeddingDistance(cached.ToEmbedder()), cached, cached, engine.Owned as RemoteEmbedder);
    }

    // A method of its own, so that nothing of a server is loaded before one is named.
    static string Paid() => AnswerCache.UsualCache;

    /// <summary>Counts what texts will cost; null where nobody is paid.</summary>
    public TextsToPay? Texts() => server is null ? null : new(server, cached!);

    /// <summary>What the run cost, in one line; null where nothing was embedded here.</summary>
    public string? Summary => cached is null || cached.Asked + cached.Found == 0 ? null
        : $"{cached.Asked:N0} texts embedded, {cached.Found:N0} found in the cache";

    /// <inheritdoc/>
    public void Dispose() => owned.Dispose();
}

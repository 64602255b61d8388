using Anit.Data.Receipts;

namespace Anit.Tools.Score.Embedders;

/// <summary>Asks the engine behind it once for a text, and keeps its vectors on disk: in the cache, or in a file that goes when the process
/// ends.</summary>
/// <param name="inner">The engine; disposed with this.</param>
/// <param name="cache">The vectors so far; disposed with this.</param>
/// <param name="embedded">Told how many texts the engine has embedded so far.</param>
sealed class CachedEmbedder(Embedder inner, VectorCache cache, Action<long> embedded) : IDisposable
{
    /// <summary>Texts that the engine was asked for.</summary>
    public long Asked { get; private set; }

    /// <summary>Texts that had a vector already.</summary>
    public long Found { get; private set; }

    /// <summary>Whether a text has a vector on disk.</summary>
    public bool Has(string text) => cache.Find(text) is not null;

    /// <summary>This as a source of vectors.</summary>
    public Embedder ToEmbedder() => inner with { Vectors = EmbedAsync, Stream = null, Owned = this };

    /// <inheritdoc/>
    public void Dispose()
    {
        cache.Dispose();
        inner.Dispose();
    }

    async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stop)
    {
        cache.Refresh();
        var vectors = texts.Distinct(StringComparer.Ordinal).ToDictionary(t => t, cache.Find, StringComparer.Ordinal);
        Found += vectors.Count(v => v.Value is not null);
        string[] missing = [.. vectors.Where(v => v.Value is null).Select(v => v.Key)];
        await foreach (var part in inner.EmbedInPartsAsync(missing, stop)) // checked before they are kept
        {
            cache.Add(part);
            foreach (var (text, vector) in part) vectors[text] = vector.ToArray();
            Asked += part.Count;
            embedded(Asked);
        }
        return [.. texts.Select(t => (ReadOnlyMemory<float>)vectors[t])];
    }
}

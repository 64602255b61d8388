using Microsoft.Extensions.AI;

namespace Anit.Tools.Score.Embedders;

/// <summary>Engines behind the interface of Microsoft.Extensions.AI as sources of vectors.</summary>
static class Generators
{
    /// <summary>An engine under its signature.</summary>
    /// <param name="generator">The engine; disposed with the result.</param>
    /// <param name="signature">Names its vectors.</param>
    /// <param name="name">What to call it in messages.</param>
    public static Embedder ToEmbedder(this IEmbeddingGenerator<string, Embedding<float>> generator, string signature, string name) =>
        new(signature, async (texts, stop) => [.. (await generator.GenerateAsync(texts, cancellationToken: stop)).Select(e => e.Vector)])
        {
            Name = name, Owned = generator,
        };
}

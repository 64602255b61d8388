using System.Runtime.CompilerServices;

namespace Anit.Noise.Distance;

/// <summary>Where the vectors of the language-model-based distortion (LME, Eq. 3) come from.</summary>
/// <param name="Signature">Names the vectors so that scores can be compared: model, digest, dimensions; never a place. Equal signatures promise equal
/// vectors.</param>
/// <param name="Vectors">Makes the vectors of some texts, in their order.</param>
public sealed record Embedder(string Signature, Embedder.Engine Vectors) : IDisposable
{
    /// <summary>Makes vectors. Of a <c>Microsoft.Extensions.AI</c> generator: <c>async (texts, stop) =>
    /// [.. (await generator.GenerateAsync(texts, null, stop)).Select(e => e.Vector)]</c>.</summary>
    public delegate Task<IReadOnlyList<ReadOnlyMemory<float>>> Engine(IReadOnlyList<string> texts, CancellationToken stop);

    const int TextsAtOnce = 256;

    /// <summary>What to call it in messages.</summary>
    public string Name { get; init; } = Signature;

    /// <summary>Disposed with this.</summary>
    public IDisposable? Owned { get; init; }

    /// <summary>For an engine that has vectors before it has all of them: gives each as it comes, so that none is lost that was paid for.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, IAsyncEnumerable<(string Text, float[] Vector)>>? Stream { get; init; }

    /// <summary>The vectors of some texts, in their order.</summary>
    /// <exception cref="InvalidDataException">Fewer or more came back than were asked for, of several lengths, or one without a
    /// direction.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stop = default)
    {
        var found = await Vectors(texts, stop).ConfigureAwait(false);
        if (found.Count != texts.Count)
            throw new InvalidDataException($"{Name}: {found.Count} vectors for {texts.Count} texts; expected one a text");
        for (var i = 0; i < found.Count; i++) Check(texts[i], found[i], found[0].Length);
        return found;
    }

    /// <summary>The vectors of distinct texts, some at a time as the engine makes them, in any order.</summary>
    /// <exception cref="InvalidDataException">As above.</exception>
    public async IAsyncEnumerable<IReadOnlyList<(string Text, ReadOnlyMemory<float> Vector)>> EmbedInPartsAsync(
        IReadOnlyList<string> texts, [EnumeratorCancellation] CancellationToken stop = default)
    {
        if (Stream is null)
        {
            foreach (var part in texts.Chunk(TextsAtOnce)) yield return [.. part.Zip(await EmbedAsync(part, stop).ConfigureAwait(false))];
            yield break;
        }
        var (count, length) = (0, 0);
        await foreach (var (text, vector) in Stream(texts, stop).ConfigureAwait(false))
        {
            Check(text, vector, count++ == 0 ? length = vector.Length : length);
            yield return [(text, vector)];
        }
        if (count != texts.Count) throw new InvalidDataException($"{Name}: {count} vectors for {texts.Count} texts; expected one a text");
    }

    /// <inheritdoc/>
    public void Dispose() => Owned?.Dispose();

    void Check(string text, ReadOnlyMemory<float> vector, int length)
    {
        if (vector.Length != length)
            throw new InvalidDataException($"{Name}: a vector of {vector.Length} numbers beside one of {length}, for '{VectorTable.Short(text)}'");
        if (!Cosine.HasDirection(vector.Span))
            throw new InvalidDataException($"{Name}: the vector of '{VectorTable.Short(text)}' is zero or not finite, and so has no direction; "
                + "embed the text again, or leave its row out");
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Anit.Noise.Distance;

/// <summary>Gives a vector for a text: what the language-model-based distortion (LME, Eq. 3) rests on.</summary>
public interface IEmbedder
{
    /// <summary>Says which vectors these are, so that scores can be compared: model, dimensions, digest.</summary>
    string Signature { get; }

    /// <summary>The vectors of some texts, in their order.</summary>
    ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stop = default);
}

/// <summary>Eq. 3: how far two vectors point apart.</summary>
public static class Cosine
{
    /// <summary>1 - cos, clamped to [0, 1]: texts that point away from each other count as wholly distorted.</summary>
    /// <exception cref="InvalidDataException">A vector is zero or not finite, or the lengths differ: it has no direction to compare.</exception>
    public static double Distortion(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) throw new InvalidDataException($"vectors of {a.Length} and {b.Length} numbers; expected the same length");
        double dot = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        if (!(aa > 0 && bb > 0 && double.IsFinite(aa) && double.IsFinite(bb)))
            throw new InvalidDataException("a vector that is zero or not finite has no direction; embed its text again");
        return Math.Clamp(1 - dot / (Math.Sqrt(aa) * Math.Sqrt(bb)), 0, 1);
    }
}

/// <summary>Vectors that were computed beforehand, looked up by their text.</summary>
public sealed class VectorTable : IEmbedder
{
    readonly Dictionary<UInt128, int> places = [];
    readonly List<float[]> vectors = [];
    readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly string name;
    string? signature;

    /// <summary>An empty table.</summary>
    /// <param name="name">What to call it in the signature and in messages.</param>
    public VectorTable(string name) => this.name = name;

    /// <summary>The number of texts.</summary>
    public int Count => vectors.Count;

    /// <summary>Numbers a vector; 0 while the table is empty.</summary>
    public int Dimensions => vectors.Count == 0 ? 0 : vectors[0].Length;

    /// <inheritdoc/>
    public string Signature => signature ??= $"vectors@{Convert.ToHexStringLower(digest.GetCurrentHash())[..16]},{Dimensions}d";

    /// <summary>Adds a text's vector; the same text again must have the same vector.</summary>
    public void Add(string text, float[] vector)
    {
        if (vectors.Count > 0 && vector.Length != Dimensions)
        {
            throw new InvalidDataException(
                $"{name}: a vector of {vector.Length} numbers after vectors of {Dimensions}; expected one length throughout");
        }
        var key = Key(text, out var hash);
        if (places.TryGetValue(key, out var place))
        {
            if (!vectors[place].AsSpan().SequenceEqual(vector))
                throw new InvalidDataException($"{name}: two different vectors for '{Short(text)}'; expected one a text");
            return;
        }
        places[key] = vectors.Count;
        vectors.Add(vector);
        digest.AppendData(hash);
        digest.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(vector.AsSpan()));
    }

    /// <summary>The vector of a text.</summary>
    /// <exception cref="InvalidDataException">The table lacks the text.</exception>
    public ReadOnlySpan<float> Of(string text) => places.TryGetValue(Key(text, out _), out var place)
        ? vectors[place]
        : throw new InvalidDataException($"{name}: no vector for '{Short(text)}'; embed every clean and noisy instruction");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stop = default)
    {
        var found = new ReadOnlyMemory<float>[texts.Count];
        for (var i = 0; i < found.Length; i++) found[i] = Of(texts[i]).ToArray();
        return new(found);
    }

    static UInt128 Key(string text, out byte[] hash)
    {
        hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    static string Short(string text) => text.Length <= 60 ? text : text[..57] + "...";
}

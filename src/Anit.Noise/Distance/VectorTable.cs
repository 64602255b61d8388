using System.Security.Cryptography;
using System.Text;

namespace Anit.Noise.Distance;

/// <summary>Vectors that were computed beforehand, looked up by their text.</summary>
public sealed class VectorTable : IDisposable
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

    /// <summary>Names the vectors: a digest over texts and vectors in their order.</summary>
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

    /// <summary>The table as a source of vectors; disposes the table.</summary>
    public Embedder ToEmbedder() => new(Signature, (texts, _) => Task.FromResult<IReadOnlyList<ReadOnlyMemory<float>>>(
        [.. texts.Select(text => (ReadOnlyMemory<float>)Of(text).ToArray())])) { Name = name, Owned = this };

    /// <inheritdoc/>
    public void Dispose() => digest.Dispose();

    static UInt128 Key(string text, out byte[] hash)
    {
        hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    internal static string Short(string text) => text.Length <= 60 ? text : text[..57] + "...";
}

using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Anit.Remote.Embeddings;

/// <summary>The vectors in a reply, each in the place of its text; a text whose vector is of no use has none, and the reason is told.</summary>
/// <param name="Vectors">One a text; null where it is missing or of no use.</param>
/// <param name="Fault">What is wrong with the first that is null; null when all are there.</param>
readonly record struct EmbeddingReply(float[]?[] Vectors, string? Fault)
{
    /// <summary>Reads a reply to so many texts.</summary>
    /// <param name="reply">The whole reply.</param>
    /// <param name="texts">How many were sent.</param>
    /// <param name="dimensions">Numbers a vector has to have; null where none was seen yet, then the first one tells.</param>
    public static EmbeddingReply Read(JsonElement reply, int texts, int? dimensions)
    {
        var vectors = new float[]?[texts];
        if (reply.ValueKind != JsonValueKind.Object || !reply.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
            return new(vectors, "a reply without a list \"data\"");

        string? fault = null;
        var seen = new HashSet<int>();
        var twice = new HashSet<int>();
        foreach (var (place, item) in data.EnumerateArray().Index())
        {
            if (Index(item) is not { } index || index >= texts) fault ??= $"an index beyond the {texts:N0} texts that were sent";
            else if (!seen.Add(index)) twice.Add(index);
            else if (Vector(item) is not { } vector) fault ??= $"index {index}: no vector of numbers";
            else if (Wrong(vector, dimensions) is { } wrong) fault ??= $"index {index}: {wrong}";
            else (vectors[index], dimensions) = (vector, vector.Length);

            int? Index(JsonElement item) => item.ValueKind != JsonValueKind.Object ? null
                : !item.TryGetProperty("index", out var value) ? place // some servers leave it out, then the order is that of the texts
                : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : null;
        }
        // Of two vectors for one text nobody knows which is its own.
        foreach (var index in twice)
        {
            vectors[index] = null;
            fault ??= $"index {index} stands twice";
        }
        if (Array.IndexOf(vectors, null) is >= 0 and var first)
            fault ??= $"{vectors.Count(v => v is null):N0} of {texts:N0} vectors are missing, the first is number {first}";
        else fault = null; // what else stands in the reply does no harm
        return new(vectors, fault);
    }

    static string? Wrong(float[] vector, int? dimensions)
    {
        if (vector.Length == 0) return "an empty vector";
        if (dimensions is { } expected && vector.Length != expected) return $"a vector of {vector.Length:N0} numbers, expected {expected:N0}";
        if (!vector.All(float.IsFinite)) return "a vector with a number that is not finite";
        return vector.All(x => x == 0) ? "a vector of zeros" : null;
    }

    // Base64 of little-endian float32, as asked for, or an array of numbers from servers that know nothing else.
    static float[]? Vector(JsonElement item)
    {
        if (!item.TryGetProperty("embedding", out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return Decode(value.GetString()!);
        if (value.ValueKind != JsonValueKind.Array) return null;
        var vector = new float[value.GetArrayLength()];
        foreach (var (i, number) in value.EnumerateArray().Index())
        {
            if (number.ValueKind != JsonValueKind.Number) return null;
            vector[i] = (float)number.GetDouble();
        }
        return vector;
    }

    static float[]? Decode(string text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Convert.TryFromBase64String(text, bytes, out var count) is false || count % sizeof(float) != 0) return null;
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("vectors come in little-endian numbers");
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, count)).ToArray();
    }
}

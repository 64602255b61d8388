using System.Security.Cryptography;

namespace Anit.Train;

/// <summary>What tells one base model from another: a digest over its configuration, vocabulary and weights.</summary>
static class ModelDigest
{
    /// <summary>SHA-256 over the folder's files by name; without weights for a model from scratch.</summary>
    public static string Of(string folder, bool withoutWeights)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            var weights = name.EndsWith(".safetensors", StringComparison.Ordinal);
            if (weights ? withoutWeights : name is not ("config.json" or "tokenizer.json" or "tokenizer_config.json")) continue;
            using var file = File.OpenRead(path);
            digest.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            digest.AppendData(SHA256.HashData(file));
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}

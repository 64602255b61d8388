using System.Security.Cryptography;

namespace Anit.Tools;

/// <summary>What tells one base model from another: a digest over its configuration, vocabulary and weights.</summary>
static class ModelDigest
{
    /// <summary>SHA-256 over the folder's files by name; without weights for a model from scratch.</summary>
    public static string Of(string folder, bool withoutWeights) =>
        Of(folder, withoutWeights, "config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja");

    /// <summary>The same of an adapter.</summary>
    public static string OfAdapter(string folder) => Of(folder, withoutWeights: false, "adapter_config.json");

    static string Of(string folder, bool withoutWeights, params string[] others)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            var weights = name.EndsWith(".safetensors", StringComparison.Ordinal);
            if (weights ? withoutWeights : !others.Contains(name)) continue;
            using var file = File.OpenRead(path);
            digest.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            digest.AppendData(SHA256.HashData(file));
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}

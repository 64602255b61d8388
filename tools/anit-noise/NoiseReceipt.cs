using System.Security.Cryptography;
using System.Text.Json;

namespace Anit.Tools;

/// <summary>The options of a run in one canonical form: only what can change the result, keys in ordinal order, files by digest.</summary>
static class NoiseReceipt
{
    public static string Options(NoiseOptions o)
    {
        var all = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["column"] = o.Columns.Text, ["count"] = Name(o.Count), ["id"] = o.Columns.Id, ["noise"] = o.Kinds.ToDictionary(k => k.Kind, k => Plain(k.Weight)),
            ["omega"] = Plain(o.Omega), ["phi"] = Plain(o.Phi), ["segmenter"] = Name(o.Segmenter), ["selection"] = Name(o.Selection),
        };
        var kinds = o.Kinds.Select(k => k.Kind).ToHashSet();
        if (o.Epoch is { } epoch) all["epoch"] = epoch;
        if (o.AllowLabels) all["allow_labels"] = true;
        if (kinds.Contains("shuffle")) all["shuffle"] = Name(o.Shuffle);
        if (kinds.Contains("replace")) all["keep_punctuation"] = o.KeepPunctuation;
        if (kinds.Contains("replace") || kinds.Contains("insert")) all["vocab"] = o.Vocabulary is "english" or "train" ? o.Vocabulary : Digest(o.Vocabulary);
        if (kinds.Contains("pad")) all["pool"] = o.Pool is null ? "input" : Digest(o.Pool);
        if (kinds.Contains("pad") || o.Vocabulary == "train") all["pool_column"] = o.PoolColumn;
        if (kinds.Contains("opposite")) all["opposite"] = o.Meta ? "meta" : o.Opposites is null ? "rules" : Digest(o.Opposites);
        if (o.Protect.Count > 0) all["protect"] = o.Protect.Order(StringComparer.Ordinal).ToArray();
        if (o.ProtectList is not null) all["protect_list"] = Digest(o.ProtectList);
        if (o.Shard.Of > 1) all["shard"] = $"{o.Shard.Part}/{o.Shard.Of}";
        return JsonSerializer.Serialize(all);
    }

    // 0.20 and 0.2 are one strength: dividing by one drops the trailing zeros.
    static decimal Plain(decimal number) => number / 1.0000000000000000000000000000m;

    static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    static string Digest(string path) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}

using System.Text.Json.Nodes;
using Anit.Data.Receipts;
using Anit.Noise;

namespace Anit.Tools;

/// <summary>What of a run decides its result: the options with a bearing on it, and the files they name.</summary>
static class NoiseReceipt
{
    public static Stage Stage(NoiseOptions o) => new("anit-noise", NoiseTable.Version)
    {
        Options = Options(o),
        Seed = o.Seed,
        Shard = o.Shard.Receipt,
        Files = [.. new[] { VocabularyFile(o), Uses(o, "pad") ? o.Pool : null, Uses(o, "opposite") ? o.Opposites : null, o.ProtectList }.OfType<string>()],
        // Drawing anew drops columns, and then not all others pass through.
        Adds = o.Again ? null : [o.Columns.Noisy, "noise", "omega", "edits", "unchanged"],
    };

    public static JsonObject Options(NoiseOptions o)
    {
        var all = new JsonObject
        {
            ["column"] = o.Columns.Text, ["count"] = Name(o.Count), ["id"] = o.Columns.Id, ["omega"] = Plain(o.Omega), ["phi"] = Plain(o.Phi),
            ["segmenter"] = Name(o.Segmenter), ["selection"] = Name(o.Selection),
            ["noise"] = new JsonArray([.. o.Kinds.Select(k => (JsonNode)new JsonArray(k.Kind, Plain(k.Weight)))]),
        };
        if (o.Epoch is { } epoch) all["epoch"] = epoch;
        if (o.AllowLabels) all["allow_labels"] = true;
        if (Uses(o, "shuffle")) all["shuffle"] = Name(o.Shuffle);
        if (Uses(o, "replace")) all["keep_punctuation"] = o.KeepPunctuation;
        if (Uses(o, "replace") || Uses(o, "insert")) all["vocab"] = VocabularyFile(o) is null ? o.Vocabulary : "file";
        if (Uses(o, "pad")) all["pool"] = o.Pool is null ? "input" : "file";
        if (Uses(o, "pad") || o.Vocabulary == "train") all["pool_column"] = o.PoolColumn;
        if (Uses(o, "opposite")) all["opposite"] = o.Meta ? "meta" : o.Opposites is null ? "rules" : "file";
        if (o.Protect.Count > 0) all["protect"] = new JsonArray([.. o.Protect.Order(StringComparer.Ordinal).Select(p => (JsonNode)p)]);
        if (o.ProtectList is not null) all["protect_list"] = "file";
        return all;
    }

    static bool Uses(NoiseOptions o, string kind) => o.Kinds.Any(k => k.Kind == kind);

    static string? VocabularyFile(NoiseOptions o) => o.Vocabulary is "english" or "train" || !(Uses(o, "replace") || Uses(o, "insert")) ? null : o.Vocabulary;

    // 0.20 and 0.2 are one strength: dividing by one drops the trailing zeros.
    static decimal Plain(decimal number) => number / 1.0000000000000000000000000000m;

    static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}

using System.Text.Json.Nodes;
using Anit.Data.Receipts;
using Anit.Noise;

namespace Anit.Tools.Noise;

/// <summary>What of a run decides its result: the options with a bearing on it, and the files they name.</summary>
static class NoiseReceipt
{
    public static Stage Stage(NoiseOptions o) => new("anit-noise", Version(o))
    {
        Options = Options(o),
        Seed = o.Seed,
        Shard = o.Shard.Receipt,
        Files = [.. Files(o).OfType<string>()],
        // Drawing anew drops columns, and texts inside a column change where they stand: then not all others pass through.
        Adds = o.Again || o.Nested is not null ? null : [o.Columns.Noisy, "noise", "omega", "edits", "unchanged"],
    };

    public static int Version(NoiseOptions o) => NoiseTransform.VersionOf(o.Kinds.Select(k => k.Kind));

    public static JsonObject Options(NoiseOptions o)
    {
        var all = new JsonObject
        {
            ["column"] = o.Columns.Text, ["count"] = Name(o.Count), ["id"] = o.Columns.Id, ["omega"] = Plain(o.Omega), ["phi"] = Plain(o.Phi),
            ["segmenter"] = Name(o.Segmenter), ["selection"] = Name(o.Selection),
            ["noise"] = new JsonArray([.. o.Kinds.Select(k => (JsonNode)new JsonArray(k.Kind.Name, Plain(k.Weight)))]),
        };
        if (o.Epoch is { } epoch) all["epoch"] = epoch;
        if (o.AllowLabels) all["allow_labels"] = true;
        foreach (var (key, value) in o.Kinds.SelectMany(k => k.Kind.Receipt(NoiseSources.Setup(o))))
            all[key] = value is bool flag ? flag : (string)value;
        if (o.Uses(NoiseNeeds.Vocabulary)) all["vocab"] = VocabularyFile(o) is null ? o.Vocabulary : "file";
        if (o.Uses(NoiseNeeds.Texts)) all["pool"] = o.Pool is null ? "input" : "file";
        if (o.Uses(NoiseNeeds.Texts) || o.Vocabulary == "train") all["pool_column"] = o.PoolColumn;
        if (o.Protect.Count > 0) all["protect"] = new JsonArray([.. o.Protect.Order(StringComparer.Ordinal).Select(p => (JsonNode)p)]);
        if (o.ProtectList is not null) all["protect_list"] = "file";
        return all;
    }

    static string? VocabularyFile(NoiseOptions o) => o.Vocabulary is "english" or "train" || !o.Uses(NoiseNeeds.Vocabulary) ? null : o.Vocabulary;

    public static IEnumerable<string?> Files(NoiseOptions o)
    {
        var tables = o.Kinds.SelectMany(k => k.Kind.Settings).Where(s => s.Columns.Count > 0).Select(s => o.Settings.GetValueOrDefault(s.Name));
        return [VocabularyFile(o), o.Uses(NoiseNeeds.Texts) ? o.Pool : null, .. tables, o.ProtectList];
    }

    // 0.20 and 0.2 are one strength: dividing by one drops the trailing zeros.
    static decimal Plain(decimal number) => number / 1.0000000000000000000000000000m;

    static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}

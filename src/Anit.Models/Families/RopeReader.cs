using System.Text.Json;

namespace Anit.Models.Families;

/// <summary>Reads the rotary settings of a config, which three generations of configs keep in different places.</summary>
/// <remarks>As transformers 5 reads them: <c>rope_scaling</c>, where it says anything, goes before <c>rope_parameters</c>; a
/// <c>rope_theta</c> inside goes before the one at the top; <c>original_max_position_embeddings</c> at the top before the one inside.
/// Models with a second theta for layers with a window have one set of <c>rope_parameters</c> for each type of layers.</remarks>
sealed class RopeReader(ConfigReader keys, JsonElement root, Family family)
{
    const string Supported = "default, linear, llama3, yarn, dynamic, longrope";

    /// <summary>What turns queries and keys, and what turns those of layers with a window where that is something else.</summary>
    public ModelConfig Into(ModelConfig config)
    {
        var (scaling, parameters) = (Set(root, "rope_scaling"), Set(root, "rope_parameters"));
        var layered = parameters is { } set && set.EnumerateObject().All(p => p.Name is "full_attention" or "sliding_attention");
        if (parameters is not null && layered != family.LocalRopeTheta is not null)
            throw keys.Bad(layered ? $"rope_parameters by type of layer is not supported for {family.ModelType}; expected one set"
                : $"rope_parameters without full_attention and sliding_attention is not supported for {family.ModelType}");

        var inner = layered ? Set(parameters!.Value, "full_attention") : scaling is null ? parameters : null;
        var whole = scaling ?? inner;
        config = config with
        {
            RopeTheta = Theta(scaling) ?? Theta(inner) ?? keys.Number("rope_theta") ?? family.RopeTheta,
            RopeScaling = whole is { } one ? Scaling(one, scaling is null ? "rope_parameters" : "rope_scaling", config) : null,
        };
        foreach (var at in new[] { root, whole ?? root })
            if (keys.Number(at, "partial_rotary_factor") is { } part and not 1)
                throw keys.Bad($"partial_rotary_factor {part} is not supported; expected 1");
        if (config.RopeScaling is { Type: "yarn" } && !(config.RopeTheta > 1))
            throw keys.Bad($"rope_theta is {config.RopeTheta}, yarn needs more than 1");
        if (family.LocalRopeTheta is not { } preset) return config;

        var local = layered ? Set(parameters!.Value, "sliding_attention") : null;
        if (local is { } narrow && Type(narrow) is var type and not "default")
            throw keys.Bad($"rope_parameters.sliding_attention of rope_type {type} is not supported; expected default");
        return config with { RopeLocalTheta = Theta(local) ?? keys.Number("rope_local_base_freq") ?? preset };
    }

    RopeScaling? Scaling(JsonElement at, string name, ModelConfig config)
    {
        var type = Type(at);
        if (type == "default") return null;
        if (type is not ("linear" or "llama3" or "yarn" or "dynamic" or "longrope"))
            throw keys.Bad($"{name} of rope_type {type} is not supported; supported are {Supported}");

        double Need(string key) => keys.Number(at, key) ?? throw keys.Bad($"{name}.{key} is missing");
        double Positive(string key, double value) => value > 0 ? value : throw keys.Bad($"{name}.{key} is {value}, expected more than 0");
        var longest = config.MaxPositionEmbeddings;
        var original = type == "dynamic" ? longest : Original(at, name) ?? longest;
        // The longer context is told by the factor, or by both lengths.
        var factor = keys.Number(at, "factor") is null && type is "yarn" or "longrope" ? (double)longest / original : Need("factor");
        var scaling = new RopeScaling(type, Positive("factor", factor)) { OriginalMaxPositions = type == "linear" ? 8192 : original };
        switch (type)
        {
            case "llama3":
                scaling = scaling with { LowFreqFactor = Positive("low_freq_factor", Need("low_freq_factor")),
                    HighFreqFactor = Need("high_freq_factor") };
                return scaling.HighFreqFactor > scaling.LowFreqFactor ? scaling
                    : throw keys.Bad($"{name}.high_freq_factor is {scaling.HighFreqFactor}, expected more than low_freq_factor, "
                        + $"{scaling.LowFreqFactor}");
            case "yarn":
                return scaling with
                {
                    AttentionFactor = Positive("attention_factor", keys.Number(at, "attention_factor") ?? YarnAttention(at, factor)),
                    BetaFast = Positive("beta_fast", NonZero(at, "beta_fast") ?? 32),
                    BetaSlow = Positive("beta_slow", NonZero(at, "beta_slow") ?? 1),
                    Truncate = keys.Flag(at, "truncate") ?? true,
                };
            case "longrope":
                return scaling with
                {
                    AttentionFactor = Positive("attention_factor", keys.Number(at, "attention_factor")
                        ?? (factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(factor) / Math.Log(original)))),
                    ShortFactors = Factors(at, name, "short_factor", config.HeadDim),
                    LongFactors = Factors(at, name, "long_factor", config.HeadDim),
                };
            case "dynamic" when config.HeadDim == 2: throw keys.Bad($"{name} of rope_type dynamic needs a head_dim above 2");
            default: return scaling;
        }
    }

    int? Original(JsonElement at, string name) =>
        (keys.Number(root, "original_max_position_embeddings") ?? keys.Number(at, "original_max_position_embeddings")) switch
    {
        null => null,
        >= 1 and <= int.MaxValue and var tokens => (int)tokens,
        var other => throw keys.Bad($"{name}.original_max_position_embeddings is {other}, expected 1 or more"),
    };

    /// <summary>Equation 22 of the YaRN paper; DeepSeek's configs split it into two scales.</summary>
    double YarnAttention(JsonElement at, double factor)
    {
        double Sharper(double scale) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;
        return NonZero(at, "mscale") is { } scale && NonZero(at, "mscale_all_dim") is { } all ? Sharper(scale) / Sharper(all) : Sharper(1);
    }

    double[] Factors(JsonElement at, string name, string key, int headDim)
    {
        if (!at.TryGetProperty(key, out var list)) throw keys.Bad($"{name}.{key} is missing");
        double[] factors = list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(f => JsonKeys.NumberOf(f) ?? 0)] : [];
        return factors.Length == headDim / 2 && factors.All(f => f > 0) ? factors
            : throw keys.Bad($"{name}.{key} has {factors.Length} numbers, expected {headDim / 2} above 0, half of head_dim");
    }

    double? NonZero(JsonElement at, string name) => keys.Number(at, name) is { } value and not 0 ? value : null;

    double? Theta(JsonElement? at) => at is { } set ? keys.Number(set, "rope_theta") : null;

    string Type(JsonElement at) => keys.Text(at, "rope_type") ?? keys.Text(at, "type") ?? "default";

    /// <summary>An object that says something; null and {} say nothing.</summary>
    JsonElement? Set(JsonElement at, string name) => !at.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind != JsonValueKind.Object ? throw keys.Bad($"{name} is {JsonKeys.Short(value)}, expected an object")
        : value.GetPropertyCount() == 0 ? null : value;
}

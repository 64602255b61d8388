using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Anit.Models.Lora;

/// <summary>Which layers an adapter_config.json updates, and by which rank and alpha where they differ.</summary>
/// <remarks>PEFT's rules: a list names layers in full or by the last parts of their names, a text is a regular expression of whole names
/// (or the word all-linear); names that a model lacks update nothing. <c>layers_to_transform</c> keeps what a list names by its last parts
/// to some layers. Patterns of rank and alpha match the last parts of a name; the first one that matches counts.</remarks>
sealed record PeftTargets(PeftTargets.Names Targets)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1); // a name is short; only a hostile expression takes longer

    /// <summary>A list of names, or a regular expression.</summary>
    public sealed record Names(IReadOnlyList<string> List, string? Pattern = null)
    {
        public bool InFull(string name) => Pattern is null ? List.Contains(name, StringComparer.Ordinal) : IsMatch(name, $@"\A(?:{Pattern})\z");

        public bool ByEnd(string name) => List.Any(t => name.EndsWith("." + t, StringComparison.Ordinal));

        public JsonNode ToJson() => Pattern is not null ? Pattern : new JsonArray([.. List.Order(StringComparer.Ordinal).Select(t => (JsonNode)t)]);
    }

    public Names? Excluded { get; init; }

    /// <summary>Numbers of layers; null for all.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>What stands before the number of a layer in its name; empty for anything.</summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    public IReadOnlyList<(string Pattern, double Value)> Ranks { get; init; } = [];

    public IReadOnlyList<(string Pattern, double Value)> Alphas { get; init; } = [];

    /// <summary>Whether the layer of that full name is updated.</summary>
    public bool Match(string name)
    {
        if (Excluded is { } not && (not.InFull(name) || not.ByEnd(name))) return false;
        return Targets.InFull(name) || Targets.ByEnd(name) && (Layers is null || NumberOf(name) is { } layer && Layers.Contains(layer));
    }

    /// <summary>What the first pattern that fits a layer says.</summary>
    public static double? Of(IReadOnlyList<(string Pattern, double Value)> patterns, string name)
    {
        foreach (var (pattern, value) in patterns)
            if (IsMatch(name, $@"\A(.*\.)?({pattern})\z")) return value;
        return null;
    }

    int? NumberOf(string name)
    {
        foreach (var before in LayersPattern.DefaultIfEmpty("[^.]*"))
            if (Regex.Match(name, $@"\A.*?\.(?:{before})\.([0-9]+)\.", RegexOptions.CultureInvariant, Patience) is { Success: true } found)
                return int.Parse(found.Groups[^1].ValueSpan, CultureInfo.InvariantCulture);
        return null;
    }

    static bool IsMatch(string name, string pattern) => Regex.IsMatch(name, pattern, RegexOptions.CultureInvariant, Patience);

    /// <summary>Reads the keys of an adapter_config.json.</summary>
    /// <param name="json">The config.</param>
    /// <param name="bad">Makes an error of a text.</param>
    public static PeftTargets Read(JsonElement json, Func<string, InvalidDataException> bad)
    {
        JsonElement? Value(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
        InvalidDataException Wrong(string name, string expected) => bad($"{name} is {Value(name)?.GetRawText() ?? "missing"}, expected {expected}");

        string Checked(string name, string pattern)
        {
            try
            {
                IsMatch("model.layers.0.self_attn.q_proj", $"(?:{pattern})");
                return pattern;
            }
            catch (Exception e) when (e is RegexParseException or RegexMatchTimeoutException)
            {
                throw bad($"{name} '{pattern}' is no regular expression that can be "
                    + $"read{(e is RegexMatchTimeoutException ? ": it takes too long" : "")}");
            }
        }

        string[]? List(string name) => Value(name) is { ValueKind: JsonValueKind.Array } list
            && list.EnumerateArray().All(t => t.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(t => t.GetString()!)] : null;

        Names Of(string name) => Value(name) is { ValueKind: JsonValueKind.String } text ? new([], Checked(name, text.GetString()!))
            : new(List(name) ?? throw Wrong(name, "a list of layers' names or a regular expression"));

        (string, double)[] Patterns(string name, double least, double most) => Value(name) switch
        {
            null => [],
            { ValueKind: JsonValueKind.Object } set => [.. set.EnumerateObject().Select(p =>
                p.Value.ValueKind == JsonValueKind.Number && p.Value.GetDouble() >= least && p.Value.GetDouble() <= most
                    ? (Checked(name, p.Name), p.Value.GetDouble())
                    : throw Wrong(name, "an object from layers' names to numbers"))],
            _ => throw Wrong(name, "an object from layers' names to numbers"),
        };

        JsonElement[] layers = Value("layers_to_transform") switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
            var one => [one.Value],
        };
        if (!layers.All(l => l.ValueKind == JsonValueKind.Number && l.TryGetInt32(out _)))
            throw Wrong("layers_to_transform", "a number or a list of numbers");
        var before = Value("layers_pattern") is { ValueKind: JsonValueKind.String } word ? [word.GetString()!]
            : Value("layers_pattern") is null ? [] : List("layers_pattern") ?? throw Wrong("layers_pattern", "a name or a list of names");

        var targets = Of("target_modules");
        var isWord = targets.Pattern is not null;
        if (isWord && layers.Length > 0)
            throw bad("layers_to_transform has no effect beside a target_modules that is a text; name the layers in the expression");
        if (layers.Length == 0 && before.Any(b => b.Length > 0)) throw bad("layers_pattern has no effect without layers_to_transform; remove it");
        if (isWord && targets.Pattern!.Equals("all-linear", StringComparison.OrdinalIgnoreCase)) targets = new(LoraOptions.AllLinear);
        return new(targets)
        {
            Excluded = Value("exclude_modules") is null ? null : Of("exclude_modules"),
            Layers = layers.Length == 0 ? null : [.. layers.Select(l => l.GetInt32())],
            LayersPattern = [.. before.Where(b => b.Length > 0).Select(b => Checked("layers_pattern", b))],
            Ranks = Patterns("rank_pattern", 1, LoraOptions.MostRank),
            Alphas = Patterns("alpha_pattern", float.MinValue, float.MaxValue),
        };
    }

    /// <summary>Puts the keys into an adapter_config.json.</summary>
    public void Write(JsonObject json)
    {
        static JsonObject Set(IReadOnlyList<(string Pattern, double Value)> patterns) =>
            new(patterns.Select(p =>
                KeyValuePair.Create(p.Pattern, (JsonNode?)(p.Value == Math.Floor(p.Value) ? (JsonNode)(long)p.Value : p.Value))));
        json["target_modules"] = Targets.ToJson();
        json["alpha_pattern"] = Set(Alphas);
        json["rank_pattern"] = Set(Ranks);
        if (Excluded is not null) json["exclude_modules"] = Excluded.ToJson();
        if (Layers is not null) json["layers_to_transform"] = new JsonArray([.. Layers.Select(l => (JsonNode)l)]);
        if (LayersPattern.Count > 0) json["layers_pattern"] = new JsonArray([.. LayersPattern.Select(l => (JsonNode)l)]);
    }
}

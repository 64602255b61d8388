using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Anit.Models.Lora;

/// <summary>Which layers an adapter_config.json updates, and by which rank and alpha where they differ.</summary>
/// <remarks>PEFT's rules: a list names layers in full or by the last parts of their names, a text is a regular expression of whole names
/// (or the word all-linear); names that a model lacks update nothing. <c>layers_to_transform</c> keeps what a list names by its last parts
/// to some layers. Patterns of rank and alpha match the last parts of a name; the first one that matches counts.</remarks>
sealed partial record PeftTargets(PeftTargets.Names Targets)
{
    /// <summary>The largest alpha either way: beyond, no update is a number any more.</summary>
    public const double MostAlpha = 1e6;

    /// <summary>A list of names, or a regular expression.</summary>
    public sealed record Names(IReadOnlyList<string> List, NamePattern? Pattern = null)
    {
        public bool InFull(string name) => Pattern is null ? List.Contains(name, StringComparer.Ordinal) : Pattern.Match(name).Success;

        public bool ByEnd(string name) => List.Any(t => name.EndsWith("." + t, StringComparison.Ordinal));

        public JsonNode ToJson() => Pattern is not null ? Pattern.Text
            : new JsonArray([.. List.Order(StringComparer.Ordinal).Select(t => (JsonNode)t)]);
    }

    public Names? Excluded { get; init; }

    /// <summary>Numbers of layers; null for all.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>What stands before the number of a layer in its name; empty for anything.</summary>
    public IReadOnlyList<NamePattern> LayersPattern { get; init; } = [];

    public IReadOnlyList<(NamePattern Pattern, double Value)> Ranks { get; init; } = [];

    public IReadOnlyList<(NamePattern Pattern, double Value)> Alphas { get; init; } = [];

    /// <summary>Whether the layer of that full name is updated.</summary>
    public bool Match(string name)
    {
        if (Excluded is { } not && (not.InFull(name) || not.ByEnd(name))) return false;
        return Targets.InFull(name) || Targets.ByEnd(name) && (Layers is null || NumberOf(name) is { } layer && Layers.Contains(layer));
    }

    /// <summary>What the first pattern that fits a layer says.</summary>
    public static double? Of(IReadOnlyList<(NamePattern Pattern, double Value)> patterns, string name)
    {
        foreach (var (pattern, value) in patterns)
            if (pattern.Match(name).Success) return value;
        return null;
    }

    int? NumberOf(string name)
    {
        if (LayersPattern.Count == 0) return Number(AnyLayer().Match(name));
        foreach (var before in LayersPattern)
            if (Number(before.Match(name)) is { } number) return number;
        return null;
    }

    static int? Number(Match found) => found.Success ? int.Parse(found.Groups[^1].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\A.*?\.[^.]*\.([0-9]+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex AnyLayer();

    /// <summary>Reads the keys of an adapter_config.json.</summary>
    /// <exception cref="InvalidDataException">A value is of a wrong type, out of range, or contradicts another.</exception>
    public static PeftTargets Read(JsonKeys keys)
    {
        Names Of(string name) =>
            keys.Value(name) is { } value && JsonKeys.TextOf(value) is { } text ? new([], new(text, @"\A(?:{0})\z", name, keys.Bad))
            : new(keys.Texts(name) ?? throw Wrong(keys, name, "a list of layers' names or a regular expression"));

        (NamePattern, double)[] Patterns(string name, string expected, Func<JsonElement, double?> read) => keys.Value(name) switch
        {
            null => [],
            { ValueKind: JsonValueKind.Object } set => [.. set.EnumerateObject().Select(p => (
                new NamePattern(p.Name, @"\A(.*\.)?({0})\z", name, keys.Bad),
                read(p.Value) ?? throw keys.Wrong($"{name}.{p.Name}", p.Value, expected)))],
            var other => throw keys.Wrong(name, other.Value, $"an object from layers' names to {expected}"),
        };

        int[] layers = keys.Value("layers_to_transform") switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Layer)],
            var one => [Layer(one.Value)],
        };
        int Layer(JsonElement value) => JsonKeys.IntegerOf(value) is { } layer and >= 0 ? layer
            : throw Wrong(keys, "layers_to_transform", "the number of a layer or a list of them");

        string[] before = keys.Value("layers_pattern") is not { } pattern ? []
            : JsonKeys.TextOf(pattern) is { } word ? [word]
            : keys.Texts("layers_pattern") ?? throw Wrong(keys, "layers_pattern", "a name or a list of names");

        var targets = Of("target_modules");
        var isWord = targets.Pattern is not null;
        if (isWord && layers.Length > 0)
            throw keys.Bad("layers_to_transform has no effect beside a target_modules that is a text; name the layers in the expression");
        if (layers.Length == 0 && before.Any(b => b.Length > 0))
            throw keys.Bad("layers_pattern has no effect without layers_to_transform; remove it");
        if (isWord && targets.Pattern!.Text.Equals("all-linear", StringComparison.OrdinalIgnoreCase)) targets = new(LoraOptions.AllLinear);
        return new(targets)
        {
            Excluded = keys.Value("exclude_modules") is null ? null : Of("exclude_modules"),
            Layers = layers.Length == 0 ? null : layers,
            LayersPattern = [.. before.Where(b => b.Length > 0)
                .Select(b => new NamePattern(b, @"\A.*?\.(?:{0})\.([0-9]+)\.", "layers_pattern", keys.Bad))],
            Ranks = Patterns("rank_pattern", $"a whole number from 1 to {LoraOptions.MostRank}",
                value => JsonKeys.IntegerOf(value) is { } rank and >= 1 and <= LoraOptions.MostRank ? rank : null),
            Alphas = Patterns("alpha_pattern", $"a number from -{MostAlpha} to {MostAlpha}",
                value => JsonKeys.NumberOf(value) is { } alpha && Math.Abs(alpha) <= MostAlpha ? alpha : null),
        };
    }

    static InvalidDataException Wrong(JsonKeys keys, string name, string expected) =>
        keys.Value(name) is { } value ? keys.Wrong(name, value, expected) : keys.Missing(name, expected);

    /// <summary>Puts the keys into an adapter_config.json.</summary>
    public void Write(JsonObject json)
    {
        static JsonObject Set(IReadOnlyList<(NamePattern Pattern, double Value)> patterns) =>
            new(patterns.Select(p =>
                KeyValuePair.Create(p.Pattern.Text, (JsonNode?)(p.Value == Math.Floor(p.Value) ? (JsonNode)(long)p.Value : p.Value))));
        json["target_modules"] = Targets.ToJson();
        json["alpha_pattern"] = Set(Alphas);
        json["rank_pattern"] = Set(Ranks);
        if (Excluded is not null) json["exclude_modules"] = Excluded.ToJson();
        if (Layers is not null) json["layers_to_transform"] = new JsonArray([.. Layers.Select(l => (JsonNode)l)]);
        if (LayersPattern.Count > 0) json["layers_pattern"] = new JsonArray([.. LayersPattern.Select(l => (JsonNode)l.Text)]);
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Anit.Data.Receipts;

/// <summary>What one stage did to a table: enough to run it again and to notice that something differs.</summary>
/// <remarks>It holds nothing that does not change the result: no clock, host, path, thread count or batch size.</remarks>
public sealed record Receipt
{
    /// <summary>The tool, for example <c>anit-noise</c> or <c>anit-data split</c>.</summary>
    public required string Tool { get; init; }

    /// <summary>Version of the tool's algorithm, raised when equal options give other rows.</summary>
    public required int Version { get; init; }

    /// <summary>The options that can change the result, as <see cref="SortedJson"/> of one object.</summary>
    public string Options { get; init; } = "{}";

    /// <summary>Seed of the generator, or null for a stage without chance.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Digests of the inputs, in order: rows of tables (<see cref="RowDigest"/>), bytes of other files.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Columns that the stage added (or wrote anew) when it passed all rows and all other columns through unchanged; else null.</summary>
    public IReadOnlyList<string>? Adds { get; init; }

    /// <summary>Which part of the input this is, as <c>i/n</c> counted from 0, or null for all of it.</summary>
    public string? Shard { get; init; }

    /// <summary>Digest of the rows written, or null while the stage still runs.</summary>
    public string? Rows { get; init; }

    /// <summary>Number of rows written, or null while the stage still runs.</summary>
    public long? Count { get; init; }

    /// <summary>A digest of all that decides the result: the key under which a cache keeps it.</summary>
    public string Key => "sha256:"
        + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SortedJson.Write((this with { Rows = null, Count = null }).ToJson()))));

    /// <summary>Whether two receipts promise the same rows: everything equal but the result itself.</summary>
    public bool SamePromise(Receipt other) => Key == other.Key;

    /// <summary>The first property in which the promise of two receipts differs, in words; null when they agree.</summary>
    public string? Difference(Receipt wanted)
    {
        if (Tool != wanted.Tool) return $"made by {Tool}, not by {wanted.Tool}";
        if (Version != wanted.Version) return $"algorithm version {Version}, now {wanted.Version}";
        if (Options != wanted.Options) return OptionDifference(Parse(Options), Parse(wanted.Options));
        if (Seed != wanted.Seed) return $"seed {Seed?.ToString() ?? "none"}, now {wanted.Seed?.ToString() ?? "none"}";
        if (Shard != wanted.Shard) return $"shard {Shard ?? "none"}, now {wanted.Shard ?? "none"}";
        if (!Inputs.SequenceEqual(wanted.Inputs)) return $"another input: {Short(Inputs)}, now {Short(wanted.Inputs)}";
        return SamePromise(wanted) ? null : "it adds other columns";
    }

    /// <summary>The receipt as JSON, what is null left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["tool"] = Tool, ["version"] = Version, ["options"] = Parse(Options) };
        if (Seed is { } seed) json["seed"] = seed;
        json["inputs"] = new JsonArray([.. Inputs.Select(text => (JsonNode)text)]);
        if (Adds is { } adds) json["adds"] = new JsonArray([.. adds.Select(text => (JsonNode)text)]);
        if (Shard is { } shard) json["shard"] = shard;
        if (Rows is { } rows) json["rows"] = rows;
        if (Count is { } count) json["count"] = count;
        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> writes.</summary>
    public static Receipt FromJson(JsonNode? json)
    {
        return new Receipt
        {
            Tool = Must<string>("tool"),
            Version = Must<int>("version"),
            Options = Node("options") is JsonObject options ? SortedJson.Write(options) : throw Bad(),
            Seed = May<ulong?>("seed"),
            Inputs = Texts("inputs") ?? throw Bad(),
            Adds = Texts("adds"),
            Shard = May<string>("shard"),
            Rows = May<string>("rows"),
            Count = May<long?>("count"),
        };

        T Must<T>(string name) => Node(name) is JsonValue value && value.TryGetValue<T>(out var found) ? found : throw Bad();

        T? May<T>(string name) => Node(name) is null ? default : Must<T>(name);

        string[]? Texts(string name) => Node(name) switch
        {
            null => null,
            JsonArray list => [.. list.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Bad())],
            _ => throw Bad(),
        };

        JsonNode? Node(string name) => json is JsonObject all ? all[name] : throw Bad();

        DataFormatException Bad() => new($"a receipt in {Chain.Key} is not what a stage of ANIT writes: {json?.ToJsonString() ?? "null"}");
    }

    static JsonObject Parse(string options) => JsonNode.Parse(options)!.AsObject();

    static string OptionDifference(JsonObject had, JsonObject wants)
    {
        var names = had.Select(pair => pair.Key).Union(wants.Select(pair => pair.Key)).Order(StringComparer.Ordinal);
        var different = names.Where(name => SortedJson.Write(had[name]) != SortedJson.Write(wants[name]));
        return string.Join("; ", different.Select(name => $"{name} was {Value(had, name)}, now {Value(wants, name)}"));
    }

    static string Value(JsonObject options, string name) => options.ContainsKey(name) ? SortedJson.Write(options[name]) : "not given";

    static string Short(IReadOnlyList<string> digests) =>
        digests.Count == 0 ? "none" : string.Join(" + ", digests.Select(text => text[..Math.Min(19, text.Length)]));
}

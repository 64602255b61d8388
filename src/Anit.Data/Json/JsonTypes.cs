using System.Text;
using System.Text.Json;

namespace Anit.Data.Json;

/// <summary>Infers columns from JSON objects: each object widens what is known.</summary>
/// <remarks>Integers are i64, numbers with a point or exponent f64 (which integers join unless they would lose digits), objects
/// structs, arrays lists. Values that do not go together, such as text and numbers, are an error that names the column.</remarks>
/// <param name="limits">Bounds on nesting and fields.</param>
/// <param name="given">Types by path, which nothing is inferred against.</param>
sealed class JsonTypes(ReadLimits limits, IReadOnlyDictionary<string, DataType> given)
{
    readonly Node root = new() { Kind = Kind.Object };
    readonly HashSet<string> seen = [];

    enum Kind { Unknown, Bool, Integer, Unsigned, Float, FloatWord, Text, Array, Object }

    sealed class Node
    {
        public Kind Kind;
        public Node? Item;
        public DataType? Given;
        public string? Precise; // an integer that a double would round
        public readonly List<(string Name, Node Node)> Fields = [];
        public readonly Dictionary<string, Node> ByName = new(StringComparer.Ordinal);
    }

    /// <summary>Takes in one object; the reader stands before it.</summary>
    public void Add(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new DataFormatException($"found a JSON {Word(json.TokenType)}, expected an object");
        Fields(ref json, root, "", 1);
    }

    /// <summary>Adds the columns and members that were given a type and not seen, and returns their paths.</summary>
    public IReadOnlyList<string> AddUnseen()
    {
        var unseen = given.Keys.Where(path => !seen.Contains(path)).ToList();
        foreach (var path in unseen)
        {
            var (node, name) = (root, path);
            while (node.Fields.FirstOrDefault(f =>
                name.StartsWith($"{f.Name}.", StringComparison.Ordinal)) is { Node: { Kind: Kind.Object } inner, Name: var outer })
                (node, name) = (inner, name[(outer.Length + 1)..]);
            Member(node, name, path);
        }
        return unseen;
    }

    /// <summary>The columns so far; those that were always null are taken for text.</summary>
    public Schema Schema() => new(root.Fields.Select(f => new Field(f.Name, TypeOf(f.Node))));

    void Fields(ref Utf8JsonReader json, Node node, string path, int depth)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (!node.ByName.TryGetValue(name, out var child))
            {
                child = Member(node, name, Path(path, name));
                if (node.Fields.Count > limits.Leaves)
                    throw ReadLimits.Exceeded("the number of fields", node.Fields.Count, nameof(limits.Leaves), limits.Leaves);
            }
            json.Read();
            Value(ref json, child, Path(path, name), depth + 1);
        }
    }

    DataType? GivenAt(string path)
    {
        if (given.GetValueOrDefault(path) is not { } type) return null;
        seen.Add(path);
        return type;
    }

    static string Path(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    Node Member(Node node, string name, string path)
    {
        var child = new Node { Given = GivenAt(path) };
        node.ByName[name] = child;
        node.Fields.Add((name, child));
        return child;
    }

    void Value(ref Utf8JsonReader json, Node node, string path, int depth)
    {
        if (depth > limits.Depth) throw ReadLimits.Exceeded("the nesting of a JSON value", depth, nameof(limits.Depth), limits.Depth);
        if (json.TokenType == JsonTokenType.Null) return;
        if (node.Given is not null)
        {
            json.Skip();
            return;
        }
        var kind = KindOf(ref json);
        node.Kind = Join(node.Kind, kind) ?? throw new DataFormatException(
            $"found {Word(kind)} where earlier rows have {Word(node.Kind)}; give all rows one type, or read them as one (anit-data convert --type "
                + $"{path}=text)")
                .At(column: path);
        if (json.TokenType == JsonTokenType.Number) Digits(ref json, node, kind, path);
        if (kind == Kind.Object) Fields(ref json, node, path, depth);
        if (kind != Kind.Array) return;
        node.Item ??= new() { Given = GivenAt($"{path}.element") };
        while (json.Read() && json.TokenType != JsonTokenType.EndArray) Value(ref json, node.Item, $"{path}.element", depth + 1);
    }

    /// <summary>Refuses an integer beyond 64 bits that no double is, and one beyond 2^53 in a column with fractions.</summary>
    static void Digits(ref Utf8JsonReader json, Node node, Kind kind, string path)
    {
        if (node.Precise is null && !JsonNumbers.Keeps(json.ValueSpan)) node.Precise = Encoding.UTF8.GetString(json.ValueSpan);
        if (node.Precise is not null && (kind == Kind.Float || node.Kind == Kind.Float)) throw JsonNumbers.Rounded(node.Precise, path);
    }

    static Kind KindOf(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.True or JsonTokenType.False => Kind.Bool,
        JsonTokenType.Number when json.ValueSpan.IndexOfAny(".eE"u8) >= 0 => Kind.Float,
        JsonTokenType.Number => json.TryGetInt64(out _) ? Kind.Integer : json.TryGetUInt64(out _) ? Kind.Unsigned : Kind.Float,
        JsonTokenType.String => json.ValueSpan.SequenceEqual("NaN"u8) || json.ValueSpan.SequenceEqual("Infinity"u8)
            || json.ValueSpan.SequenceEqual("-Infinity"u8) ? Kind.FloatWord : Kind.Text,
        JsonTokenType.StartArray => Kind.Array,
        _ => Kind.Object,
    };

    /// <summary>The kind that holds both, or null. "NaN" is a number among numbers and text among text.</summary>
    static Kind? Join(Kind a, Kind b)
    {
        if (a == b || b == Kind.Unknown) return a;
        if (a == Kind.Unknown) return b;
        if (a > b) (a, b) = (b, a);
        return (a, b) switch
        {
            (Kind.Integer, Kind.Unsigned) => Kind.Unsigned,
            (Kind.Integer or Kind.Unsigned or Kind.Float, Kind.Float or Kind.FloatWord) => Kind.Float,
            (Kind.FloatWord, Kind.Text) => Kind.Text,
            _ => null,
        };
    }

    static DataType TypeOf(Node node) => node.Given ?? node.Kind switch
    {
        Kind.Bool => DataType.Bool,
        Kind.Integer => DataType.Int64,
        Kind.Unsigned => DataType.UInt64,
        Kind.Float => DataType.Float64,
        Kind.Array => new ListType(new("element", TypeOf(node.Item!))),
        Kind.Object => new StructType([.. node.Fields.Select(f => new Field(f.Name, TypeOf(f.Node)))]),
        _ => DataType.Utf8,
    };

    static string Word(Kind kind) => kind switch
    {
        Kind.Bool => "a boolean",
        Kind.Integer or Kind.Unsigned or Kind.Float => "a number",
        Kind.FloatWord or Kind.Text => "text",
        Kind.Array => "an array",
        _ => "an object",
    };

    internal static string Word(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.StartObject => "object",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        _ => "null",
    };
}

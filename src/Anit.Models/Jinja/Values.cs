using System.Collections;
using System.Text.Json;

namespace Anit.Models.Jinja;

/// <summary>What a template computes with. None is null; the rest is bool, long, double, string, <c>List&lt;object?&gt;</c> (a list),
/// <c>object?[]</c> (a tuple) or one of the types of this file.</summary>
static class Values
{
    /// <summary>A value from outside: JSON, a dictionary, a sequence, a number, a string, null.</summary>
    public static object? From(object? value) => value switch
    {
        null or bool or long or double or string => value,
        int number => (long)number,
        JsonElement json => FromJson(json),
        IDictionary entries => FromPairs(entries),
        IEnumerable items => items.Cast<object?>().Select(From).ToList(),
        _ => throw new ArgumentException($"a template takes no {value.GetType().Name}", nameof(value)),
    };

    /// <summary>Python's truth: None, Undefined, False, zero and what is empty are false.</summary>
    public static bool Truth(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> items => items.Count > 0,
        object?[] items => items.Length > 0,
        Dict entries => entries.Count > 0,
        View items => items.Items.Count > 0,
        _ => true,
    };

    /// <summary>What a value is called in messages.</summary>
    public static string Kind(object? value) => value switch
    {
        null => "none",
        Undefined missing => missing.ToString(),
        bool => "a boolean",
        long => "an integer",
        double => "a float",
        string => "a string",
        List<object?> => "a list",
        object?[] => "a tuple",
        Dict => "a mapping",
        Namespace => "a namespace",
        Callable => "a function",
        _ => "an object",
    };

    /// <summary>What <c>for</c> goes over: items, the code points of a string, the keys of a mapping.</summary>
    public static IEnumerable<object?> Items(object? value) => value switch
    {
        List<object?> items => items,
        object?[] items => items,
        string text => Python.CodePoints(text),
        Dict entries => entries.Keys,
        View items => items.Items,
        Once items => items.Rest(),
        Group group => [group.Key, group.Items],
        Undefined => [],
        _ => throw new Fault($"{Kind(value)} has no items to go over"),
    };

    /// <summary>Python's <c>len</c>.</summary>
    public static long Length(object? value) => value switch
    {
        List<object?> items => items.Count,
        object?[] items => items.Length,
        string text => Python.Length(text),
        Dict entries => entries.Count,
        View items => items.Items.Count,
        Undefined => 0,
        _ => throw new Fault($"{Kind(value)} has no length"),
    };

    /// <summary>A number for arithmetic, booleans as 0 and 1; null for anything else.</summary>
    public static object? Number(object? value) => value switch
    {
        long or double => value,
        bool truth => truth ? 1L : 0L,
        _ => null,
    };

    static object? FromJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Array => json.EnumerateArray().Select(FromJson).ToList(),
        JsonValueKind.Object => Dict.Of(json.EnumerateObject().Select(p => ((object)p.Name, FromJson(p.Value)))),
        _ => null,
    };

    static Dict FromPairs(IDictionary entries)
    {
        var dict = new Dict();
        foreach (DictionaryEntry entry in entries) dict[entry.Key] = From(entry.Value);
        return dict;
    }
}

/// <summary>What a name, an attribute or a key stands for that is not there: it prints as nothing and is false; most else is an error.</summary>
/// <param name="Name">What was looked for.</param>
sealed record Undefined(string Name)
{
    /// <inheritdoc />
    public override string ToString() => $"'{Name}', which is undefined,";
}

/// <summary>A mapping that remembers the order of its keys. Keys are equal as Python's are: 1, 1.0 and True are one.</summary>
sealed class Dict
{
    readonly OrderedDictionary<object, object?> entries = [];

    public int Count => entries.Count;

    public IEnumerable<object> Keys => entries.Keys;

    public IEnumerable<object?> Values => entries.Values;

    public IEnumerable<KeyValuePair<object, object?>> Pairs => entries;

    public object? this[object? key]
    {
        set => entries[Key(key)] = value;
    }

    public static Dict Of(IEnumerable<(object Key, object? Value)> pairs)
    {
        var dict = new Dict();
        foreach (var (key, value) in pairs) dict[key] = value;
        return dict;
    }

    public bool TryGet(object? key, out object? value) => entries.TryGetValue(Key(key), out value);

    static object Key(object? key) => key switch
    {
        string or long => key,
        bool truth => truth ? 1L : 0L,
        double number => number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (object)(long)number : number,
        Undefined missing => throw new Fault($"{missing} cannot be a key"),
        _ => throw new Fault($"{Jinja.Values.Kind(key)} cannot be a key"),
    };
}

/// <summary>What <c>dict.items()</c>, <c>keys()</c> and <c>values()</c> give: it has a length but no places.</summary>
sealed record View(IReadOnlyList<object?> Items);

/// <summary>Items that can be gone over once, as Python's generators: what map, select and their like give. Always true, without length.</summary>
sealed class Once(IEnumerable<object?> items)
{
    readonly IEnumerator<object?> rest = items.GetEnumerator();

    /// <summary>The items that nobody has taken yet.</summary>
    public IEnumerable<object?> Rest()
    {
        while (Next()) yield return rest.Current;
    }

    bool Next()
    {
        Rendering.Deeper(); // items of items of items
        return rest.MoveNext();
    }
}

/// <summary>What <c>namespace()</c> makes: attributes that any scope may set.</summary>
sealed class Namespace
{
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);
}

/// <summary>A function: a global, a method of a value, or a macro.</summary>
delegate object? Callable(Rendering rendering, Arguments arguments);

namespace Anit.Models.Jinja;

/// <summary>Attributes, keys, places and slices of values.</summary>
static class Lookup
{
    /// <summary><c>value.name</c>: a method or an attribute, or else a key.</summary>
    public static object? Attribute(object? value, string name)
    {
        switch (value)
        {
            case Undefined missing: throw new Fault($"{missing} has no '{name}'");
            case Namespace space: return space.Attributes.TryGetValue(name, out var attribute) ? attribute : new Undefined(name);
            case LoopState loop: return loop.Attribute(name);
            case Group group when name is "grouper" or "list": return name == "list" ? group.Items : group.Key;
        }
        if (Methods.Of(value, name) is { } method) return method;
        return value is Dict entries && entries.TryGet(name, out var item) ? item : new Undefined(name);
    }

    /// <summary><c>value[key]</c>: a key or a place, or else an attribute.</summary>
    public static object? Item(object? value, object? key)
    {
        switch (value)
        {
            case Undefined missing: throw new Fault($"{missing} has no '{key}'");
            case Dict entries when key is string or long or double or bool && entries.TryGet(key, out var item): return item;
            case string text when Values.Number(key) is long place:
                return Place(place, Python.Length(text)) is { } at ? Python.Slice(text, at, at + 1) : new Undefined($"{place}");
            case List<object?> or object?[] when Values.Number(key) is long place:
                var items = (IReadOnlyList<object?>)value;
                return Place(place, items.Count) is { } index ? items[index] : new Undefined($"{place}");
            case Group group when key is 0L or 1L: return key is 0L ? group.Key : group.Items;
        }
        return key is string name ? Attribute(value, name) : new Undefined($"{key}");
    }

    /// <summary><c>value[from:to:step]</c>; null stands for what is left out.</summary>
    public static object? Slice(object? value, object? from, object? to, object? step, Rendering rendering)
    {
        if (value is Undefined missing) throw new Fault($"{missing} is cut");
        if (value is not (string or List<object?> or object?[])) throw new Fault($"{Values.Kind(value)} cannot be cut");
        var length = (int)Values.Length(value);
        var by = Bound(step) ?? 1;
        if (by == 0) throw new Fault("the step of a slice is 0");
        var (low, high) = by > 0 ? (0, length) : (-1, length - 1);
        var start = Clamp(Bound(from), length, low, high) ?? (by > 0 ? low : high);
        var end = Clamp(Bound(to), length, low, high) ?? (by > 0 ? high : low);
        if (value is string text && by == 1) return start < end ? rendering.Made(Python.Slice(text, start, end)) : "";

        var items = value is string letters ? [.. Python.CodePoints(letters)] : (IReadOnlyList<object?>)value;
        var chosen = new List<object?>();
        for (long i = start; by > 0 ? i < end : i > end; i += by) chosen.Add(items[(int)i]);
        rendering.RoomForItems(chosen.Count);
        return value is string ? string.Concat(chosen) : value is object?[] ? chosen.ToArray() : chosen;
    }

    /// <summary>An attribute by a path, <c>function.name</c> or <c>0</c>, as filters name it.</summary>
    public static object? Path(object? value, object? path)
    {
        if (path is long place) return Item(value, place);
        if (path is not string text) throw new Fault($"an attribute is named by a string, not by {Values.Kind(path)}");
        foreach (var part in text.Split('.'))
            value = Item(value, long.TryParse(part, out var number) ? number : part);
        return value;
    }

    static int? Place(long place, int length)
    {
        if (place < 0) place += length;
        return place >= 0 && place < length ? (int)place : null;
    }

    static long? Bound(object? value) => value is null ? null
        : Values.Number(value) is long number ? number : throw new Fault($"a slice begins or ends at {Values.Kind(value)}; expected an integer");

    static int? Clamp(long? bound, int length, int low, int high) =>
        bound is not { } place ? null : (int)Math.Clamp(place < 0 ? place + length : place, low, high);
}

/// <summary>What <c>groupby</c> gives: a key and the items that share it.</summary>
sealed record Group(object? Key, List<object?> Items);

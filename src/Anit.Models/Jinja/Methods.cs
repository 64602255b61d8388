namespace Anit.Models.Jinja;

/// <summary>Methods of mappings and lists, and the way to those of strings. None changes its value: templates run in a sandbox of
/// values that stay as they are (transformers' ImmutableSandboxedEnvironment).</summary>
static class Methods
{
    static readonly string[] Changing =
        ["append", "extend", "insert", "pop", "popitem", "remove", "clear", "update", "setdefault", "sort", "reverse"];

    /// <summary>A method of a value; null where it has none of that name.</summary>
    public static Callable? Of(object? value, string name) => value switch
    {
        string text => StringMethods.Of(name) is { } method
            ? (rendering, arguments) => Finished(method(text, arguments, rendering), arguments) : null,
        Dict entries => OfDict(entries, name) ?? Refused(name),
        List<object?> items => OfList(items, name) ?? Refused(name),
        object?[] items => OfList(items, name),
        _ => null,
    };

    static Callable? OfDict(Dict entries, string name) => name switch
    {
        "items" => (rendering, arguments) => Finished(new View([.. entries.Pairs.Select(p => (object?)new[] { p.Key, p.Value })]), arguments),
        "keys" => (rendering, arguments) => Finished(new View([.. entries.Keys]), arguments),
        "values" => (rendering, arguments) => Finished(new View([.. entries.Values]), arguments),
        "get" => (rendering, arguments) =>
        {
            var found = entries.TryGet(arguments.Need(0, "key"), out var value);
            var preset = arguments.Take(1, "", null);
            return Finished(found ? value : preset, arguments);
        },
        "copy" => (rendering, arguments) => Finished(Dict.Of(entries.Pairs.Select(p => (p.Key, p.Value))), arguments),
        _ => null,
    };

    static Callable? OfList(IReadOnlyList<object?> items, string name) => name switch
    {
        "index" => (rendering, arguments) =>
        {
            var wanted = arguments.Need(0, "value");
            arguments.Done();
            for (var i = 0; i < items.Count; i++)
                if (Operations.Equal(items[i], wanted, rendering)) return (long)i;
            throw new Fault("index: the list has no such item");
        },
        "count" => (rendering, arguments) =>
        {
            var wanted = arguments.Need(0, "value");
            return Finished((long)items.Count(item => Operations.Equal(item, wanted, rendering)), arguments);
        },
        "copy" => (rendering, arguments) => Finished(items.ToList(), arguments),
        _ => null,
    };

    static Callable? Refused(string name) => Array.IndexOf(Changing, name) < 0 ? null
        : (rendering, arguments) => throw new Fault($"'{name}' would change a value, which templates may not do");

    static object? Finished(object? result, Arguments arguments)
    {
        arguments.Done();
        return result;
    }
}

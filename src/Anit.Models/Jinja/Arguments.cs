namespace Anit.Models.Jinja;

/// <summary>What a function or filter is called with.</summary>
sealed class Arguments(string function, IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> named)
{
    int taken;

    public string Function => function;

    public IReadOnlyList<object?> Positional => positional;

    public IReadOnlyList<KeyValuePair<string, object?>> Named => named;

    /// <summary>The argument of a place or a name; the preset where neither is given.</summary>
    public object? Take(int place, string name, object? preset)
    {
        if (place < positional.Count)
        {
            taken++;
            return positional[place];
        }
        foreach (var (key, value) in named)
        {
            if (key != name) continue;
            taken++;
            return value;
        }
        return preset;
    }

    /// <summary>An argument that has to be there.</summary>
    public object? Need(int place, string name) =>
        place < positional.Count || named.Any(n => n.Key == name) ? Take(place, name, null)
            : throw new Fault($"{function} wants an argument '{name}'");

    /// <summary>An argument that is a whole number.</summary>
    public int Whole(int place, string name, int preset) => Take(place, name, (long)preset) switch
    {
        long number => (int)Math.Clamp(number, int.MinValue, int.MaxValue),
        bool truth => truth ? 1 : 0,
        var other => throw new Fault($"{function} wants an integer as '{name}', found {Values.Kind(other)}"),
    };

    /// <summary>An argument that is a string or none.</summary>
    public string? Text(int place, string name, string? preset) => Take(place, name, preset) switch
    {
        string text => text,
        null => null,
        var other => throw new Fault($"{function} wants a string as '{name}', found {Values.Kind(other)}"),
    };

    /// <summary>An argument that is true or false.</summary>
    public bool Flag(int place, string name, bool preset) => Values.Truth(Take(place, name, preset));

    /// <summary>Refuses what was given and not taken.</summary>
    public void Done()
    {
        if (taken < positional.Count + named.Count)
            throw new Fault($"{function} takes {(taken == 0 ? "no" : "no more than " + taken)} argument{(taken == 1 ? "" : "s")}, "
                + $"found {positional.Count + named.Count}");
    }
}

namespace Anit.Models.Jinja;

/// <summary>A piece of a template with parameters, whose value is what it prints.</summary>
/// <param name="Name">Its name; "caller" for the body of a call block.</param>
/// <param name="Parameters">Names, and presets where there are any.</param>
/// <param name="Uses">Which of <c>varargs</c>, <c>kwargs</c> and <c>caller</c> its body names; only then may they be given.</param>
/// <param name="Body">What it prints.</param>
sealed record Macro(string Name, IReadOnlyList<(string Name, Expression? Preset)> Parameters, IReadOnlySet<string> Uses, Block Body)
{
    /// <summary>The macro as a function that sees a scope.</summary>
    public Callable In(Scope around) => (rendering, arguments) =>
    {
        var line = rendering.Line;
        var scope = new Scope(around);
        Bind(arguments, scope, rendering);
        var text = rendering.Capture(() => Body.Run(scope, rendering));
        rendering.Line = line;
        return text;
    };

    void Bind(Arguments arguments, Scope scope, Rendering rendering)
    {
        var named = arguments.Named.ToDictionary(n => n.Key, n => n.Value, StringComparer.Ordinal);
        foreach (var (i, (name, preset)) in Parameters.Index())
        {
            if (i < arguments.Positional.Count)
            {
                if (named.ContainsKey(name)) throw new Fault($"macro '{Name}' is given '{name}' twice");
                scope[name] = arguments.Positional[i];
            }
            else if (named.Remove(name, out var value))
            {
                scope[name] = value;
            }
            else
            {
                scope[name] = preset is null ? new Undefined(name) : preset.Value(scope, rendering);
            }
        }
        var extra = arguments.Positional.Skip(Parameters.Count).ToArray();
        if (Uses.Contains("caller")) scope["caller"] = named.Remove("caller", out var caller) ? caller : new Undefined("caller");
        if (Uses.Contains("varargs")) scope["varargs"] = extra;
        else if (extra.Length > 0) throw new Fault($"macro '{Name}' takes {Parameters.Count} arguments, found {arguments.Positional.Count}");
        if (Uses.Contains("kwargs")) scope["kwargs"] = Dict.Of(named.Select(n => ((object)n.Key, n.Value)));
        else if (named.Count > 0) throw new Fault($"macro '{Name}' has no parameter '{named.Keys.First()}'");
    }
}

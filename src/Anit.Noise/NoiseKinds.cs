using System.Reflection;

namespace Anit.Noise;

/// <summary>Every kind of noise there is. An operator of this assembly that describes itself is found; no list has to be edited.</summary>
public static class NoiseKinds
{
    /// <summary>All kinds, by name.</summary>
    public static IReadOnlyList<NoiseDescription> All { get; } =
    [
        .. typeof(INoise).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(INoise)))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Select(property => property.GetValue(null)).OfType<NoiseDescription>().OrderBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(kind => kind.Name)];

    /// <summary>The kind of a name, or null.</summary>
    public static NoiseDescription? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Names for several kinds: the paper's six, and all that need no table.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["all", "all6"];

    /// <summary>The kinds that a name of a kind or a group means; none where it is neither.</summary>
    public static IReadOnlyList<NoiseDescription> Group(string name) => name switch
    {
        "all" => [.. All.Where(kind => !kind.Settings.Any(setting => setting.Required))],
        "all6" => [.. All.Where(kind => kind.IsOfPaper)],
        _ => Find(name) is { } kind ? [kind] : [],
    };

    /// <summary>The place of a kind in <see cref="All"/>.</summary>
    internal static int PlaceOf(NoiseDescription kind)
    {
        for (var i = 0; i < All.Count; i++)
            if (ReferenceEquals(All[i], kind)) return i;
        throw new InvalidOperationException($"the noise {kind.Name} is not described by a static property of its operator");
    }
}

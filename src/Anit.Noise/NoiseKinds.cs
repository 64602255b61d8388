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

    /// <summary>The place of a kind in <see cref="All"/>.</summary>
    internal static int PlaceOf(NoiseDescription kind)
    {
        for (var i = 0; i < All.Count; i++)
            if (ReferenceEquals(All[i], kind)) return i;
        throw new InvalidOperationException($"the noise {kind.Name} is not described by a static property of its operator");
    }
}

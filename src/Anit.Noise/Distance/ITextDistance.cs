using System.Reflection;

namespace Anit.Noise.Distance;

/// <summary>A distance between two texts that needs no model and no other pair. Safe for several threads.</summary>
public interface ITextDistance
{
    /// <summary>How far the noisy text moved: 0 for the same text, 1 at the most.</summary>
    Score Between(string clean, string noisy);
}

/// <summary>What a distance says about itself: all that the command line, the receipts and the metadata know of it.</summary>
/// <param name="Name">As in <c>--method NAME</c>; ASCII.</param>
/// <param name="Help">What it is, in a few words.</param>
/// <param name="Make">Makes it.</param>
public sealed record DistanceDescription(string Name, string Help, Func<ITextDistance> Make)
{
    /// <summary>Goes up when the same texts get another distance.</summary>
    public int Version { get; init; } = 1;
}

/// <summary>Every distance there is: each file of one adds a property to this class, which is looked over here; no list has to be edited.</summary>
/// <remarks>One class and not the whole assembly, for that would be a tenth of what a small table takes.</remarks>
public static partial class DistanceKinds
{
    static DistanceDescription[]? all;

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<DistanceDescription> All => all ??=
    [
        .. typeof(DistanceKinds).GetProperties(BindingFlags.Public | BindingFlags.Static).Where(p => p.PropertyType == typeof(DistanceDescription))
            .Select(p => (DistanceDescription)p.GetValue(null)!).OrderBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All.Select(kind => kind.Name);

    /// <summary>The distance of a name, or null.</summary>
    public static DistanceDescription? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}

/// <summary>From a score of likeness to a distortion.</summary>
static class Likeness
{
    /// <summary>1 - score, clamped to [0, 1]; the same text is 0 even where a score sees nothing in it to compare.</summary>
    public static Score Distortion(string clean, string noisy, Func<string, string, double> score) =>
        new(clean == noisy ? 0 : Math.Clamp(1 - score(clean, noisy), 0, 1), null);
}

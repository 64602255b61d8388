using System.Reflection;

namespace Anit.Training.Attacks;

/// <summary>The norm that a radius and a step are measured in.</summary>
public enum Norm
{
    /// <summary>Frobenius norm over a sample's tokens in scope: steps along g/‖g‖, projection by scaling.</summary>
    L2,

    /// <summary>Largest absolute element: steps along sign(g), projection by clamping.</summary>
    Linf,
}

/// <summary>What attacks may be told; null leaves their default. A name means the same for every attack that reads it.</summary>
public sealed record AttackKnobs
{
    /// <summary>The name of β among the knobs: it comes with the rows, or is given for all.</summary>
    public const string Beta = "Beta";

    /// <summary>The name of the steps of plain tuning before the attack begins.</summary>
    public const string WarmUp = "WarmUp";

    /// <summary>ε: the radius, absolute.</summary>
    public double? Epsilon { get; init; }

    /// <summary>ε as a multiple of the sample's ‖X‖.</summary>
    public double? EpsilonRelative { get; init; }

    /// <summary>The relative adversarial gain that ε is to follow.</summary>
    public double? TargetGain { get; init; }

    /// <summary>α: the ascent step, in the unit of ε.</summary>
    public double? Alpha { get; init; }

    /// <summary>K: passes (FreeLB) or ascents (PGD).</summary>
    public int? Steps { get; init; }

    /// <summary>m: optimizer steps on each batch.</summary>
    public int? Replays { get; init; }

    /// <summary>The norm of ε and α.</summary>
    public Norm? Norm { get; init; }

    /// <summary>c of Eq. 7: size of the random start.</summary>
    public double? InitScale { get; init; }

    /// <summary>λ: weight of the adversarial loss beside the clean one.</summary>
    public double? Lambda { get; init; }

    /// <summary>Where δ is projected to.</summary>
    public Radius? Radius { get; init; }

    /// <summary>Which tokens may be perturbed.</summary>
    public Scope? Scope { get; init; }

    /// <summary>NEFTune's noise scale.</summary>
    public double? NeftuneAlpha { get; init; }
}

/// <summary>An attack as a command line sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does, in half a line.</param>
/// <param name="Knobs">Names of the <see cref="AttackKnobs"/> that it reads; others are refused.</param>
/// <param name="Make">The attack of given knobs.</param>
public sealed record AttackDescription(string Name, string Summary, IReadOnlyList<string> Knobs, Func<AttackKnobs, IAttack> Make);

/// <summary>Every attack there is. A static property of type <see cref="AttackDescription"/> of an attack of this assembly is found; no
/// list has to be edited.</summary>
public static class AttackKinds
{
    /// <summary>All attacks, by name.</summary>
    public static IReadOnlyList<AttackDescription> All { get; } =
    [
        .. typeof(IAttack).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IAttack)))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Select(property => property.GetValue(null)).OfType<AttackDescription>().OrderBy(attack => attack.Name, StringComparer.Ordinal),
    ];

    /// <summary>The attack of a name, or null.</summary>
    public static AttackDescription? Find(string name) => All.FirstOrDefault(attack => attack.Name == name);
}

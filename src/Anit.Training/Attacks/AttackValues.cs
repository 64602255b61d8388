namespace Anit.Training.Attacks;

/// <summary>The knobs that an attack was made with: the way back from <see cref="AttackDescription.Make"/>.</summary>
public static class AttackValues
{
    /// <summary>Values by the names of <see cref="AttackKnobs"/>, of those knobs that the attack reads; a radius is absolute or relative, not
    /// both, and a weight λ of 0 leaves nothing else to read.</summary>
    public static IReadOnlyDictionary<string, object> Of(IAttack attack)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var name in AttackKinds.Find(attack.Name)!.Knobs)
            if (Value(attack, name) is { } value) values[name] = value;
        return values.TryGetValue(nameof(AttackKnobs.Lambda), out var lambda) && lambda is 0.0
            ? new Dictionary<string, object> { [nameof(AttackKnobs.Lambda)] = lambda } : values;
    }

    static object? Value(IAttack attack, string name) => (attack, name) switch
    {
        (Adversary { Relative: true }, nameof(AttackKnobs.Epsilon)) or (Adversary { Relative: false }, nameof(AttackKnobs.EpsilonRelative)) => null,
        (Adversary adversary, nameof(AttackKnobs.EpsilonRelative)) => adversary.Epsilon,
        (_, nameof(AttackKnobs.InitScale)) => attack.GetType().GetProperty("Init")!.GetValue(attack),
        (Neftune noise, nameof(AttackKnobs.NeftuneAlpha)) => noise.Alpha,
        _ => attack.GetType().GetProperty(name)?.GetValue(attack),
    };
}

using System.Globalization;

namespace Anit.Nlu.Scoring;

/// <summary>One cell of a grid of noises: which noise, how strong, which draw. Its name stands in the column <c>condition</c> of
/// predictions.</summary>
/// <param name="Noise">Name of the noise, as in <c>anit-noise --noise</c>.</param>
/// <param name="Omega">Its strength ω, a share of the words.</param>
/// <param name="Seed">The seed of the draw.</param>
public readonly record struct NoisyCondition(string Noise, decimal Omega, ulong Seed)
{
    /// <summary><c>replace@0.2#1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Noise}@{Omega}#{Seed}");

    /// <summary>The cell that a condition's name means; null for other conditions.</summary>
    public static NoisyCondition? Parse(string name)
    {
        var (at, hash) = (name.IndexOf('@', StringComparison.Ordinal), name.IndexOf('#', StringComparison.Ordinal));
        return at > 0 && hash > at
            && decimal.TryParse(name.AsSpan(at + 1, hash - at - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var omega)
            && ulong.TryParse(name.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? new(name[..at], omega, seed) : null;
    }
}

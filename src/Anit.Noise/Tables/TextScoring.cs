namespace Anit.Noise.Tables;

/// <summary>Scores by a distance that looks at one pair alone.</summary>
/// <param name="kind">The distance.</param>
public sealed class TextScoring(DistanceDescription kind) : IScoring
{
    readonly ITextDistance distance = kind.Make();
    readonly MeanDistortion mean = new();

    /// <inheritdoc/>
    public void Look(IEnumerable<(int Row, string Clean, string Noisy)> pairs) => mean.Add(pairs.Select(p => Of(p.Clean, p.Noisy).Distortion));

    /// <inheritdoc/>
    public Score Of(string clean, string noisy) => distance.Between(clean, noisy);

    /// <inheritdoc/>
    public DistortionFacts Facts(BetaScope scope) => mean.Facts(kind.Name, scope);
}

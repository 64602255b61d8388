namespace Anit.Noise.Operators;

/// <summary>Drops the first or the last k words, by the toss of a coin; never all of them.</summary>
/// <param name="Strength">How many.</param>
/// <remarks>k' = min(k, n - 1). A dropped word takes the white space after it along; at the end of the text, the white space before it.
/// Protected words stay, and the next ones go instead. Distance k'.</remarks>
public sealed record Truncate(Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "truncate", "the first or the last words go", "give the correct answer -> give the correct",
        setup => new Truncate(setup.Strength)) { IsOfPaper = true };

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var n = text.Count;
        var free = text.Free;
        var k = Math.Min(Math.Min(Strength.Draw(n, rng), n - 1), free.Length);
        if (k <= 0) return 0;

        var dropped = rng.Coin() ? free[..k] : free[^k..];
        var kept = n; // the last words go one by one, each taking the white space before it
        while (dropped.Length > 0 && dropped[^1] == kept - 1)
        {
            kept--;
            dropped = dropped[..^1];
        }
        foreach (var word in dropped) edits.Add(new(text.Start(word), text.Start(word + 1) - text.Start(word)));
        if (kept < n) edits.Add(new(text.End(kept - 1), text.End(n - 1) - text.End(kept - 1)));
        return k;
    }
}

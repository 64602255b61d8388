namespace Anit.Noise.Operators;

/// <summary>Puts k words of a vocabulary into gaps between, before and after the words.</summary>
/// <param name="Words">Where the new words come from.</param>
/// <param name="Strength">How many.</param>
/// <remarks>Each of the k distinct words goes into an independently uniform gap 0..n of the clean text, with one blank; words for one gap keep their
/// draw order. Distance k.</remarks>
public sealed record Insert(Vocabulary Words, Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "insert", "words of a vocabulary come in", "give the correct answer -> give the marble correct answer",
        setup => new Insert(setup.Vocabulary, setup.Strength)) { Needs = NoiseNeeds.Vocabulary, IsOfPaper = true };

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
        var k = Strength.Draw(n, rng);
        Words.CheckEnough(k, text.Graphemes);
        text.Taken.Clear();
        for (var i = 0; i < k; i++)
        {
            var gap = rng.Below(n + 1);
            var word = Words.Draw(text, rng, isReplacement: false).AsMemory();
            edits.Add(gap < n ? new(text.Start(gap), 0, word, Blank.After) : new(text.End(n - 1), 0, word, Blank.Before));
        }
        return k;
    }
}

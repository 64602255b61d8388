namespace Anit.Noise.Operators;

/// <summary>Puts k words of a vocabulary in the place of k words: "give the correct answer", "give the forty answer".</summary>
/// <param name="Words">Where the new words come from.</param>
/// <param name="Strength">How many.</param>
/// <param name="KeepPunctuation">Whether punctuation around a replaced word stays; by default the whole token goes.</param>
/// <remarks>k distinct positions, k distinct new words, none of them in the instruction in whatever case: the word-level distance is exactly
/// k.</remarks>
public sealed record Replace(Vocabulary Words, Strength Strength, bool KeepPunctuation = false) : INoise
{
    static readonly NoiseSetting Keep = new("--keep-punctuation", "Replace keeps the punctuation around a word.");

    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "replace", "words give way to words of a vocabulary", "give the correct answer -> give the forty answer",
        setup => new Replace(setup.Vocabulary, setup.Strength, setup.Has(Keep)))
    {
        Version = 2, IsOfPaper = true, Needs = NoiseNeeds.Vocabulary, Settings = [Keep], Receipt = setup => [("keep_punctuation", setup.Has(Keep))],
    };

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var k = Math.Min(Strength.Draw(text.Count, rng), text.Free.Length);
        Words.CheckEnough(k, text.Graphemes);
        text.Taken.Clear();
        foreach (var position in text.DrawPositions(k, rng))
        {
            var (start, length) = (text.Start(position), text.End(position) - text.Start(position));
            var word = Words.Draw(text, rng, isReplacement: true).AsMemory();
            if (KeepPunctuation)
            {
                var (first, size) = UnicodeForms.Core(text.Word(position)).GetOffsetAndLength(length);
                if (size > 0) (start, length) = (start + first, size);
            }
            edits.Add(new(start, length, word));
        }
        return k;
    }
}

namespace Anit.Noise;

/// <summary>Puts k words of a vocabulary in the place of k words: "give the correct answer", "give the forty answer".</summary>
/// <param name="Words">Where the new words come from.</param>
/// <param name="Strength">How many.</param>
/// <param name="KeepPunctuation">Whether punctuation around a replaced word stays; by default the whole token goes.</param>
/// <remarks>k distinct positions, k distinct new words, none of them in the instruction: the word-level distance is exactly k.</remarks>
public sealed record Replace(Vocabulary Words, Strength Strength, bool KeepPunctuation = false) : INoise
{
    /// <inheritdoc/>
    public string Name => "replace";

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Propose(Passage text, Rng rng, List<Edit> edits)
    {
        var k = Math.Min(Strength.Draw(text.Count, rng), text.Free.Length);
        Words.CheckEnough(k, text.Graphemes);
        text.Taken.Clear();
        foreach (var position in text.DrawPositions(k, rng))
        {
            var (start, length) = (text.Start(position), text.End(position) - text.Start(position));
            var word = Words.Draw(text, rng, position).AsMemory();
            if (KeepPunctuation)
            {
                var (first, size) = Forms.Core(text.Word(position)).GetOffsetAndLength(length);
                if (size > 0) (start, length) = (start + first, size);
            }
            edits.Add(new(start, length, word));
        }
        return k;
    }
}

namespace Anit.Noise.Operators;

/// <summary>A blank too many or too few: "the answer", "theanswer", "the ans wer" or "the  answer".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>For each word one of those that are possible: a blank inside it, between two letters; none behind it; two behind it. Line breaks stay.
/// Distance in words: 2 for each word split or run together with one that is not, 0 where only a gap is wider.</remarks>
public sealed record Spacing(Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "spacing", "a blank too many or too few", "give the correct answer -> give thecorrect answer", setup => new Spacing(setup.Strength));

    enum Slip { Split, Join, Widen }

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var k = Strength.Draw(text.Count, rng);
        if (k == 0) return 0;
        var words = text.FreeCopy();
        var n = 0;
        foreach (var word in words)
            if (Possible(text, word).Count > 0) words[n++] = word;
        k = Math.Min(k, n);
        rng.Draw(words[..n], k);
        foreach (var word in words[..k])
        {
            var possible = Possible(text, word);
            edits.Add(Made(text, word, possible[rng.Below(possible.Count)], rng));
        }
        return k;
    }

    static List<Slip> Possible(SegmentedText text, int word)
    {
        var all = new List<Slip>(3);
        if (Splits(text.Word(word)).Count > 0) all.Add(Slip.Split);
        if (text.Graphemes || word + 1 == text.Count) return all; // no blanks between graphemes, and nothing behind the last word
        if (text.Text.Span[text.End(word)..text.Start(word + 1)].ContainsAny('\n', '\r')) return all;
        if (text.IsFree(word + 1)) all.Add(Slip.Join);
        all.Add(Slip.Widen);
        return all;
    }

    static Edit Made(SegmentedText text, int word, Slip slip, Rng rng)
    {
        if (slip == Slip.Join) return new(text.End(word), text.Start(word + 1) - text.End(word));
        if (slip == Slip.Widen) return new(text.End(word), 0, " ".AsMemory());
        var places = Splits(text.Word(word));
        return new(text.Start(word), text.Word(word).Length, Slips.Put(text.Word(word), places[rng.Below(places.Count)], 0, " ").AsMemory());
    }

    static List<int> Splits(ReadOnlySpan<char> word)
    {
        var places = new List<int>();
        for (var at = 1; at < word.Length; at++)
            if (Slips.IsLetter(word, at - 1) && Slips.IsLetter(word, at)) places.Add(at);
        return places;
    }
}

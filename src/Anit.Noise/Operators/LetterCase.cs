namespace Anit.Noise.Operators;

/// <summary>Letters change their case: "answer", "ANSWER", "Answer" or "ansWer".</summary>
/// <param name="Strength">How many words.</param>
/// <remarks>All upper, all lower, a capital, or one letter of the word; drawn among those that are another word. Distance: the number of words
/// edited, for words are compared with their case.</remarks>
public sealed record LetterCase(Strength Strength) : INoise
{
    /// <summary>What the operator says about itself.</summary>
    public static NoiseDescription About { get; } = new(
        "case", "letters of a word change their case", "give the correct answer -> give the CORRECT answer", setup => new LetterCase(setup.Strength));

    /// <inheritdoc/>
    public NoiseDescription Description => About;

    /// <inheritdoc/>
    public decimal Omega => Strength.Omega;

    /// <inheritdoc/>
    public int Wanted(int n) => Strength.Words(n);

    /// <inheritdoc/>
    public int Propose(SegmentedText text, Rng rng, List<Edit> edits)
    {
        var words = Slips.Fit(text, Strength, rng, HasCase);
        foreach (var position in words)
            edits.Add(new(text.Start(position), text.Word(position).Length, Other(text.Word(position), rng).AsMemory()));
        return words.Length;
    }

    static bool HasCase(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
            if (Flipped(c) != c) return true;
        return false;
    }

    static string Other(ReadOnlySpan<char> word, Rng rng)
    {
        var own = word.ToString();
        var lower = own.ToLowerInvariant();
        string[] whole = [own.ToUpperInvariant(), lower, Capital(lower)];
        int[] letters = [.. Enumerable.Range(0, own.Length).Where(i => Flipped(own[i]) != own[i])];
        var at = letters[rng.Below(letters.Length)];
        string[] all = [.. whole
            .Append(Slips.Put(own, at, 1, [Flipped(own[at])])).Where(w => !UnicodeForms.Same(w, own)).Distinct(StringComparer.Ordinal)];
        return all[rng.Below(all.Length)];
    }

    static string Capital(string lower)
    {
        for (var at = 0; at < lower.Length; at++)
            if (char.IsLetter(lower[at])) return Slips.Put(lower, at, 1, [char.ToUpperInvariant(lower[at])]);
        return lower;
    }

    static char Flipped(char c) => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c);
}

using System.Globalization;

namespace Anit.Noise.Operators;

/// <summary>Noises inside words: k of the words that offer a place get one slip each.</summary>
/// <remarks>An edit is the whole word, so that a slip is one substitution in words, and graphemes that are words stay apart.</remarks>
static class Slips
{
    /// <summary>Whether a slip can begin at a character of a word.</summary>
    public delegate bool Place(ReadOnlySpan<char> word, int at);

    /// <summary>The word after a slip at a place.</summary>
    public delegate string Slip(ReadOnlySpan<char> word, int at, Rng rng);

    /// <summary>Draws k words that have a place, a place in each, and proposes what comes of them.</summary>
    /// <returns>The number of words, fewer than k where fewer have a place.</returns>
    public static int Propose(SegmentedText text, Strength strength, Rng rng, List<Edit> edits, Place place, Slip slip)
    {
        var words = Fit(text, strength, rng, word => Count(word, place) > 0);
        foreach (var position in words)
        {
            var word = text.Word(position);
            var left = rng.Below(Count(word, place));
            var at = 0;
            while (!place(word, at) || left-- > 0) at++;
            edits.Add(new(text.Start(position), word.Length, slip(word, at, rng).AsMemory()));
        }
        return words.Length;
    }

    /// <summary>Draws k free words of those that fit, in draw order.</summary>
    public static ReadOnlySpan<int> Fit(SegmentedText text, Strength strength, Rng rng, Func<ReadOnlySpan<char>, bool> fits)
    {
        var k = strength.Draw(text.Count, rng);
        if (k == 0) return [];
        var words = text.FreeCopy();
        var n = 0;
        foreach (var word in words)
            if (fits(text.Word(word))) words[n++] = word;
        k = Math.Min(k, n);
        rng.Draw(words[..n], k);
        return words[..k];
    }

    /// <summary>Whether a whole letter of an alphabet stands there: not half of a pair, and no mark belongs to it.</summary>
    public static bool IsLetter(ReadOnlySpan<char> word, int at) =>
        at >= 0 && at < word.Length && char.IsLetter(word[at]) && Words.Alphabetic(word[at]) && !IsMarked(word, at);

    /// <summary>Whether the character after this one belongs to it.</summary>
    public static bool IsMarked(ReadOnlySpan<char> word, int at) =>
        at + 1 < word.Length && word[at + 1] > '\u02FF' && char.GetUnicodeCategory(word[at + 1]) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    /// <summary>The word with other characters in the place of some.</summary>
    public static string Put(ReadOnlySpan<char> word, int at, int length, ReadOnlySpan<char> other) =>
        string.Concat(word[..at], other, word[(at + length)..]);

    static int Count(ReadOnlySpan<char> word, Place place)
    {
        var places = 0;
        for (var at = 0; at < word.Length; at++)
            if (place(word, at)) places++;
        return places;
    }
}

using System.Text;

namespace Anit.Noise.Text;

/// <summary>Comparison of texts: ordinal, on the composed form NFC. Nothing that is written is ever normalised.</summary>
static class UnicodeForms
{
    const char LastPlain = '\u02FF'; // every text of characters up to here is its own NFC

    public static bool IsPlain(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('\0', LastPlain) < 0;

    public static string Nfc(ReadOnlySpan<char> text)
    {
        var whole = text.ToString();
        try { return whole.Normalize(NormalizationForm.FormC); }
        catch (ArgumentException) { return whole; } // a lone surrogate has no normal form; such text is compared as it is
    }

    public static bool Same(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        a.SequenceEqual(b) || (!(IsPlain(a) && IsPlain(b)) && Nfc(a) == Nfc(b));

    public static bool SameIgnoringCase(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        a.Equals(b, StringComparison.OrdinalIgnoreCase) ||
        (!(IsPlain(a) && IsPlain(b)) && Nfc(a).Equals(Nfc(b), StringComparison.OrdinalIgnoreCase));

    /// <summary>The range of a word without the punctuation and symbols around it; empty where there is nothing else.</summary>
    public static Range Core(ReadOnlySpan<char> word)
    {
        var start = 0;
        var end = word.Length;
        if (end > 0 && char.IsAsciiLetterOrDigit(word[0]) && char.IsAsciiLetterOrDigit(word[^1])) return Range.All;
        while (start < end && IsOuter(word[start])) start++;
        while (end > start && IsOuter(word[end - 1])) end--;
        return start..end;
    }

    static bool IsOuter(char c) => !char.IsAsciiLetterOrDigit(c) && (char.IsPunctuation(c) || char.IsSymbol(c));
}

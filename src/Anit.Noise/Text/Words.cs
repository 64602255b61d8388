using System.Globalization;
using System.Text;

namespace Anit.Noise.Text;

/// <summary>What counts as a word.</summary>
public enum Segmenter
{
    /// <summary>Graphemes for one unbroken text with eight or more CJK graphemes, white space otherwise.</summary>
    Auto,

    /// <summary>Maximal runs of characters that are not Unicode White_Space; punctuation stays attached.</summary>
    Whitespace,

    /// <summary>One grapheme cluster, as in scripts without spaces; a run of letters and digits of a script with spaces stays one word.</summary>
    Grapheme,
}

/// <summary>Finds the words of a text. What lies between words is never part of one and is never rewritten.</summary>
public static class Words
{
    const int FewestCjk = 8;

    /// <summary>The words of a text, as ranges of UTF-16 code units.</summary>
    public static List<Range> In(ReadOnlySpan<char> text, Segmenter segmenter = Segmenter.Auto)
    {
        var spans = new WordSpans();
        spans.Find(text, segmenter);
        return [.. Enumerable.Range(0, spans.Count).Select(i => spans.Start(i)..spans.End(i))];
    }

    /// <summary>Whether <see cref="Segmenter.Auto"/> reads a text by graphemes: one word, with eight or more CJK graphemes in it.</summary>
    public static bool AutoGraphemes(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyExceptInRange('\0', '\u10FF') < 0) return false; // the first CJK characters are Hangul jamo, U+1100
        var cjk = 0;
        var words = 0;
        var inside = false;
        while (text.Length > 0)
        {
            var size = StringInfo.GetNextTextElementLength(text);
            var white = char.IsWhiteSpace(text[0]);
            if (!white && !inside && ++words > 1) return false;
            inside = !white;
            if (!white && IsCjk(First(text))) cjk++;
            text = text[size..];
        }
        return cjk >= FewestCjk;
    }

    /// <summary>Whether two characters side by side would read as one word where graphemes are words.</summary>
    internal static bool Join(char left, char right) => Alphabetic(left) && Alphabetic(right);

    internal static bool Alphabetic(char c) => c is < '\u0590' or (>= '\u1E00' and < '\u2000') && char.IsLetterOrDigit(c);

    static int First(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == System.Buffers.OperationStatus.Done ? rune.Value : text[0];

    static bool IsCjk(int c) => c is
        >= 0x1100 and <= 0x11FF or >= 0x3041 and <= 0x318F or >= 0x31A0 and <= 0x31FF or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or
        >= 0xA960 and <= 0xA97F or >= 0xAC00 and <= 0xD7FF or >= 0xF900 and <= 0xFAFF or >= 0xFF66 and <= 0xFF9F or
        >= 0x1AFF0 and <= 0x1B16F or >= 0x20000 and <= 0x323AF;
}

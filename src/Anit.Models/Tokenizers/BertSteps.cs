using System.Globalization;
using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>BERT's way to normalise text: control characters go, white space becomes spaces, Chinese characters stand alone, accents
/// and case go.</summary>
/// <param name="clean"><c>clean_text</c>.</param>
/// <param name="chinese"><c>handle_chinese_chars</c>.</param>
/// <param name="accents">Whether accents go: <c>strip_accents</c>, or what <c>lowercase</c> says where that is null.</param>
/// <param name="lower"><c>lowercase</c>.</param>
internal sealed class BertNormalizer(bool clean, bool chinese, bool accents, bool lower) : Normalizer
{
    static readonly Unicode decompose = new(NormalizationForm.FormD);
    static readonly Lowercase lowercase = new();

    public override void Apply(CharBuffer text)
    {
        if (Ascii.IsValid(text.Span))
        {
            OfAscii(text);
            return;
        }
        if (clean || chinese) CleanAndSetApart(text);
        if (accents)
        {
            decompose.Apply(text);
            Keep(text, static rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark);
        }
        if (lower) lowercase.Apply(text);
    }

    void OfAscii(CharBuffer text)
    {
        foreach (var c in text.Span)
        {
            if (clean && char.IsControl(c) && c is not ('\t' or '\n' or '\r')) continue;
            text.Append(clean && c is '\t' or '\n' or '\r' ? ' ' : lower && c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c);
        }
        text.Flip();
    }

    void CleanAndSetApart(CharBuffer text)
    {
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.Span.EnumerateRunes())
        {
            if (clean && IsDropped(rune)) continue;
            if (clean && (rune.Value is '\t' or '\n' or '\r' || Rune.IsWhiteSpace(rune)))
            {
                text.Append(' ');
                continue;
            }
            var alone = chinese && IsChinese(rune.Value);
            if (alone) text.Append(' ');
            text.Append(units[..rune.EncodeToUtf16(units)]);
            if (alone) text.Append(' ');
        }
        text.Flip();
    }

    static void Keep(CharBuffer text, Func<Rune, bool> kept)
    {
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.Span.EnumerateRunes())
            if (kept(rune)) text.Append(units[..rune.EncodeToUtf16(units)]);
        text.Flip();
    }

    /// <summary>U+0000, U+FFFD and the categories of Other that the reference's table has: control, format, private use.</summary>
    static bool IsDropped(Rune rune) => rune.Value is not ('\t' or '\n' or '\r') && (rune.Value is 0 or 0xFFFD
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse);

    /// <summary>The blocks of Chinese characters as the Rust library has them, its 2B920 for 2B820 included.</summary>
    static bool IsChinese(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}

/// <summary>BERT's words: split at white space, every punctuation character a word of its own.</summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        var text = pieces.Text.Span;
        foreach (var (start, end) in pieces.Ranges)
        {
            var from = start; // of the word that is being read
            for (var at = start; at < end;)
            {
                Rune.DecodeFromUtf16(text[at..end], out var rune, out var width);
                var white = Rune.IsWhiteSpace(rune);
                if (white || IsPunctuation(rune))
                {
                    pieces.Add(from, at);
                    if (!white) pieces.Add(at, at + width);
                    from = at + width;
                }
                at += width;
            }
            pieces.Add(from, end);
        }
        pieces.Flip();
    }

    /// <summary>All of ASCII that is neither letter, digit, space nor control, and Unicode's punctuation.</summary>
    static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is >= 33 and <= 47 or >= 58 and <= 64 or >= 91 and <= 96 or >= 123 and <= 126
        : Rune.IsPunctuation(rune);
}

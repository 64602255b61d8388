using System.Text;

namespace Anit.Remote.Costs;

/// <summary>About how many tokens a text has, where the server's tokenizer is not at hand.</summary>
/// <remarks>A word of ASCII letters is a token for each begun eight letters, digits a token for each three, any other sign one; other letters
/// are a token each in scripts beyond Latin, and one for two in accented Latin. docs/remote.md says how far it is from a real tokenizer.</remarks>
public static class TokenEstimate
{
    const int LettersOfToken = 8, DigitsOfToken = 3;

    /// <summary>The estimate for a text.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        var (tokens, letters, digits) = (0.0, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var letter = rune.IsAscii && Rune.IsLetter(rune);
            var digit = rune.IsAscii && Rune.IsDigit(rune);
            if (letter && letters++ % LettersOfToken == 0) tokens++;
            if (digit && digits++ % DigitsOfToken == 0) tokens++;
            if (!letter) letters = 0;
            if (!digit) digits = 0;
            if (letter || digit || rune.Value == ' ') continue;
            tokens += rune.Value is >= 0xC0 and < 0x250 ? 0.5 : 1;
        }
        return (int)Math.Ceiling(tokens);
    }
}

using System.Globalization;
using System.Text;

namespace Anit.Data.Expressions;

enum TokenKind { Name, QuotedName, Text, Number, Sign, End }

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The name, the text without its quotes, the digits or the sign.</param>
/// <param name="At">The character at which it begins, from 1.</param>
readonly record struct Token(TokenKind Kind, string Text, int At)
{
    /// <summary>Whether it is this word of the language, in any case.</summary>
    public bool Is(string word) => Kind == TokenKind.Name && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSign(string sign) => Kind == TokenKind.Sign && Text == sign;

    /// <summary>As a message shows it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end", TokenKind.Text => $"'{Text}'", TokenKind.QuotedName => $"\"{Text}\"", _ => Text,
    };
}

/// <summary>Cuts an expression into tokens.</summary>
static class Tokens
{
    static readonly string[] Signs = ["<=", ">=", "<>", "!=", "==", "||", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%", "."];

    public static List<Token> Of(string text)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var (token, end) = Next(text, at);
            tokens.Add(token);
            at = end;
        }
        tokens.Add(new(TokenKind.End, "", text.Length + 1));
        return tokens;
    }

    static (Token Token, int End) Next(string text, int start)
    {
        var first = text[start];
        if (first is '\'' or '"') return Quoted(text, start);
        if (char.IsAsciiDigit(first) || (first == '.' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1]))) return Number(text, start);
        if (char.IsLetter(first) || first == '_')
        {
            var end = start;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) end++;
            return (new(TokenKind.Name, text[start..end], start + 1), end);
        }
        foreach (var sign in Signs)
            if (string.CompareOrdinal(text, start, sign, 0, sign.Length) == 0) return (new(TokenKind.Sign, sign, start + 1), start + sign.Length);
        throw ExpressionException.At(start + 1, $"found '{first}', which begins nothing");
    }

    // A doubled quote stands for one.
    static (Token, int) Quoted(string text, int start)
    {
        var (quote, inside) = (text[start], new StringBuilder());
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] != quote) inside.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == quote) inside.Append(text[at++]);
            else return (new(quote == '"' ? TokenKind.QuotedName : TokenKind.Text, inside.ToString(), start + 1), at + 1);
        }
        throw ExpressionException.At(start + 1, $"a {(quote == '"' ? "name" : "text")} without its closing {quote}");
    }

    static (Token, int) Number(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var digits = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (digits < text.Length && char.IsAsciiDigit(text[digits]))
                for (end = digits; end < text.Length && char.IsAsciiDigit(text[end]); end++) { }
        }
        var number = text[start..end];
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && (end == text.Length || !char.IsLetter(text[end]))
            ? (new(TokenKind.Number, number, start + 1), end)
            : throw ExpressionException.At(start + 1, $"found {text[start..Math.Min(end + 1, text.Length)]}, expected a number");
    }
}

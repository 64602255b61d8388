using System.Text;

namespace Anit.Models.Jinja;

/// <summary>Cuts a template into text and tokens, and applies whitespace control.</summary>
/// <remarks>As transformers sets Jinja up: <c>trim_blocks</c> (the line break after a tag or comment goes) and <c>lstrip_blocks</c> (blanks
/// before a tag or comment that begins its line go); <c>-</c> strips all white space on its side, <c>+</c> keeps what the two would
/// remove. Line breaks become \n, and one at the end of the template goes (keep_trailing_newline is off).</remarks>
sealed class Lexer
{
    static readonly string[] Operators =
    [
        "**", "//", "==", "!=", "<=", ">=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    readonly string source, template;
    readonly List<Token> tokens = [];
    int at, line = 1;
    bool atLineStart = true; // nothing but a removed line break stands before this place in its line

    Lexer(string source, string template)
    {
        this.template = template;
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        this.source = source.EndsWith('\n') ? source[..^1] : source;
    }

    /// <summary>The tokens of a template; the last one is <see cref="TokenKind.End"/>.</summary>
    public static TokenStream Read(string source, string template)
    {
        var lexer = new Lexer(source, template);
        lexer.Run();
        return new(lexer.tokens, template);
    }

    void Run()
    {
        while (NextTag() is var open and >= 0)
        {
            var kind = source[open + 1];
            if (kind == '%' && Raw(open)) continue;
            Text(open, Sign(open), lstrip: kind != '{');
            MoveTo(open + 2 + (Sign(open) == ' ' ? 0 : 1));
            switch (kind)
            {
                case '#': Comment(open); break;
                case '{': Tag(TokenKind.OpenPrint, TokenKind.ClosePrint, "}}"); break;
                default: Tag(TokenKind.OpenTag, TokenKind.CloseTag, "%}"); break;
            }
        }
        Text(source.Length, ' ', lstrip: false);
        Add(TokenKind.End, "");
    }

    int NextTag()
    {
        for (var i = source.IndexOf('{', at); i >= 0 && i + 1 < source.Length; i = source.IndexOf('{', i + 1))
            if (source[i + 1] is '{' or '%' or '#') return i;
        return -1;
    }

    // The '-' or '+' that follows an opening, or a blank.
    char Sign(int open) => open + 2 < source.Length && source[open + 2] is '-' or '+' ? source[open + 2] : ' ';

    void Text(int end, char sign, bool lstrip)
    {
        var text = source.AsSpan(at, end - at);
        if (sign == '-')
        {
            text = text.TrimEnd(Python.Blanks);
        }
        else if (sign != '+' && lstrip)
        {
            var lineStart = text.LastIndexOf('\n') + 1;
            if ((lineStart > 0 || atLineStart) && text[lineStart..].Trim(Python.Blanks).IsEmpty) text = text[..lineStart];
        }
        if (!text.IsEmpty) Add(TokenKind.Text, text.ToString());
        MoveTo(end);
    }

    void Comment(int open)
    {
        var end = source.IndexOf("#}", at, StringComparison.Ordinal);
        if (end < 0) throw TemplateError.At(template, line, "the comment that begins here has no end '#}'");
        Close(end > open + 2 && end > at ? source[end - 1] : ' ', end + 2, trims: true);
    }

    // {% raw %} ... {% endraw %}: everything between is text.
    bool Raw(int open)
    {
        if (RawTag(open, "raw") is not { } begin) return false;
        Text(open, Sign(open), lstrip: true);
        MoveTo(open);
        var started = line;
        Close(source[begin - 3], begin, trims: false);
        for (var end = source.IndexOf("{%", at, StringComparison.Ordinal); end >= 0; end = source.IndexOf("{%", end + 1, StringComparison.Ordinal))
        {
            if (RawTag(end, "endraw") is not { } close) continue;
            Text(end, Sign(end), lstrip: true);
            Close(source[close - 3], close, trims: true);
            return true;
        }
        throw TemplateError.At(template, started, "{% raw %} has no {% endraw %}");
    }

    // Where a tag that holds this one word ends; null where it is another tag.
    int? RawTag(int open, string word)
    {
        var i = open + 2 + (Sign(open) == ' ' ? 0 : 1);
        while (i < source.Length && Python.IsBlank(source[i])) i++;
        if (string.CompareOrdinal(source, i, word, 0, word.Length) != 0) return null;
        i += word.Length;
        while (i < source.Length && Python.IsBlank(source[i])) i++;
        if (i < source.Length && source[i] is '-' or '+') i++;
        return string.CompareOrdinal(source, i, "%}", 0, 2) == 0 ? i + 2 : null;
    }

    // Behind a tag: '-' strips all that is blank, else the line break may go.
    void Close(char sign, int end, bool trims)
    {
        var start = at;
        if (sign == '-')
        {
            while (end < source.Length && Python.IsBlank(source[end])) end++;
        }
        else if (sign != '+' && trims && end < source.Length && source[end] == '\n')
        {
            end++;
        }
        MoveTo(end);
        atLineStart = end > start && source[end - 1] == '\n';
    }

    void Tag(TokenKind open, TokenKind close, string end)
    {
        var began = line;
        Add(open, "");
        var brackets = new Stack<char>(); // inside them }} and %} are no end
        while (true)
        {
            while (at < source.Length && Python.IsBlank(source[at])) MoveTo(at + 1);
            if (at >= source.Length) throw TemplateError.At(template, began, $"the tag that begins here has no end '{end}'");
            var signed = source[at] is '-' or '+' && !(end == "}}" && source[at] == '+') ? 1 : 0;
            if (brackets.Count == 0 && string.CompareOrdinal(source, at + signed, end, 0, 2) == 0)
            {
                Add(close, "");
                Close(signed == 0 ? ' ' : source[at], at + signed + 2, trims: end == "%}");
                return;
            }
            Word(brackets);
        }
    }

    void Word(Stack<char> brackets)
    {
        var c = source[at];
        var end = at + 1;
        if (char.IsLetter(c) || c == '_')
        {
            while (end < source.Length && (char.IsLetterOrDigit(source[end]) || source[end] == '_')) end++;
            Add(TokenKind.Name, source[at..end]);
        }
        else if (char.IsAsciiDigit(c))
        {
            end = Number();
        }
        else if (c is '\'' or '"')
        {
            end = String(c);
        }
        else
        {
            var operation = Array.Find(Operators, o => string.CompareOrdinal(source, at, o, 0, o.Length) == 0)
                ?? throw TemplateError.At(template, line, $"unexpected '{c}'");
            if (operation is "(" or "[" or "{") brackets.Push(operation[0] == '(' ? ')' : operation[0] == '[' ? ']' : '}');
            else if (operation is ")" or "]" or "}" && !(brackets.TryPop(out var wanted) && wanted == operation[0]))
                throw TemplateError.At(template, line, $"unexpected '{operation}'");
            Add(TokenKind.Operator, operation);
            end = at + operation.Length;
        }
        MoveTo(end);
    }

    int Number()
    {
        var end = Digits(at);
        var isFloat = false;
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
        {
            isFloat = true;
            end = Digits(end + 1);
        }
        if (end < source.Length && source[end] is 'e' or 'E')
        {
            var digits = end + 1 < source.Length && source[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (digits < source.Length && char.IsAsciiDigit(source[digits]))
            {
                isFloat = true;
                end = Digits(digits);
            }
        }
        Add(isFloat ? TokenKind.Float : TokenKind.Integer, source[at..end].Replace("_", "", StringComparison.Ordinal));
        return end;
    }

    int Digits(int from)
    {
        while (from < source.Length && (char.IsAsciiDigit(source[from]) || source[from] == '_')) from++;
        return from;
    }

    int String(char quote)
    {
        var text = new StringBuilder();
        var i = at + 1;
        for (; i < source.Length && source[i] != quote; i++)
        {
            if (source[i] != '\\' || i + 1 >= source.Length) text.Append(source[i]);
            else i = Escape(i + 1, text);
        }
        if (i >= source.Length) throw TemplateError.At(template, line, $"the string that begins here has no end {quote}");
        Add(TokenKind.String, text.ToString());
        return i + 1;
    }

    // Python's escapes; an unknown one keeps its backslash. Returns the last character that was read.
    int Escape(int i, StringBuilder text)
    {
        var c = source[i];
        var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (i + digits < source.Length && int.TryParse(source.AsSpan(i + 1, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null,
                    out var code) && code is >= 0 and <= 0x10FFFF)
            {
                text.Append(code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code));
                return i + digits;
            }
            throw TemplateError.At(template, line, $"'\\{c}' wants {digits} hexadecimal digits");
        }
        if (c is >= '0' and <= '7')
        {
            var code = 0;
            var end = i;
            while (end < source.Length && end < i + 3 && source[end] is >= '0' and <= '7') code = code * 8 + source[end++] - '0';
            text.Append((char)code);
            return end - 1;
        }
        const string Letters = "ntrabfv\\'\"", Values = "\n\t\r\a\b\f\v\\'\"";
        var known = Letters.IndexOf(c, StringComparison.Ordinal);
        if (known >= 0) text.Append(Values[known]);
        else if (c != '\n') text.Append('\\').Append(c);
        return i;
    }

    void Add(TokenKind kind, string text) => tokens.Add(new(kind, text, line));

    void MoveTo(int place)
    {
        line += source.AsSpan(at, place - at).Count('\n');
        at = place;
    }
}

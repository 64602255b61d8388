namespace Anit.Models.Jinja;

/// <summary>What a piece of a template is.</summary>
enum TokenKind
{
    /// <summary>Text between tags, printed as it is.</summary>
    Text,

    /// <summary><c>{{</c></summary>
    OpenPrint,

    /// <summary><c>}}</c></summary>
    ClosePrint,

    /// <summary><c>{%</c></summary>
    OpenTag,

    /// <summary><c>%}</c></summary>
    CloseTag,

    /// <summary>A word: a variable, a keyword.</summary>
    Name,

    /// <summary>A string, already without its quotes and escapes.</summary>
    String,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A number with a point or an exponent.</summary>
    Float,

    /// <summary>A sign or a bracket.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A piece of a template and the line on which it begins, from 1.</summary>
readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    /// <summary>The token in a message.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.Text => "text",
        TokenKind.OpenPrint => "{{",
        TokenKind.ClosePrint => "}}",
        TokenKind.OpenTag => "{%",
        TokenKind.CloseTag => "%}",
        _ => $"'{(Text.Length > 40 ? Text[..40] + "..." : Text)}'",
    };
}

/// <summary>Tokens to be read one after the other.</summary>
sealed class TokenStream(IReadOnlyList<Token> tokens, string template)
{
    int at;

    public string Template => template;

    public Token Current => tokens[at];

    public Token Following => tokens[Math.Min(at + 1, tokens.Count - 1)];

    public Token Next() => tokens[at].Kind == TokenKind.End ? tokens[at] : tokens[at++];

    public bool Is(string operation) => Current.Kind == TokenKind.Operator && Current.Text == operation;

    public bool IsName(string name) => Current.Kind == TokenKind.Name && Current.Text == name;

    public bool Skip(string operation) => Is(operation) && Next().Kind == TokenKind.Operator;

    public bool SkipName(string name) => IsName(name) && Next().Kind == TokenKind.Name;

    public void Expect(string operation)
    {
        if (!Skip(operation)) throw Bad($"expected '{operation}', found {Current}");
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name)) throw Bad($"expected '{name}', found {Current}");
    }

    public void Expect(TokenKind kind)
    {
        if (Current.Kind != kind) throw Bad($"expected {new Token(kind, "", 0)}, found {Current}");
        Next();
    }

    public string Name() => Current.Kind == TokenKind.Name ? Next().Text : throw Bad($"expected a name, found {Current}");

    public InvalidDataException Bad(string what) => Bad(Current.Line, what);

    public InvalidDataException Bad(int line, string what) => TemplateError.At(template, line, what);
}

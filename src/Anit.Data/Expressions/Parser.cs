using System.Globalization;
using System.Text;

namespace Anit.Data.Expressions;

/// <summary>Reads an expression: comparisons, and, or, not, in, between, is null, like, sums, products, functions, parentheses.</summary>
sealed class Parser
{
    const int DeepestNesting = 200;

    /// <summary>Words that are no names unless quoted.</summary>
    public static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
        { "and", "or", "not", "in", "is", "null", "like", "between", "true", "false" };

    static readonly string[] Comparisons = ["=", "==", "!=", "<>", "<", "<=", ">", ">="];

    readonly List<Token> tokens;
    int next, depth;

    Parser(string text) => tokens = Tokens.Of(text);

    /// <summary>The whole text as one expression.</summary>
    public static Syntax Parse(string text)
    {
        var parser = new Parser(text);
        var expression = parser.Or();
        return parser.Now.Kind == TokenKind.End ? expression : throw parser.Expected("and, or, or the end");
    }

    Token Now => tokens[next];

    Syntax Or()
    {
        if (++depth > DeepestNesting) throw ExpressionException.At(Now.At, $"more than {DeepestNesting} levels of nesting");
        var left = And();
        while (Take("or") is { } at) left = new CallSyntax(at, "or", [left, And()]);
        depth--;
        return left;
    }

    Syntax And()
    {
        var left = Not();
        while (Take("and") is { } at) left = new CallSyntax(at, "and", [left, Not()]);
        return left;
    }

    Syntax Not()
    {
        if (++depth > DeepestNesting) throw ExpressionException.At(Now.At, $"more than {DeepestNesting} levels of nesting");
        var result = Take("not") is { } at ? new CallSyntax(at, "not", [Not()]) : Predicate();
        depth--;
        return result;
    }

    Syntax Predicate()
    {
        var left = Sum();
        var at = Now.At;
        if (Take("is") is not null)
        {
            var isNot = Take("not") is not null;
            if (Take("null") is null) throw Expected("null or not null after is");
            return Negated(isNot, new CallSyntax(at, "is null", [left]));
        }
        if (Now.Kind == TokenKind.Sign && Comparisons.Contains(Now.Text))
        {
            var sign = tokens[next++].Text switch { "==" => "=", "<>" => "!=", var other => other };
            return new CallSyntax(at, sign, [left, Sum()]);
        }
        var negated = Now.Is("not") && (tokens[next + 1].Is("in") || tokens[next + 1].Is("like") || tokens[next + 1].Is("between"));
        if (negated) next++;
        if (Take("in") is not null) return Negated(negated, new CallSyntax(at, "in", [left, .. List()]));
        if (Take("like") is not null) return Negated(negated, new CallSyntax(at, "like", [left, Sum()]));
        if (Take("between") is null) return left;
        var least = Sum();
        if (Take("and") is null) throw Expected("and, as in between 1 and 5");
        return Negated(negated, new CallSyntax(at, "and", [new CallSyntax(at, ">=", [left, least]), new CallSyntax(at, "<=", [left, Sum()])]));
    }

    static CallSyntax Negated(bool negated, CallSyntax call) => negated ? new CallSyntax(call.At, "not", [call]) : call;

    Syntax Sum()
    {
        var left = Product();
        while (Now.IsSign("+") || Now.IsSign("-") || Now.IsSign("||"))
        {
            var sign = tokens[next++];
            left = new CallSyntax(sign.At, sign.Text, [left, Product()]);
        }
        return left;
    }

    Syntax Product()
    {
        var left = Unary();
        while (Now.IsSign("*") || Now.IsSign("/") || Now.IsSign("%"))
        {
            var sign = tokens[next++];
            left = new CallSyntax(sign.At, sign.Text, [left, Unary()]);
        }
        return left;
    }

    Syntax Unary()
    {
        if (!Now.IsSign("-")) return Primary();
        var at = tokens[next++].At;
        if (++depth > DeepestNesting) throw ExpressionException.At(at, $"more than {DeepestNesting} levels of nesting");
        var value = Unary();
        depth--;
        return value is LiteralSyntax { Value: var number, Text: var text } && number.Negative() is { } negative
            ? new LiteralSyntax(at, negative, "-" + text) : new CallSyntax(at, "negative", [value]);
    }

    Syntax Primary()
    {
        var token = Now;
        switch (token.Kind)
        {
            case TokenKind.Number:
                next++;
                return new LiteralSyntax(token.At, NumberOf(token), token.Text);
            case TokenKind.Text:
                next++;
                return new LiteralSyntax(token.At, Scalar.OfText(Encoding.UTF8.GetBytes(token.Text)), token.Text);
            case TokenKind.Sign when token.Text == "(":
                next++;
                var inside = Or();
                Close();
                return inside;
            case TokenKind.QuotedName:
                return Column();
            case TokenKind.Name when token.Is("true") || token.Is("false"):
                next++;
                return new LiteralSyntax(token.At, Scalar.OfBool(token.Is("true")), token.Text.ToLowerInvariant());
            case TokenKind.Name when token.Is("null"):
                next++;
                return new LiteralSyntax(token.At, Scalar.Null, "null");
            case TokenKind.Name when tokens[next + 1].IsSign("("):
                next++;
                return new CallSyntax(token.At, token.Text.ToLowerInvariant(), List());
            case TokenKind.Name when !Words.Contains(token.Text):
                return Column();
            default:
                throw Expected("a column, a value or (");
        }
    }

    ColumnSyntax Column()
    {
        var (at, path) = (Now.At, new List<string> { tokens[next++].Text });
        while (Now.IsSign("."))
        {
            next++;
            if (Now.Kind is not (TokenKind.Name or TokenKind.QuotedName)) throw Expected("the name of a field after the dot");
            path.Add(tokens[next++].Text);
        }
        return new(at, path);
    }

    List<Syntax> List()
    {
        if (!Now.IsSign("(")) throw Expected("( and a list");
        next++;
        var items = new List<Syntax>();
        do
        {
            items.Add(Or());
        }
        while (Now.IsSign(",") && next++ > 0);
        Close();
        return items;
    }

    void Close()
    {
        if (!Now.IsSign(")")) throw Expected(", or )");
        next++;
    }

    static Scalar NumberOf(Token token)
    {
        var text = token.Text;
        if (text.AsSpan().IndexOfAny("eE") >= 0) return Scalar.OfReal(double.Parse(text, CultureInfo.InvariantCulture));
        var point = text.IndexOf('.');
        var digits = point < 0 ? text : text.Remove(point, 1);
        return digits.TrimStart('0').Length <= Scalar.MostDigits
            ? Scalar.OfNumber(Int128.Parse(digits, CultureInfo.InvariantCulture), point < 0 ? 0 : text.Length - point - 1)
            : throw ExpressionException.At(token.At, $"a number of more than {Scalar.MostDigits} digits; write it with an exponent, as 1e30");
    }

    int? Take(string word)
    {
        if (!Now.Is(word)) return null;
        return tokens[next++].At;
    }

    ExpressionException Expected(string what) => ExpressionException.At(Now.At, $"found {Now}, expected {what}");
}

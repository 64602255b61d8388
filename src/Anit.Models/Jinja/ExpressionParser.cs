using System.Globalization;

namespace Anit.Models.Jinja;

/// <summary>Reads expressions, in Jinja's order: if-else, or, and, not, comparison, + -, ~, * / // %, **, signs, filters and tests.</summary>
sealed class ExpressionParser(TokenStream tokens)
{
    const int Deepest = 100; // brackets in brackets: what is deeper is made to overflow the stack

    static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    // What goes on behind a test, and is not its argument.
    static readonly string[] Keywords = ["else", "or", "and", "if", "is", "in", "not", "recursive"];

    int depth;

    /// <summary>Every variable that was read, for a macro to know whether it names <c>caller</c> and its like.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>An expression, or several with commas between them, which are a tuple.</summary>
    public Expression Several(bool conditional = true)
    {
        var line = tokens.Current.Line;
        var first = conditional ? One() : Or();
        if (!tokens.Is(",")) return first;
        var items = new List<Expression> { first };
        while (tokens.Skip(","))
        {
            if (AtEnd()) break;
            items.Add(conditional ? One() : Or());
        }
        return new Listing(items, IsTuple: true, line);
    }

    /// <summary>One expression.</summary>
    public Expression One()
    {
        if (++depth > Deepest) throw tokens.Bad($"more than {Deepest} expressions in one another");
        var line = tokens.Current.Line;
        var value = Or();
        while (tokens.SkipName("if"))
        {
            var condition = Or();
            value = new Conditional(value, condition, tokens.SkipName("else") ? One() : null, line);
        }
        depth--;
        return value;
    }

    /// <summary>An expression without if-else, as the source of a loop.</summary>
    public Expression Or() => Joined("or", isAnd: false, And);

    /// <summary>Filters after <c>|</c>, put on an expression.</summary>
    public Func<Expression, Expression> Filters(bool first = false)
    {
        var filters = new List<(string Name, ArgumentList Arguments, int Line)>();
        for (; first || tokens.Skip("|"); first = false)
        {
            var (line, name) = (tokens.Current.Line, DottedName());
            filters.Add((name, tokens.Is("(") ? Arguments() : ArgumentList.None, line));
        }
        return input => filters.Aggregate(input, (value, f) => new Filtered(value, f.Name, f.Arguments, f.Line));
    }

    /// <summary>What is between the brackets of a call.</summary>
    public ArgumentList Arguments()
    {
        tokens.Expect("(");
        var positional = new List<(Expression, bool)>();
        var named = new List<(string, Expression)>();
        Expression? spread = null;
        while (!tokens.Skip(")"))
        {
            if (positional.Count + named.Count > 0 || spread is not null)
            {
                tokens.Expect(",");
                if (tokens.Skip(")")) break;
            }
            if (tokens.Skip("*"))
            {
                positional.Add((One(), true));
            }
            else if (tokens.Skip("**"))
            {
                spread = One();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Following is { Kind: TokenKind.Operator, Text: "=" })
            {
                var name = tokens.Name();
                tokens.Expect("=");
                named.Add((name, One()));
            }
            else if (named.Count > 0)
            {
                throw tokens.Bad("an argument without a name stands behind one with a name");
            }
            else
            {
                positional.Add((One(), false));
            }
        }
        return new(positional, named, spread);
    }

    Expression And() => Joined("and", isAnd: true, Not);

    Expression Joined(string word, bool isAnd, Func<Expression> part)
    {
        var line = tokens.Current.Line;
        var left = part();
        while (tokens.SkipName(word)) left = new Junction(isAnd, left, part(), line);
        return left;
    }

    Expression Not()
    {
        var line = tokens.Current.Line;
        if (!tokens.SkipName("not")) return Comparison();
        if (++depth > Deepest) throw tokens.Bad($"more than {Deepest} expressions in one another");
        var operand = Not();
        depth--;
        return new Not(operand, line);
    }

    Expression Comparison()
    {
        var line = tokens.Current.Line;
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (ComparisonSign() is { } sign) rest.Add((sign, Sum()));
        return rest.Count == 0 ? first : new Comparison(first, rest, line);
    }

    string? ComparisonSign()
    {
        if (tokens.SkipName("in")) return "in";
        if (tokens.IsName("not") && tokens.Following is { Kind: TokenKind.Name, Text: "in" })
        {
            tokens.Next();
            tokens.Next();
            return "not in";
        }
        return Array.Find(Comparisons, tokens.Skip);
    }

    Expression Sum() => Chain(["+", "-"], Concatenation);

    Expression Concatenation() => Chain(["~"], Product);

    Expression Product() => Chain(["*", "//", "/", "%"], Power);

    Expression Power() => Chain(["**"], () => Unary());

    Expression Chain(string[] signs, Func<Expression> part)
    {
        var left = part();
        while (true)
        {
            var line = tokens.Current.Line;
            if (Array.Find(signs, tokens.Skip) is not { } sign) return left;
            left = new Arithmetic(sign, left, part(), line);
        }
    }

    Expression Unary(bool filters = true)
    {
        if (++depth > Deepest) throw tokens.Bad($"more than {Deepest} expressions in one another");
        var line = tokens.Current.Line;
        var minus = tokens.Is("-");
        var value = tokens.Skip("-") || tokens.Skip("+") ? new Signed(minus, Unary(filters: false), line) : Primary();
        value = Postfix(value);
        if (filters) value = FiltersAndTests(value);
        depth--;
        return value;
    }

    Expression Postfix(Expression value)
    {
        while (true)
        {
            var line = tokens.Current.Line;
            if (tokens.Skip(".")) value = Attribute(value, line);
            else if (tokens.Skip("[")) value = Subscript(value, line);
            else if (tokens.Is("(")) value = new Call(value, Arguments(), line);
            else return value;
        }
    }

    Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            var line = tokens.Current.Line;
            if (tokens.Is("|")) value = Filters()(value);
            else if (tokens.SkipName("is")) value = Test(value, line);
            else if (tokens.Is("(")) value = new Call(value, Arguments(), line);
            else return value;
        }
    }

    Expression Attribute(Expression whole, int line) => tokens.Current.Kind == TokenKind.Integer
        ? new ItemOf(whole, new Constant(Whole(tokens.Next()), line), line)
        : new AttributeOf(whole, tokens.Name(), line);

    Expression Subscript(Expression whole, int line)
    {
        Expression? from = tokens.Is(":") ? null : Several();
        if (!tokens.Skip(":"))
        {
            tokens.Expect("]");
            return new ItemOf(whole, from!, line);
        }
        Expression? to = tokens.Is(":") || tokens.Is("]") ? null : One();
        Expression? step = tokens.Skip(":") && !tokens.Is("]") ? One() : null;
        tokens.Expect("]");
        return new SliceOf(whole, from, to, step, line);
    }

    IsTest Test(Expression value, int line)
    {
        var negated = tokens.SkipName("not");
        var name = DottedName();
        var arguments = ArgumentList.None;
        if (tokens.Is("("))
        {
            arguments = Arguments();
        }
        else if (tokens.Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float || tokens.Is("[") || tokens.Is("{")
            || (tokens.Current.Kind == TokenKind.Name && Array.IndexOf(Keywords, tokens.Current.Text) < 0))
        {
            arguments = new([(Postfix(Primary()), false)], [], null);
        }
        return new IsTest(value, name, arguments, negated, line);
    }

    Expression Primary()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name: return Named(tokens.Next());
            case TokenKind.Integer: return new Constant(Whole(tokens.Next()), token.Line);
            case TokenKind.Float: return new Constant(double.Parse(tokens.Next().Text, CultureInfo.InvariantCulture), token.Line);
            case TokenKind.String:
                var text = "";
                while (tokens.Current.Kind == TokenKind.String) text += tokens.Next().Text;
                return new Constant(text, token.Line);
        }
        if (tokens.Skip("(")) return Bracketed(token.Line);
        if (tokens.Skip("[")) return new Listing(Until("]"), IsTuple: false, token.Line);
        return tokens.Skip("{") ? Mapping(token.Line) : throw tokens.Bad($"expected an expression, found {token}");
    }

    Expression Named(Token token)
    {
        Names.Add(token.Text);
        return token.Text switch
        {
            "true" or "True" => new Constant(true, token.Line),
            "false" or "False" => new Constant(false, token.Line),
            "none" or "None" => new Constant(null, token.Line),
            _ => new Variable(token.Text, token.Line),
        };
    }

    Expression Bracketed(int line)
    {
        if (tokens.Skip(")")) return new Listing([], IsTuple: true, line);
        var value = Several();
        tokens.Expect(")");
        return value;
    }

    List<Expression> Until(string close)
    {
        var items = new List<Expression>();
        while (!tokens.Skip(close))
        {
            if (items.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Skip(close)) break;
            }
            items.Add(One());
        }
        return items;
    }

    Mapping Mapping(int line)
    {
        var pairs = new List<(Expression, Expression)>();
        while (!tokens.Skip("}"))
        {
            if (pairs.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Skip("}")) break;
            }
            var key = One();
            tokens.Expect(":");
            pairs.Add((key, One()));
        }
        return new(pairs, line);
    }

    string DottedName()
    {
        var name = tokens.Name();
        while (tokens.Skip(".")) name += "." + tokens.Name();
        return name;
    }

    bool AtEnd() => tokens.Current.Kind is TokenKind.ClosePrint or TokenKind.CloseTag || tokens.Is(")") || tokens.Is("]") || tokens.IsName("in");

    long Whole(Token token) => long.TryParse(token.Text, CultureInfo.InvariantCulture, out var number) ? number
        : throw tokens.Bad(token.Line, $"the number {token.Text} is beyond 64 bits");
}

namespace Anit.Models.Jinja;

/// <summary>Reads the statements of a template.</summary>
sealed class TemplateParser
{
    const int Deepest = 100; // blocks in blocks

    readonly TokenStream tokens;
    readonly ExpressionParser expressions;
    int depth, loops;

    TemplateParser(TokenStream tokens) => (this.tokens, expressions) = (tokens, new(tokens));

    /// <summary>A template's text as what it does.</summary>
    /// <exception cref="InvalidDataException">It is no Jinja, or uses what is not supported.</exception>
    public static Block Parse(string source, string template)
    {
        var parser = new TemplateParser(Lexer.Read(source, template));
        var (body, end, line) = parser.Body();
        return end is null ? body : throw parser.tokens.Bad(line, $"'{end}' has nothing to end");
    }

    // Statements up to a tag that ends or divides a block; its name is read, what follows is not.
    (Block Body, string? End, int Line) Body()
    {
        if (++depth > Deepest) throw tokens.Bad($"more than {Deepest} blocks in one another");
        var statements = new List<Statement>();
        var began = tokens.Current.Line;
        try
        {
            while (true)
            {
                var token = tokens.Next();
                switch (token.Kind)
                {
                    case TokenKind.End: return (new(statements, began), null, token.Line);
                    case TokenKind.Text: statements.Add(new Literal(token.Text, token.Line)); break;
                    case TokenKind.OpenPrint:
                        statements.Add(new Print(expressions.Several(), token.Line));
                        tokens.Expect(TokenKind.ClosePrint);
                        break;
                    default:
                        var word = tokens.Name();
                        if (word is "elif" or "else" || word.StartsWith("end", StringComparison.Ordinal))
                            return (new(statements, began), word, token.Line);
                        statements.Add(Tag(word, token.Line));
                        break;
                }
            }
        }
        finally
        {
            depth--;
        }
    }

    Statement Tag(string word, int line) => word switch
    {
        "if" => If(line),
        "for" => For(line),
        "set" => Set(line),
        "macro" => Macro(line),
        "call" => CallBlock(line),
        "filter" => FilterBlock(line),
        "with" => With(line),
        "generation" => Generation(line),
        "break" or "continue" => Leave(word, line),
        "do" => throw tokens.Bad(line, "'do' is not supported: chat templates run without that extension"),
        "include" or "import" or "from" or "extends" or "block" => throw tokens.Bad(line, $"'{word}' is not supported: a chat template is one file"),
        _ => throw tokens.Bad(line, $"there is no tag '{word}'"),
    };

    If If(int line)
    {
        var branches = new List<(Expression?, Block)>();
        Expression? condition = expressions.Several(conditional: true);
        while (true)
        {
            tokens.Expect(TokenKind.CloseTag);
            var (body, end, _) = Body();
            branches.Add((condition, body));
            if (end == "endif") break;
            if (end == "elif" && condition is not null) condition = expressions.Several();
            else if (end == "else" && condition is not null) condition = null;
            else throw NotEnded("if", line, end);
        }
        tokens.Expect(TokenKind.CloseTag);
        return new(branches, line);
    }

    For For(int line)
    {
        var target = Targets();
        tokens.ExpectName("in");
        var source = expressions.Several(conditional: false);
        var condition = tokens.SkipName("if") ? expressions.One() : null;
        var recursive = tokens.SkipName("recursive");
        tokens.Expect(TokenKind.CloseTag);
        loops++;
        var (body, end, _) = Body();
        loops--;
        Block? otherwise = null;
        if (end == "else")
        {
            tokens.Expect(TokenKind.CloseTag);
            (otherwise, end, _) = Body();
        }
        Ended("for", line, end);
        return new(target, source, condition, body, otherwise, recursive, line);
    }

    Statement Set(int line)
    {
        var target = Targets(attributes: true);
        if (tokens.Skip("="))
        {
            var value = expressions.Several();
            tokens.Expect(TokenKind.CloseTag);
            return new Set(target, value, line);
        }
        var filters = expressions.Filters();
        return new SetBlock(target, Inside("set", line), filters, line);
    }

    MacroDefinition Macro(int line)
    {
        var name = tokens.Name();
        return new(Macro(name, Parameters(), "macro", line), line);
    }

    CallBlock CallBlock(int line)
    {
        var parameters = tokens.Is("(") ? Parameters() : [];
        if (expressions.One() is not Call call) throw tokens.Bad(line, "expected a call of a macro after 'call'");
        return new(call, Macro("caller", parameters, "call", line), line);
    }

    Macro Macro(string name, List<(string, Expression?)> parameters, string tag, int line)
    {
        var outer = expressions.Names.ToList();
        expressions.Names.Clear();
        var inLoops = loops;
        loops = 0;
        var body = Inside(tag, line);
        loops = inLoops;
        var uses = expressions.Names.ToHashSet(StringComparer.Ordinal);
        expressions.Names.UnionWith(outer);
        return new(name, parameters, uses, body);
    }

    List<(string, Expression?)> Parameters()
    {
        var parameters = new List<(string, Expression?)>();
        tokens.Expect("(");
        while (!tokens.Skip(")"))
        {
            if (parameters.Count > 0) tokens.Expect(",");
            var name = tokens.Name();
            parameters.Add((name, tokens.Skip("=") ? expressions.One() : null));
        }
        return parameters;
    }

    FilterBlock FilterBlock(int line)
    {
        var filters = expressions.Filters(first: true);
        return new(Inside("filter", line), filters, line);
    }

    With With(int line)
    {
        var assignments = new List<(Target, Expression)>();
        while (tokens.Current.Kind != TokenKind.CloseTag)
        {
            if (assignments.Count > 0) tokens.Expect(",");
            var target = Targets();
            tokens.Expect("=");
            assignments.Add((target, expressions.One()));
        }
        return new(assignments, Inside("with", line), line);
    }

    With Generation(int line) => new([], Inside("generation", line), line);

    Leave Leave(string word, int line)
    {
        if (loops == 0) throw tokens.Bad(line, $"'{word}' stands outside of a loop");
        tokens.Expect(TokenKind.CloseTag);
        return new(word == "break" ? Flow.Break : Flow.Continue, line);
    }

    // The rest of an opening tag, a body, and the tag that ends it.
    Block Inside(string tag, int line)
    {
        tokens.Expect(TokenKind.CloseTag);
        var (body, end, _) = Body();
        Ended(tag, line, end);
        return body;
    }

    void Ended(string tag, int line, string? end)
    {
        if (end != "end" + tag) throw NotEnded(tag, line, end);
        if (tag == "macro" && tokens.Current.Kind == TokenKind.Name) tokens.Next(); // {% endmacro name %}
        tokens.Expect(TokenKind.CloseTag);
    }

    InvalidDataException NotEnded(string tag, int line, string? end) =>
        tokens.Bad(line, $"'{tag}' has no 'end{tag}'; found {(end is null ? "the end of the template" : $"'{end}'")}");

    Target Targets(bool attributes = false)
    {
        var first = OneTarget(attributes);
        if (!tokens.Is(",")) return first;
        var parts = new List<Target> { first };
        while (tokens.Skip(","))
            if (tokens.Current.Kind == TokenKind.Name && tokens.Current.Text != "in" || tokens.Is("(")) parts.Add(OneTarget(attributes));
        return new TupleTarget(parts);
    }

    Target OneTarget(bool attributes)
    {
        if (tokens.Skip("("))
        {
            var inner = Targets();
            tokens.Expect(")");
            return inner;
        }
        var line = tokens.Current.Line;
        var name = tokens.Name();
        if (attributes && tokens.Skip(".")) return new AttributeTarget(name, tokens.Name());
        return name is "true" or "false" or "none" or "True" or "False" or "None" ? throw tokens.Bad(line, $"{name} is no variable")
            : new NameTarget(name);
    }
}

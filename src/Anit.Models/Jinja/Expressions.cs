namespace Anit.Models.Jinja;

/// <summary>A part of a template that has a value.</summary>
abstract record Expression(int Line)
{
    /// <summary>The value in a scope.</summary>
    public object? Value(Scope scope, Rendering rendering)
    {
        Rendering.Deeper(); // a chain of a hundred thousand signs is a tree as deep
        return Evaluate(scope, rendering);
    }

    /// <summary>The value as a condition.</summary>
    public bool Holds(Scope scope, Rendering rendering) => Values.Truth(Value(scope, rendering));

    /// <summary>Computes the value.</summary>
    protected abstract object? Evaluate(Scope scope, Rendering rendering);

    /// <summary>Says where evaluation stands, before something that may fail.</summary>
    protected void At(Rendering rendering) => rendering.Line = Line;
}

/// <summary>A number, a string, true, false or none.</summary>
sealed record Constant(object? Content, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering) => Content;
}

/// <summary>A variable.</summary>
sealed record Variable(string Name, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering) => scope.Find(Name);
}

/// <summary><c>[a, b]</c> or <c>(a, b)</c>.</summary>
sealed record Listing(IReadOnlyList<Expression> Items, bool IsTuple, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var items = Items.Select(item => item.Value(scope, rendering));
        return IsTuple ? items.ToArray() : items.ToList();
    }
}

/// <summary><c>{'a': 1}</c>.</summary>
sealed record Mapping(IReadOnlyList<(Expression Key, Expression Value)> Pairs, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var dict = new Dict();
        foreach (var (key, item) in Pairs)
        {
            var (name, value) = (key.Value(scope, rendering), item.Value(scope, rendering));
            At(rendering);
            dict[name] = value;
        }
        return dict;
    }
}

/// <summary><c>a.name</c>.</summary>
sealed record AttributeOf(Expression Whole, string Name, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var whole = Whole.Value(scope, rendering);
        At(rendering);
        return Lookup.Attribute(whole, Name);
    }
}

/// <summary><c>a[key]</c>.</summary>
sealed record ItemOf(Expression Whole, Expression Key, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var (whole, key) = (Whole.Value(scope, rendering), Key.Value(scope, rendering));
        At(rendering);
        return Lookup.Item(whole, key);
    }
}

/// <summary><c>a[from:to:step]</c>.</summary>
sealed record SliceOf(Expression Whole, Expression? From, Expression? To, Expression? Step, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var whole = Whole.Value(scope, rendering);
        var (from, to, step) = (From?.Value(scope, rendering), To?.Value(scope, rendering), Step?.Value(scope, rendering));
        At(rendering);
        return Lookup.Slice(whole, from, to, step, rendering);
    }
}

/// <summary><c>a + b</c> and its like.</summary>
sealed record Arithmetic(string Sign, Expression Left, Expression Right, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var (left, right) = (Left.Value(scope, rendering), Right.Value(scope, rendering));
        At(rendering);
        rendering.Spend();
        return Operations.Apply(Sign, left, right, rendering);
    }
}

/// <summary><c>-a</c> or <c>+a</c>.</summary>
sealed record Signed(bool Minus, Expression Operand, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var value = Operand.Value(scope, rendering);
        At(rendering);
        return Operations.Apply(Minus ? "-" : "+", 0L, value, rendering);
    }
}

/// <summary><c>a &lt; b == c in d</c>: each pair has to hold.</summary>
sealed record Comparison(Expression First, IReadOnlyList<(string Sign, Expression Operand)> Rest, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var left = First.Value(scope, rendering);
        foreach (var (sign, operand) in Rest)
        {
            var right = operand.Value(scope, rendering);
            At(rendering);
            if (!Holds(sign, left, right, rendering)) return false;
            left = right;
        }
        return true;
    }

    static bool Holds(string sign, object? left, object? right, Rendering rendering) => sign switch
    {
        "==" => Operations.Equal(left, right, rendering),
        "!=" => !Operations.Equal(left, right, rendering),
        "in" => Operations.Contains(right, left, rendering),
        "not in" => !Operations.Contains(right, left, rendering),
        "<" => Operations.Compare(left, right, rendering) < 0,
        "<=" => Operations.Compare(left, right, rendering) <= 0,
        ">" => Operations.Compare(left, right, rendering) > 0,
        _ => Operations.Compare(left, right, rendering) >= 0,
    };
}

/// <summary><c>not a</c>.</summary>
sealed record Not(Expression Operand, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering) => !Operand.Holds(scope, rendering);
}

/// <summary><c>a and b</c>, <c>a or b</c>: the value that decides, as in Python.</summary>
sealed record Junction(bool IsAnd, Expression Left, Expression Right, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering) =>
        Left.Value(scope, rendering) is var left && Values.Truth(left) == IsAnd ? Right.Value(scope, rendering) : left;
}

/// <summary><c>a if condition else b</c>; undefined where there is no else.</summary>
sealed record Conditional(Expression Then, Expression Condition, Expression? Else, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering) => Condition.Holds(scope, rendering) ? Then.Value(scope, rendering)
        : Else is null ? new Undefined("the value without else") : Else.Value(scope, rendering);
}

/// <summary><c>a is test(...)</c>, <c>a is not test</c>.</summary>
sealed record IsTest(Expression Tested, string Name, ArgumentList Arguments, bool Negated, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var (value, arguments) = (Tested.Value(scope, rendering), Arguments.Values(Name, scope, rendering));
        At(rendering);
        return Predicates.Holds(Name, value, arguments, rendering) != Negated;
    }
}

/// <summary><c>a | filter(...)</c>.</summary>
sealed record Filtered(Expression Input, string Name, ArgumentList Arguments, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var (value, arguments) = (Input.Value(scope, rendering), Arguments.Values(Name, scope, rendering));
        At(rendering);
        return Filters.Apply(Name, value, arguments, rendering);
    }
}

/// <summary><c>f(...)</c>.</summary>
sealed record Call(Expression Function, ArgumentList Arguments, int Line) : Expression(Line)
{
    protected override object? Evaluate(Scope scope, Rendering rendering)
    {
        var function = Function.Value(scope, rendering);
        var arguments = Arguments.Values(Name, scope, rendering);
        return Invoke(function, arguments, rendering);
    }

    /// <summary>The call with one named argument more, the <c>caller</c> of a call block.</summary>
    public object? WithCaller(Callable caller, Scope scope, Rendering rendering)
    {
        var function = Function.Value(scope, rendering);
        var given = Arguments.Values(Name, scope, rendering);
        return Invoke(function, new(Name, given.Positional, [.. given.Named, KeyValuePair.Create("caller", (object?)caller)]), rendering);
    }

    object? Invoke(object? function, Arguments arguments, Rendering rendering)
    {
        At(rendering);
        rendering.Spend();
        return function switch
        {
            Callable callable => callable(rendering, arguments),
            LoopState loop => loop.Again(rendering, arguments),
            Undefined => throw new Fault($"there is no function '{Name}'"),
            _ => throw new Fault($"'{Name}' is {Values.Kind(function)}, no function"),
        };
    }

    string Name => Function switch
    {
        Variable variable => variable.Name,
        AttributeOf attribute => attribute.Name,
        _ => "a call",
    };
}

/// <summary>What stands between the brackets of a call.</summary>
sealed record ArgumentList(
    IReadOnlyList<(Expression Value, bool Spread)> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Spread)
{
    public static ArgumentList None { get; } = new([], [], null);

    public Arguments Values(string function, Scope scope, Rendering rendering)
    {
        var positional = new List<object?>();
        foreach (var (value, spread) in Positional)
        {
            if (spread) positional.AddRange(rendering.List(Jinja.Values.Items(value.Value(scope, rendering))));
            else positional.Add(value.Value(scope, rendering));
        }
        var named = Named.Select(n => KeyValuePair.Create(n.Name, n.Value.Value(scope, rendering))).ToList();
        if (Spread?.Value(scope, rendering) is Dict more)
            named.AddRange(more.Pairs.Select(p => KeyValuePair.Create(p.Key as string ?? throw new Fault("** wants names as keys"), p.Value)));
        return new(function, positional, named);
    }
}

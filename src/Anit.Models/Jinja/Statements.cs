namespace Anit.Models.Jinja;

/// <summary>How a statement ends.</summary>
enum Flow
{
    /// <summary>The next one follows.</summary>
    Next,

    /// <summary>The loop around ends.</summary>
    Break,

    /// <summary>The loop around goes on with its next item.</summary>
    Continue,
}

/// <summary>A part of a template that does something.</summary>
abstract record Statement(int Line)
{
    /// <summary>Does it.</summary>
    public abstract Flow Run(Scope scope, Rendering rendering);
}

/// <summary>Statements one after the other.</summary>
sealed record Block(IReadOnlyList<Statement> Statements, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        foreach (var statement in Statements)
        {
            rendering.Line = statement.Line;
            rendering.Spend();
            if (statement.Run(scope, rendering) is var flow and not Flow.Next) return flow;
        }
        return Flow.Next;
    }
}

/// <summary>Text between tags.</summary>
sealed record Literal(string Text, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        rendering.Print(Text);
        return Flow.Next;
    }
}

/// <summary><c>{{ a }}</c>.</summary>
sealed record Print(Expression Value, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        var value = Value.Value(scope, rendering);
        rendering.Line = Line;
        rendering.Print(Operations.Text(value, rendering));
        return Flow.Next;
    }
}

/// <summary><c>{% if %}</c> with its elifs; the last branch may have no condition.</summary>
sealed record If(IReadOnlyList<(Expression? Condition, Block Body)> Branches, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        foreach (var (condition, body) in Branches)
            if (condition?.Holds(scope, rendering) ?? true) return body.Run(scope, rendering);
        return Flow.Next;
    }
}

/// <summary><c>{% set a, b = value %}</c>, <c>{% set a.name = value %}</c>.</summary>
sealed record Set(Target Target, Expression Value, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        var value = Value.Value(scope, rendering);
        rendering.Line = Line;
        Target.Assign(value, scope, rendering);
        return Flow.Next;
    }
}

/// <summary><c>{% set a %}...{% endset %}</c>, with filters that what was printed goes through.</summary>
sealed record SetBlock(Target Target, Block Body, Func<Expression, Expression> Filters, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        var text = rendering.Capture(() => Body.Run(new(scope), rendering));
        Target.Assign(Filters(new Constant(text, Line)).Value(scope, rendering), scope, rendering);
        return Flow.Next;
    }
}

/// <summary><c>{% filter upper %}...{% endfilter %}</c>.</summary>
sealed record FilterBlock(Block Body, Func<Expression, Expression> Filters, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        var text = rendering.Capture(() => Body.Run(new(scope), rendering));
        rendering.Print(Operations.Text(Filters(new Constant(text, Line)).Value(scope, rendering), rendering));
        return Flow.Next;
    }
}

/// <summary><c>{% with a = 1 %}...{% endwith %}</c>, and <c>{% generation %}</c>, which only marks what a model writes.</summary>
sealed record With(IReadOnlyList<(Target Target, Expression Value)> Assignments, Block Body, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in Assignments) target.Assign(value.Value(scope, rendering), inner, rendering);
        return Body.Run(inner, rendering);
    }
}

/// <summary><c>{% break %}</c> or <c>{% continue %}</c>.</summary>
sealed record Leave(Flow Flow, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering) => Flow;
}

/// <summary><c>{% macro name(a, b=1) %}...{% endmacro %}</c>.</summary>
sealed record MacroDefinition(Macro Macro, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        scope[Macro.Name] = Macro.In(scope);
        return Flow.Next;
    }
}

/// <summary><c>{% call(a) macro(...) %}...{% endcall %}</c>: the body is the macro's <c>caller()</c>.</summary>
sealed record CallBlock(Call Call, Macro Body, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        rendering.Print(Operations.Text(Call.WithCaller(Body.In(scope), scope, rendering), rendering));
        return Flow.Next;
    }
}

/// <summary>Where a value is put: a name, several names in brackets or not, or an attribute of a namespace.</summary>
abstract record Target
{
    /// <summary>Puts a value there.</summary>
    public abstract void Assign(object? value, Scope scope, Rendering rendering);
}

/// <summary>A name.</summary>
sealed record NameTarget(string Name) : Target
{
    public override void Assign(object? value, Scope scope, Rendering rendering) => scope[Name] = value;
}

/// <summary>Several targets, which share the items of a value.</summary>
sealed record TupleTarget(IReadOnlyList<Target> Parts) : Target
{
    public override void Assign(object? value, Scope scope, Rendering rendering)
    {
        var items = rendering.List(Values.Items(value));
        if (items.Count != Parts.Count) throw new Fault($"{items.Count} values are to be put into {Parts.Count} names");
        foreach (var (part, item) in Parts.Zip(items)) part.Assign(item, scope, rendering);
    }
}

/// <summary>An attribute of a namespace.</summary>
sealed record AttributeTarget(string Name, string Attribute) : Target
{
    public override void Assign(object? value, Scope scope, Rendering rendering)
    {
        if (scope.Find(Name) is not Namespace space) throw new Fault($"'{Name}' is no namespace(), so its '{Attribute}' cannot be set");
        space.Attributes[Attribute] = value;
    }
}

namespace Anit.Models.Jinja;

/// <summary><c>{% for a in b if c %}...{% else %}...{% endfor %}</c>. Each pass has a scope of its own.</summary>
sealed record For(Target Target, Expression Source, Expression? Condition, Block Body, Block? Else, bool Recursive, int Line) : Statement(Line)
{
    public override Flow Run(Scope scope, Rendering rendering)
    {
        var source = Source.Value(scope, rendering);
        rendering.Line = Line;
        Over(source, 0, scope, rendering);
        return Flow.Next;
    }

    /// <summary>Goes over the items of a value; a recursive loop comes back here, one level deeper.</summary>
    public void Over(object? source, int depth, Scope scope, Rendering rendering)
    {
        Rendering.Deeper();
        var items = rendering.List(Values.Items(source));
        if (Condition is not null) items = items.FindAll(item => Chosen(item, scope, rendering));
        var loop = new LoopState(this, items, depth, scope);
        var whole = false; // Jinja takes the else where no pass came to its end, break and continue included
        for (; loop.Index < items.Count; loop.Index++)
        {
            rendering.Line = Line;
            rendering.Spend();
            var pass = new Scope(scope) { ["loop"] = loop };
            Target.Assign(items[loop.Index], pass, rendering);
            var flow = Body.Run(pass, rendering);
            whole |= flow == Flow.Next;
            if (flow == Flow.Break) break;
        }
        if (!whole) Else?.Run(new(scope), rendering);
    }

    bool Chosen(object? item, Scope scope, Rendering rendering)
    {
        var trial = new Scope(scope);
        Target.Assign(item, trial, rendering);
        return Condition!.Holds(trial, rendering);
    }
}

/// <summary>What <c>loop</c> is inside a loop.</summary>
sealed class LoopState(For loop, List<object?> items, int depth, Scope scope)
{
    object? last = new Undefined("changed");

    /// <summary>The pass, from 0.</summary>
    public int Index { get; set; }

    /// <summary><c>loop.name</c>.</summary>
    public object? Attribute(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => depth + 1L,
        "depth0" => (long)depth,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("previtem"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("nextitem"),
        "cycle" => (Callable)((_, arguments) => arguments.Positional.Count > 0 ? arguments.Positional[Index % arguments.Positional.Count]
            : throw new Fault("loop.cycle wants something to choose from")),
        "changed" => (Callable)((rendering, arguments) => Changed(arguments.Positional.ToArray(), rendering)),
        _ => new Undefined(name),
    };

    /// <summary><c>loop(items)</c>: the same loop over other items, as text.</summary>
    public object? Again(Rendering rendering, Arguments arguments)
    {
        if (!loop.Recursive) throw new Fault("loop(...) wants a loop that says 'recursive'");
        var inner = arguments.Need(0, "iterable");
        return rendering.Capture(() => loop.Over(inner, depth + 1, scope, rendering));
    }

    bool Changed(object?[] now, Rendering rendering)
    {
        if (last is object?[] before && Operations.Equal(before, now, rendering)) return false;
        last = now;
        return true;
    }
}

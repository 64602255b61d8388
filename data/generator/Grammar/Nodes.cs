namespace Anit.Samples;

/// <summary>One piece of a production. The notation is explained in data/generator/README.md.</summary>
internal abstract record Node
{
    /// <summary>Text as it stands: <c>the</c>, <c>,</c>.</summary>
    public sealed record Word(string Text) : Node;

    /// <summary>Another symbol: <c>&lt;noun&gt;</c>, plural <c>&lt;noun+s&gt;</c>, in a scope of its own <c>&lt;clause!&gt;</c>, with a parameter
    /// <c>&lt;clause t=sport&gt;</c>.</summary>
    public sealed record Call(string Symbol, bool Plural, bool OwnScope, IReadOnlyList<(string Name, string Value)> Parameters) : Node;

    /// <summary>A verb to inflect: finite <c>~go</c>, negated <c>~!go</c>, participles <c>%go</c> and <c>^go</c>.</summary>
    public sealed record Verb(VerbForm Form, Node Lemma) : Node;

    /// <summary>A name of a kind: <c>{person}</c>, remembered as <c>{person:p}</c>, without the article it may have <c>{ship!}</c>.</summary>
    public sealed record Mention(string Kind, string? Variable) : Node;

    /// <summary>A marked span: <c>{#aspect:a the words}</c>.</summary>
    public sealed record Marked(string Tag, string? Variable, IReadOnlyList<Node> Body) : Node;

    /// <summary>One of several: <c>(a|b|c)</c>.</summary>
    public sealed record Choice(IReadOnlyList<IReadOnlyList<Node>> Ways) : Node;

    /// <summary>Present with a chance in percent: <c>[x]</c> (50) or <c>[20:x]</c>.</summary>
    public sealed record Maybe(int Percent, IReadOnlyList<Node> Body) : Node;

    /// <summary>Sets tense or number for what follows in this scope: <c>@past</c>, <c>@pl</c>.</summary>
    public sealed record Setting(string What) : Node;
}

/// <summary>Which form of a verb is asked for.</summary>
internal enum VerbForm { Finite, FiniteNegated, PastParticiple, PresentParticiple }

/// <summary>A relation that holds between two remembered things of a production: <c>-> founder_of(p,o)</c>.</summary>
internal sealed record FactRule(string Relation, string Head, string Tail);

/// <summary>One way to expand a symbol, with its weight among the others.</summary>
internal sealed record Production(int Weight, IReadOnlyList<Node> Body, IReadOnlyList<FactRule> Facts);

using System.Globalization;

namespace Anit.Data.Expressions;

/// <summary>An expression as it was written; its text is one spelling for all ways to write it.</summary>
/// <param name="At">The character at which it begins, from 1.</param>
abstract record Syntax(int At)
{
    /// <summary>The columns that it names.</summary>
    public IEnumerable<string> Columns => this is ColumnSyntax column ? [column.Path[0]] : Parts.SelectMany(part => part.Columns);

    public abstract IReadOnlyList<Syntax> Parts { get; }

    protected static string Quote(string text, char quote) => $"{quote}{text.Replace($"{quote}", $"{quote}{quote}")}{quote}";
}

sealed record ColumnSyntax(int At, IReadOnlyList<string> Path) : Syntax(At)
{
    public override IReadOnlyList<Syntax> Parts => [];
    public override string ToString() => string.Join('.', Path.Select(name => IsPlain(name) ? name : Quote(name, '"')));

    static bool IsPlain(string name) => name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_')
        && name.All(c => char.IsLetterOrDigit(c) || c == '_') && !Parser.Words.Contains(name);
}

/// <summary>A number, a text, true, false or null.</summary>
sealed record LiteralSyntax(int At, Scalar Value, string Text) : Syntax(At)
{
    public override IReadOnlyList<Syntax> Parts => [];
    public override string ToString() => Value.Kind == ScalarKind.Text ? Quote(Text, '\'') : Text;
}

/// <summary>An operator and what it takes: <c>and</c>, <c>not</c>, <c>=</c>, <c>+</c>, <c>in</c>, <c>like</c>, <c>is null</c>, or a
/// function.</summary>
sealed record CallSyntax(int At, string Name, IReadOnlyList<Syntax> Parts) : Syntax(At)
{
    public override IReadOnlyList<Syntax> Parts { get; } = Parts;

    public override string ToString() => Name switch
    {
        "not" => $"not {Parts[0]}",
        "negative" => $"-{Parts[0]}",
        "is null" => $"({Parts[0]} is null)",
        "in" => $"({Parts[0]} in ({string.Join(", ", Parts.Skip(1))}))",
        _ when char.IsLetter(Name[0]) && !Parser.Words.Contains(Name) => $"{Name}({string.Join(", ", Parts)})",
        _ => string.Create(CultureInfo.InvariantCulture, $"({string.Join($" {Name} ", Parts)})"),
    };
}

using Anit.Data.Expressions;

namespace Anit.Data;

/// <summary>A column by which rows are ordered.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Descending">Largest first.</param>
/// <param name="NullsFirst">Rows without a value come first; last otherwise, whichever way the values go.</param>
/// <remarks>Numbers go by value, NaN above all others; text by its UTF-8 bytes; false before true.</remarks>
public sealed record SortKey(string Column, bool Descending = false, bool NullsFirst = false)
{
    /// <summary>Reads keys as SQL has them: <c>task, beta desc nulls first</c>; names that are no words stand in double quotes.</summary>
    /// <exception cref="ExpressionException">They cannot be read; the message names the character.</exception>
    public static IReadOnlyList<SortKey> Parse(string text)
    {
        var (tokens, at, keys) = (Tokens.Of(text), 0, new List<SortKey>());
        do
        {
            var name = tokens[at++];
            if (name.Kind is not (TokenKind.Name or TokenKind.QuotedName)) throw ExpressionException.At(name.At, $"found {name}, expected a column");
            if (keys.Any(k => k.Column == name.Text)) throw ExpressionException.At(name.At, $"{name} is named twice");
            var key = new SortKey(name.Text);
            if (tokens[at].Is("desc") || tokens[at].Is("asc")) key = key with { Descending = tokens[at++].Is("desc") };
            if (tokens[at].Is("nulls"))
            {
                var where = tokens[++at];
                if (!where.Is("first") && !where.Is("last")) throw ExpressionException.At(where.At, $"found {where}, expected first or last");
                key = key with { NullsFirst = where.Is("first") };
                at++;
            }
            keys.Add(key);
        }
        while (tokens[at].IsSign(",") && at++ > 0);
        return tokens[at].Kind == TokenKind.End ? keys
            : throw ExpressionException.At(tokens[at].At, $"found {tokens[at]}, expected asc, desc, nulls first, nulls last, a comma or the end");
    }

    /// <summary>As it is read.</summary>
    public override string ToString() => $"\"{Column.Replace("\"", "\"\"")}\"{(Descending ? " desc" : "")}{(NullsFirst ? " nulls first" : "")}";
}

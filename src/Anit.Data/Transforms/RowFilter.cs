using Anit.Data.Expressions;

namespace Anit.Data;

/// <summary>Chooses rows by an expression: <c>task = 'ner' and beta > 0.2</c>.</summary>
/// <example><code>
/// var filter = RowFilter.Parse("task in ('ner', 're') and (beta > 0.2 or noisy_instruction is null)");
/// await using var reader = await Table.OpenAsync(path, new ReadOptions { Where = filter });
/// </code></example>
/// <remarks>
/// Comparisons = != &lt; &lt;= > >=, and, or, not, in (...), between ... and ..., is null, like '%part_', + - * / %, || on text, parentheses;
/// functions length, lower, upper, contains, starts_with, ends_with, abs, coalesce, is_nan. Columns go by their names, in double quotes where these
/// are no words; fields of structs behind a dot; text stands in single quotes, dates and times as '2024-12-31T23:59:59'.
/// As in SQL, what is compared with null is unknown, and a row is chosen where the whole is true. Integers and decimals are compared and added
/// exactly, also with doubles; a fraction beside a column of floats is the float next to it. NaN equals nothing and is neither above nor below.
/// Text is ordered by its UTF-8 bytes.</remarks>
public sealed class RowFilter
{
    readonly Syntax syntax;

    RowFilter(Syntax syntax) => this.syntax = syntax;

    /// <summary>The columns that the expression names.</summary>
    public IReadOnlyList<string> Columns => [.. syntax.Columns.Distinct(StringComparer.Ordinal)];

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">It cannot be read; the message names the character.</exception>
    public static RowFilter Parse(string text) => new(Parser.Parse(text));

    /// <summary>Fits the expression to a table; the result tells the rows of its batches.</summary>
    /// <exception cref="ExpressionException">A column that is not there, or a comparison of what cannot be compared.</exception>
    public RowTest Bind(Schema schema) => new(new Binder(schema).Truth(syntax));

    /// <summary>The ranges in which every row of the filter lies, for <see cref="ReadOptions.Ranges"/>.</summary>
    public IReadOnlyList<ColumnRange> Ranges(Schema schema) => Pruning.Ranges(syntax, schema);

    /// <summary>One spelling for all ways to write the expression.</summary>
    public override string ToString() => syntax.ToString()!;
}

/// <summary>A filter over the batches of one table. It keeps the batch it looks at, so it is for one thread.</summary>
public sealed class RowTest
{
    readonly Node node;

    internal RowTest(Node node) => this.node = node;

    /// <summary>The positions of the rows for which the expression is true, in order.</summary>
    public int[] Rows(ColumnBatch batch)
    {
        node.Begin(batch);
        var (rows, count) = (new int[batch.Rows], 0);
        for (var row = 0; row < batch.Rows; row++)
            if (node.Test(row) == true) rows[count++] = row;
        return rows[..count];
    }

    /// <summary>The chosen rows as a batch.</summary>
    public ColumnBatch Apply(ColumnBatch batch)
    {
        var rows = Rows(batch);
        return rows.Length == batch.Rows ? batch
            : rows.Length > 0 && rows[^1] - rows[0] == rows.Length - 1 ? batch.Slice(rows[0], rows.Length) : batch.Take(rows);
    }
}

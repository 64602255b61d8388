namespace Anit.Data;

/// <summary>Some rows of a table: one column a field, all of one length.</summary>
public sealed class ColumnBatch
{
    /// <summary>A batch of the given columns; they must fit the schema and each other.</summary>
    public ColumnBatch(Schema schema, IReadOnlyList<Column> columns, int? rows = null)
    {
        if (columns.Count != schema.Fields.Count)
            throw new ArgumentException($"{columns.Count} columns for {schema.Fields.Count} fields", nameof(columns));
        Rows = rows ?? (columns.Count > 0 ? columns[0].Length : 0);
        for (var i = 0; i < columns.Count; i++)
        {
            var (field, column) = (schema.Fields[i], columns[i]);
            if (column.Length != Rows) throw new ArgumentException($"column '{field.Name}' has {column.Length} rows, not {Rows}", nameof(columns));
            if (column.Type.GetType() != field.Type.GetType())
                throw new ArgumentException($"column '{field.Name}' is {column.Type}, the schema says {field.Type}", nameof(columns));
        }
        (Schema, Columns) = (schema, columns);
    }

    /// <summary>Names and types.</summary>
    public Schema Schema { get; }

    /// <summary>One column a field, in order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>Rows in each column.</summary>
    public int Rows { get; }

    /// <summary>The first column of this name; an error names the columns there are.</summary>
    public Column this[string name] => Schema.IndexOf(name) is >= 0 and var i ? Columns[i] : throw Schema.NoColumn(name);

    /// <summary>The first column of this name, or null.</summary>
    public Column? Find(string name) => Schema.IndexOf(name) is >= 0 and var i ? Columns[i] : null;

    /// <summary>Rows from <paramref name="start"/>, sharing the buffers.</summary>
    public ColumnBatch Slice(int start, int count) => new(Schema, [.. Columns.Select(c => c.Slice(start, count))], count);

    /// <summary>The rows at these positions, copied, in this order.</summary>
    public ColumnBatch Take(ReadOnlySpan<int> rows)
    {
        var taken = new Column[Columns.Count];
        for (var i = 0; i < taken.Length; i++) taken[i] = Columns[i].Take(rows);
        return new(Schema, taken, rows.Length);
    }

    /// <summary>The column of this field's name replaced, or one more column.</summary>
    public ColumnBatch With(Field field, Column column)
    {
        var (at, schema) = (Schema.IndexOf(field.Name), Schema.With(field));
        return new(schema, at < 0 ? [.. Columns, column] : [.. Columns.Select((c, i) => i == at ? column : c)], Rows);
    }

    /// <summary>Only the named columns, in the order given.</summary>
    public ColumnBatch Select(IEnumerable<string> names)
    {
        var schema = Schema.Select(names);
        return new(schema, [.. schema.Fields.Select(f => this[f.Name])], Rows);
    }

    /// <summary>The same columns under an equal-shaped schema, for instance with other metadata.</summary>
    public ColumnBatch WithSchema(Schema schema) => new(schema, Columns, Rows);

    /// <summary>Batches of one schema as one, copied.</summary>
    public static ColumnBatch Concat(Schema schema, IReadOnlyList<ColumnBatch> batches)
    {
        if (batches.Count == 1) return batches[0].WithSchema(schema);
        var columns = new Column[schema.Fields.Count];
        for (var c = 0; c < columns.Length; c++)
        {
            var builder = ColumnBuilder.For(schema.Fields[c].Type);
            foreach (var batch in batches)
                for (var row = 0; row < batch.Rows; row++) builder.AppendFrom(batch.Columns[c], row);
            columns[c] = builder.Build();
        }
        return new(schema, columns, batches.Sum(b => b.Rows));
    }
}

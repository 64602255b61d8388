using Anit.Data;

namespace Anit.Noise.Tables;

/// <summary>Texts inside lists and structs of a column: <c>messages[role=system].content</c>, <c>conversations[].value</c>,
/// <c>prompt.system</c>.</summary>
/// <remarks>A name is a field; <c>[]</c> after it takes all items of a list, <c>[field=value]</c> those whose text in that field is the
/// value.</remarks>
public sealed class NestedPath
{
    readonly Step[] steps;
    readonly string text;

    NestedPath(string text, Step[] steps) => (this.text, this.steps) = (text, steps);

    readonly record struct Step(string Name, bool IsList, string? Field, string? Value);

    /// <summary>Changes one text: its key, the text in UTF-8, and where the changed one goes.</summary>
    /// <param name="row">The row of the batch.</param>
    /// <param name="key">Names the text among all of the table: the row's key and the places in lists, <c>r17/0</c>.</param>
    /// <param name="text">The text.</param>
    /// <param name="to">Takes the text that is to stand in its place.</param>
    public delegate void Change(int row, string key, ReadOnlySpan<byte> text, Utf8Builder to);

    /// <summary>The column that holds it all.</summary>
    public string Root => steps[0].Name;

    /// <summary>Reads a path; null where the text is the name of a column and no more, or no path at all.</summary>
    public static NestedPath? Parse(string text)
    {
        var steps = new List<Step>();
        foreach (var part in text.Split('.'))
        {
            var at = part.IndexOf('[', StringComparison.Ordinal);
            var name = at < 0 ? part : part[..at];
            if (name.Length == 0 || name.Contains(']', StringComparison.Ordinal)) return null;
            if (at < 0)
            {
                steps.Add(new(name, false, null, null));
                continue;
            }
            if (part[^1] != ']' || part[(at + 1)..^1].AsSpan().IndexOfAny("[]") >= 0) return null;
            var filter = part[(at + 1)..^1].Split('=', 2);
            if (filter is not ([""] or [{ Length: > 0 }, _])) return null;
            steps.Add(filter is [var field, var value] ? new(name, true, field, value) : new(name, true, null, null));
        }
        return steps.Count == 1 && !steps[0].IsList ? null : new(text, [.. steps]);
    }

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <summary>Refuses a table that does not have it.</summary>
    /// <exception cref="DataFormatException">A name is missing, or something is of another type.</exception>
    public void Check(Schema schema)
    {
        if (!schema.Has(Root)) throw new DataFormatException($"{schema.Lacks(Root)}; --column is {text}");
        var (type, place) = (schema[Root].Type, Root);
        for (var i = 0; i < steps.Length; i++)
        {
            if (i > 0)
            {
                type = FieldOf(type, place, steps[i].Name);
                place += "." + steps[i].Name;
            }
            if (!steps[i].IsList) continue;
            type = type is ListType list ? list.Item.Type : throw Wrong(place, type, "a list");
            place += "[]";
            if (steps[i].Field is { } field && FieldOf(type, place, field).Decoded is not Utf8Type)
                throw Wrong($"{place}.{field}", FieldOf(type, place, field), "text");
        }
        if (type is ListType) throw Wrong(place, type, $"text; {place}[] takes all items");
        if (type is not Utf8Type) throw Wrong(place, type, "text");
    }

    /// <summary>A batch with some texts changed; all else is the very same.</summary>
    /// <param name="batch">The rows; the path fits their schema.</param>
    /// <param name="keys">Each row's key, null for a row that stays as it is.</param>
    /// <param name="change">Changes a text.</param>
    public ColumnBatch Map(ColumnBatch batch, string?[] keys, Change change)
    {
        var marks = keys.Select((key, row) => key is null ? null : new Mark(row, key)).ToArray();
        return new(batch.Schema, [.. batch.Schema.Fields.Select(f => f.Name == Root ? Within(batch[Root], 0, marks, change) : batch[f.Name])],
            batch.Rows);
    }

    sealed record Mark(int Row, string Key);

    // A column of the values that a step names; a mark stands where the row goes on.
    Column Within(Column column, int step, Mark?[] marks, Change change)
    {
        if (Array.TrueForAll(marks, mark => mark is null)) return column;
        if (!steps[step].IsList) return Below(column, step, marks, change);
        var (list, filter) = ((ListColumn)column, steps[step]);
        var inside = new Mark?[list.Items.Length];
        for (var row = 0; row < list.Length; row++)
        {
            if (marks[row] is not { } mark || list.IsNull(row)) continue;
            var (from, to) = (list.Offsets[row], list.Offsets[row + 1]);
            for (var item = from; item < to; item++)
                if (Fits(list.Items, item, filter)) inside[item] = mark with { Key = $"{mark.Key}/{item - from}" };
        }
        return new ListColumn((ListType)list.Type, list.Length, list.OffsetBytes, Below(list.Items, step, inside, change), list.Validity,
            list.NullCount);
    }

    static bool Fits(Column items, int item, Step filter)
    {
        if (filter.Field is null) return true;
        var turns = (StructColumn)items;
        return !turns.IsNull(item) && turns.Children[Place(turns, filter.Field)].Text(item) == filter.Value;
    }

    Column Below(Column column, int step, Mark?[] marks, Change change)
    {
        if (step == steps.Length - 1) return Texts(column, marks, change);
        var (parent, name) = ((StructColumn)column, steps[step + 1].Name);
        var place = Place(parent, name);
        Mark?[] inside = [.. marks.Select((mark, i) => parent.IsNull(i) ? null : mark)];
        return new StructColumn((StructType)parent.Type, parent.Length,
            [.. parent.Children.Select((child, i) => i == place ? Within(child, step + 1, inside, change) : child)], parent.Validity,
            parent.NullCount);
    }

    static Column Texts(Column column, Mark?[] marks, Change change)
    {
        if (Array.TrueForAll(marks, mark => mark is null)) return column;
        var texts = new Utf8Builder();
        for (var i = 0; i < column.Length; i++)
        {
            if (column.IsNull(i)) texts.AppendNull(); // a turn without content, as tool calls have
            else if (marks[i] is { } mark) change(mark.Row, mark.Key, column.Utf8(i), texts);
            else texts.Append(column.Utf8(i));
        }
        return texts.Build();
    }

    static int Place(StructColumn column, string name) => ((StructType)column.Type).Fields.Index().First(f => f.Item.Name == name).Index;

    DataType FieldOf(DataType type, string place, string name) => type is not StructType parent
        ? throw Wrong(place, type, type is ListType ? $"a struct; {place}[] takes all items" : "a struct")
        : parent.Fields.FirstOrDefault(f => f.Name == name)?.Type
            ?? throw new DataFormatException($"{place} has no field \"{name}\"; there is {string.Join(", ", parent.Fields.Select(f => f.Name))}; "
                + $"--column is {text}");

    DataFormatException Wrong(string place, DataType type, string expected) => new($"{place} is {type}, expected {expected}; --column is {text}");
}

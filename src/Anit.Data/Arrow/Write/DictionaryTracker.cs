using System.Runtime.InteropServices;

namespace Anit.Data.Arrow.Write;

/// <summary>One dictionary of the output: sent once, then extended by deltas, never replaced.</summary>
/// <remarks>Batches may bring dictionaries of their own. Their values are numbered anew in one growing table, and the
/// indices follow; a batch whose dictionary begins with what was sent needs neither.</remarks>
sealed class DictionaryTracker(DataType type)
{
    readonly ByteTable table = new();
    Column? last;
    int[]? renumbered; // index in `last` -> index sent, or null where they are equal
    int sent = -1;

    /// <summary>Prepares a dictionary for use: returns the values to send now, or null.</summary>
    /// <param name="values">The dictionary of the next column.</param>
    /// <param name="delta">Whether they extend what was sent.</param>
    public Column? Take(Column values, out bool delta)
    {
        delta = sent >= 0;
        if (ReferenceEquals(values, last)) return null;
        var before = Math.Max(sent, 0);
        Column? more;
        if (delta && before == 0 && values.Length == 0) more = null;
        else if (!Hashable(values)) more = Appended(values, before);
        else if (last is not null && renumbered is null && before == table.Count && BeginsWith(values, last)) more = Rest(values, before);
        else more = Merged(values, before);
        last = values;
        sent = before + (more?.Length ?? 0);
        return more is { Length: 0 } && delta ? null : more;
    }

    /// <summary>The indices of a column as they count in the output.</summary>
    public ReadOnlyMemory<byte> Indices(FixedColumn<int> indices)
    {
        if (renumbered is null) return indices.Data[..(4 * indices.Length)];
        var result = new byte[4 * indices.Length];
        var to = MemoryMarshal.Cast<byte, int>(result.AsSpan());
        for (var i = 0; i < to.Length; i++) if (!indices.IsNull(i)) to[i] = renumbered[indices[i]];
        return result;
    }

    // Nested values, booleans and nulls are not compared: they are sent as they come.
    static bool Hashable(Column values) => values.NullCount == 0 && (values is BytesColumn || CellBytes.WidthOf(values) > 0);

    Column Appended(Column values, int before)
    {
        table.Clear();
        renumbered = before == 0 ? null : [.. Enumerable.Range(before, values.Length)];
        return values;
    }

    Column? Rest(Column values, int before)
    {
        for (var i = before; i < values.Length; i++)
        {
            if (table.Add(Cell(values, i)) != i) return Merged(values, before); // a value twice in one dictionary
        }
        return values.Length == before ? null : values.Slice(before, values.Length - before);
    }

    Column? Merged(Column values, int before)
    {
        // What `Appended` sent is not in the table: numbers then count from behind it.
        var gap = before - Math.Min(before, table.Count);
        var map = new int[values.Length];
        var same = true;
        for (var i = 0; i < map.Length; i++)
        {
            map[i] = gap + table.Add(Cell(values, i));
            same &= map[i] == i;
        }
        renumbered = same ? null : map;
        var first = Math.Max(0, before - gap);
        if (before == 0 && same && table.Count == values.Length) return values;
        if (before > 0 && table.Count == first) return null;
        var builder = ColumnBuilder.For(type);
        for (var i = first; i < table.Count; i++) CellBytes.Append(builder, table[i]);
        return builder.Build();
    }

    static ReadOnlySpan<byte> Cell(Column values, int i) =>
        CellBytes.WidthOf(values) is > 0 and var width ? CellBytes.Fixed(values, i, width) : values.Utf8(i);

    static bool BeginsWith(Column values, Column start)
    {
        if (values.Length < start.Length || start.Length == 0) return false;
        if (values is not BytesColumn a || start is not BytesColumn b) return false;
        var x = a.Offsets[..(b.Length + 1)];
        var y = b.Offsets;
        return x[0] == 0 && y[0] == 0 && x.SequenceEqual(y) && a.Data.Span[..x[^1]].SequenceEqual(b.Data.Span[..y[^1]]);
    }
}

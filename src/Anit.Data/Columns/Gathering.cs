using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Rows of a column at given positions, copied by its buffers.</summary>
static class Gathering
{
    /// <summary>The rows at these positions, in this order.</summary>
    public static Column Take(Column column, ReadOnlySpan<int> rows)
    {
        var validity = Validity(column, rows, out var nulls);
        return column switch
        {
            FixedColumn<long> c => Fixed(c, rows, validity, nulls),
            FixedColumn<double> c => Fixed(c, rows, validity, nulls),
            FixedColumn<int> c => Fixed(c, rows, validity, nulls),
            FixedColumn<float> c => Fixed(c, rows, validity, nulls),
            FixedColumn<short> c => Fixed(c, rows, validity, nulls),
            FixedColumn<byte> c => Fixed(c, rows, validity, nulls),
            FixedColumn<Int128> c => Fixed(c, rows, validity, nulls),
            Utf8Column c when Bytes(c, rows, out var offsets) is { } data => new Utf8Column(rows.Length, offsets, data, validity, nulls),
            BinaryColumn c when Bytes(c, rows, out var offsets) is { } data => new BinaryColumn(rows.Length, offsets, data, validity, nulls),
            DictionaryColumn c => new DictionaryColumn((DictionaryType)c.Type, (FixedColumn<int>)Take(c.Indices, rows), c.Values),
            ListColumn c => List(c, rows, validity, nulls),
            StructColumn c => Struct(c, rows, validity, nulls),
            NullColumn => new NullColumn(rows.Length),
            _ => Copied(column, rows),
        };
    }

    static byte[] Validity(Column column, ReadOnlySpan<int> rows, out int nulls)
    {
        nulls = 0;
        if (column.Validity.IsEmpty) return [];
        var from = column.Validity.Span;
        var to = new byte[Bitmap.Bytes(rows.Length)];
        for (var i = 0; i < rows.Length; i++)
            if (Bitmap.Get(from, rows[i])) Bitmap.Set(to, i);
            else nulls++;
        return to;
    }

    static FixedColumn<T> Fixed<T>(FixedColumn<T> column, ReadOnlySpan<int> rows, byte[] validity, int nulls) where T : unmanaged
    {
        var from = column.Values;
        var data = GC.AllocateUninitializedArray<byte>(rows.Length * Unsafe.SizeOf<T>());
        var to = MemoryMarshal.Cast<byte, T>(data.AsSpan());
        for (var i = 0; i < rows.Length; i++) to[i] = from[rows[i]];
        return new FixedColumn<T>(column.Type, rows.Length, data, validity, nulls);
    }

    // Null where the bytes are more than one column holds.
    static byte[]? Bytes(BytesColumn column, ReadOnlySpan<int> rows, out byte[] offsetBytes)
    {
        var from = column.Offsets;
        var bytes = column.Data.Span;
        offsetBytes = GC.AllocateUninitializedArray<byte>((rows.Length + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetBytes.AsSpan());
        long size = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            offsets[i] = (int)size;
            size += from[rows[i] + 1] - from[rows[i]];
            if (size > Array.MaxLength) return null;
        }
        offsets[^1] = (int)size;
        var data = GC.AllocateUninitializedArray<byte>((int)size);
        for (var i = 0; i < rows.Length; i++) bytes[from[rows[i]]..from[rows[i] + 1]].CopyTo(data.AsSpan(offsets[i]));
        return data;
    }

    static ListColumn List(ListColumn column, ReadOnlySpan<int> rows, byte[] validity, int nulls)
    {
        var from = column.Offsets;
        var (offsets, items) = (new int[rows.Length + 1], new List<int>(rows.Length));
        for (var i = 0; i < rows.Length; i++)
        {
            if (!column.IsNull(rows[i]))
                for (var item = from[rows[i]]; item < from[rows[i] + 1]; item++) items.Add(item);
            offsets[i + 1] = items.Count;
        }
        return new ListColumn((ListType)column.Type, rows.Length, MemoryMarshal.AsBytes<int>(offsets).ToArray(),
            Take(column.Items, CollectionsMarshal.AsSpan(items)), validity, nulls);
    }

    static StructColumn Struct(StructColumn column, ReadOnlySpan<int> rows, byte[] validity, int nulls)
    {
        var children = new Column[column.Children.Count];
        for (var i = 0; i < children.Length; i++) children[i] = Take(column.Children[i], rows);
        return new StructColumn((StructType)column.Type, rows.Length, children, validity, nulls);
    }

    static Column Copied(Column column, ReadOnlySpan<int> rows)
    {
        var builder = ColumnBuilder.For(column.Type);
        foreach (var row in rows) builder.AppendFrom(column, row);
        return builder.Build();
    }
}

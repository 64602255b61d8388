using System.Runtime.CompilerServices;

namespace Anit.Data.Parquet.Write;

/// <summary>Bytes that some rows of a column hold.</summary>
static class ColumnSize
{
    static readonly int Widest = Unsafe.SizeOf<Int128>(); // of the numbers; narrow ones are stored wider

    /// <summary>Roughly.</summary>
    public static long Of(Column column, int start, int count) => count == 0 ? 0 : column switch
    {
        BytesColumn c => c.Offsets[start + count] - c.Offsets[start] + 4L * count,
        BoolColumn or NullColumn => count / 8,
        DictionaryColumn c => 4L * count + (c.Values.Length > 0 ? count * Of(c.Values, 0, c.Values.Length) / c.Values.Length : 0),
        ListColumn c => 4L * count + Of(c.Items, c.Offsets[start], c.Offsets[start + count] - c.Offsets[start]),
        MapColumn c => 4L * count + Of(c.Keys, c.Offsets[start], c.Offsets[start + count] - c.Offsets[start])
            + Of(c.Items, c.Offsets[start], c.Offsets[start + count] - c.Offsets[start]),
        StructColumn c => c.Children.Sum(child => Of(child, start, count)),
        _ => (long)CellBytes.WidthOf(column) * count,
    };

    /// <summary>At most, as <see cref="ValueWriter.PageBytes"/> counts them and over all leaves below.</summary>
    public static long AtMost(Column column, int start, int count) => count == 0 ? 0 : column switch
    {
        BytesColumn c => c.Offsets[start + count] - c.Offsets[start] + 4L * count,
        BoolColumn or NullColumn => count / 8 + 1,
        DictionaryColumn { Values: BytesColumn values } c => OfEntries(c, values, start, count),
        DictionaryColumn c => Math.Max(Widest, CellBytes.WidthOf(c.Values)) * (long)count,
        ListColumn c => AtMost(c.Items, c.Offsets[start], c.Offsets[start + count] - c.Offsets[start]),
        MapColumn c => AtMost(c.Keys, c.Offsets[start], c.Offsets[start + count] - c.Offsets[start])
            + AtMost(c.Items, c.Offsets[start], c.Offsets[start + count] - c.Offsets[start]),
        StructColumn c => c.Children.Sum(child => AtMost(child, start, count)),
        _ => Math.Max(Widest, CellBytes.WidthOf(column)) * (long)count,
    };

    static long OfEntries(DictionaryColumn column, BytesColumn values, int start, int count)
    {
        var bytes = 4L * count;
        var offsets = values.Offsets;
        for (var row = start; row < start + count; row++)
            if (!column.IsNull(row) && column.Indices[row] is var entry) bytes += offsets[entry + 1] - offsets[entry];
        return bytes;
    }
}

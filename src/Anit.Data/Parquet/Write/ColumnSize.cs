namespace Anit.Data.Parquet.Write;

/// <summary>Bytes that some rows of a column hold, roughly.</summary>
static class ColumnSize
{
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
}

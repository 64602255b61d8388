namespace Anit.Data;

/// <summary>Bytes that columns take in memory, roughly: what to watch where rows are kept.</summary>
static class ColumnSizes
{
    const int Overhead = 100; // the objects around the buffers

    public static long Of(ColumnBatch batch)
    {
        long bytes = Overhead;
        foreach (var column in batch.Columns) bytes += Of(column);
        return bytes;
    }

    public static long Of(Column column) => Overhead + column.Validity.Length + column switch
    {
        BytesColumn c => Text(c),
        BoolColumn c => c.Bits.Length,
        DictionaryColumn c => 4L * c.Length + Math.Min(Of(c.Values), 64L * c.Length), // values are shared with other batches
        ListColumn c => 4L * c.Length + Of(c.Items),
        MapColumn c => 4L * c.Length + Of(c.Keys) + Of(c.Items),
        StructColumn c => c.Children.Sum(Of),
        UnionColumn c => 5L * c.Length + c.Children.Sum(Of),
        NullColumn => 0,
        _ => (long)CellBytes.WidthOf(column) * column.Length,
    };

    static long Text(BytesColumn column)
    {
        var offsets = column.Offsets;
        return 4L * offsets.Length + offsets[^1] - offsets[0];
    }
}

using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Read;

/// <summary>Where the data pages of a chunk begin, in rows, and the bounds of their values where the file has them.</summary>
/// <param name="FirstRows">The first row of each page; one more entry holds the rows of the group.</param>
/// <param name="Bounds">For each page its statistics, null for pages without values; null altogether when the file has none.</param>
sealed record PageIndex(long[] FirstRows, Statistics?[]? Bounds)
{
    public int Pages => FirstRows.Length - 1;

    /// <summary>The page index of a chunk, or null when the file has none for it.</summary>
    public static PageIndex? Of(ByteSource file, ColumnChunk chunk, long rows, long footerStart, bool bounds, ReadLimits limits)
    {
        if (chunk.OffsetIndexLength <= 0) return null;
        var first = ReadFirstRows(Bytes(file, chunk.OffsetIndexOffset, chunk.OffsetIndexLength, footerStart, limits), rows, limits);
        if (!bounds || chunk.ColumnIndexLength <= 0) return new(first, null);
        return new(first, ReadBounds(Bytes(file, chunk.ColumnIndexOffset, chunk.ColumnIndexLength, footerStart, limits), first.Length - 1, limits));
    }

    /// <summary>The bytes of an index, whose place must lie before the footer.</summary>
    public static byte[] Bytes(ByteSource file, long offset, int length, long footerStart, ReadLimits limits)
    {
        if (length > limits.MetadataBytes)
            throw ReadLimits.Exceeded("the size of a page index", length, nameof(limits.MetadataBytes), limits.MetadataBytes);
        if (offset < 4 || length > footerStart - offset)
            throw new DataFormatException($"a page index of {length:N0} bytes at {offset:N0}; the data end at {footerStart:N0}");
        var bytes = new byte[length];
        file.Read(offset, bytes);
        return bytes;
    }

    /// <summary>parquet.thrift's OffsetIndex.</summary>
    static long[] ReadFirstRows(byte[] bytes, long rows, ReadLimits limits)
    {
        var r = new CompactReader(bytes, limits);
        var first = new List<long>();
        r.Begin();
        while (r.Next(out var id, out var type))
        {
            if (id != 1)
            {
                r.Skip(type);
                continue;
            }
            for (var n = r.List(type, Wire.Struct); n > 0; n--) first.Add(FirstRow(ref r));
        }
        first.Add(rows);
        if (rows > 0 && first[0] != 0) throw new DataFormatException("the page index has no page that begins at row 0");
        for (var i = 1; i < first.Count; i++)
            if (first[i] <= first[i - 1] && rows > 0)
                throw new DataFormatException($"the page index lets page {i} begin at row {first[i]:N0}, after one at row {first[i - 1]:N0}");
        return [.. first];
    }

    static long FirstRow(ref CompactReader r)
    {
        long row = -1;
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            if (id == 3) row = r.Int64(type);
            else r.Skip(type);
        }
        r.End(outer);
        return row;
    }

    /// <summary>parquet.thrift's ColumnIndex.</summary>
    static Statistics?[] ReadBounds(byte[] bytes, int pages, ReadLimits limits)
    {
        var r = new CompactReader(bytes, limits);
        var (empty, low, high) = (new List<bool>(), new List<byte[]>(), new List<byte[]>());
        r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1:
                    for (var n = r.List(type, Wire.True); n > 0; n--) empty.Add(r.ListedBool());
                    break;
                case 2 or 3:
                    for (var n = r.List(type, Wire.Binary); n > 0; n--) (id == 2 ? low : high).Add(r.Binary(Wire.Binary).ToArray());
                    break;
                default: r.Skip(type); break;
            }
        }
        if (empty.Count != pages || low.Count != pages || high.Count != pages)
            throw new DataFormatException($"the page index has bounds for {empty.Count}, {low.Count} and {high.Count} pages of {pages}");
        var all = new Statistics?[pages];
        for (var i = 0; i < pages; i++) all[i] = empty[i] ? null : new Statistics { Min = low[i], Max = high[i] };
        return all;
    }
}

using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Meta;

/// <summary>A run of rows, one chunk a leaf column.</summary>
sealed class RowGroup
{
    public List<ColumnChunk> Chunks = [];
    public long TotalBytes, Rows, FileOffset, CompressedBytes;
    public int Ordinal;

    public static RowGroup Read(ref CompactReader r)
    {
        var group = new RowGroup { Rows = -1 };
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1:
                    for (var n = r.List(type, Wire.Struct); n > 0; n--) group.Chunks.Add(ColumnChunk.Read(ref r));
                    break;
                case 2: group.TotalBytes = r.Int64(type); break;
                case 3: group.Rows = r.Int64(type); break;
                default: r.Skip(type); break;
            }
        }
        r.End(outer);
        return group;
    }

    public void Write(CompactWriter w)
    {
        w.Begin();
        w.List(1, Wire.Struct, Chunks.Count);
        foreach (var chunk in Chunks) chunk.Write(w);
        w.Int64(2, TotalBytes);
        w.Int64(3, Rows);
        w.Int64(5, FileOffset);
        w.Int64(6, CompressedBytes);
        if (Ordinal <= short.MaxValue) w.Int32(7, Ordinal);
        w.End();
    }
}

/// <summary>The pages of one leaf column in one row group.</summary>
sealed class ColumnChunk
{
    public string? FilePath;
    public bool HasMeta, Encrypted;
    public PhysicalType Type;
    public List<PageEncoding> Encodings = [];
    public List<string> Path = [];
    public Codec Codec;
    public long Values, UncompressedBytes, CompressedBytes, DataPageOffset;
    public long? DictionaryPageOffset;
    public Statistics? Statistics;
    public long OffsetIndexOffset, ColumnIndexOffset;
    public int OffsetIndexLength, ColumnIndexLength;
    public long BloomFilterOffset;
    public int BloomFilterLength;

    /// <summary>A filter that is written behind the row group.</summary>
    public BloomFilter? Bloom;

    public static ColumnChunk Read(ref CompactReader r)
    {
        var chunk = new ColumnChunk();
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1: chunk.FilePath = r.Text(type); break;
                case 3 when type == Wire.Struct: chunk.ReadMeta(ref r); break;
                case 4: chunk.OffsetIndexOffset = r.Int64(type); break;
                case 5: chunk.OffsetIndexLength = r.Int32(type); break;
                case 6: chunk.ColumnIndexOffset = r.Int64(type); break;
                case 7: chunk.ColumnIndexLength = r.Int32(type); break;
                case 8 or 9:
                    chunk.Encrypted = true;
                    r.Skip(type);
                    break;
                default: r.Skip(type); break;
            }
        }
        r.End(outer);
        return chunk;
    }

    void ReadMeta(ref CompactReader r)
    {
        HasMeta = true;
        Codec = (Codec)(-1);
        Values = -1;
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1: Type = (PhysicalType)r.Int32(type); break;
                case 2:
                    for (var n = r.List(type, Wire.Int32); n > 0; n--) Encodings.Add((PageEncoding)r.ListedInt());
                    break;
                case 3:
                    for (var n = r.List(type, Wire.Binary); n > 0; n--) Path.Add(r.Text(Wire.Binary));
                    break;
                case 4: Codec = (Codec)r.Int32(type); break;
                case 5: Values = r.Int64(type); break;
                case 6: UncompressedBytes = r.Int64(type); break;
                case 7: CompressedBytes = r.Int64(type); break;
                case 9: DataPageOffset = r.Int64(type); break;
                case 11: DictionaryPageOffset = r.Int64(type); break;
                case 12 when type == Wire.Struct: Statistics = Statistics.Read(ref r); break;
                case 14 when type == Wire.Int64: BloomFilterOffset = r.Int64(type); break; // older writers have others here
                case 15 when type == Wire.Int32: BloomFilterLength = r.Int32(type); break;
                default: r.Skip(type); break;
            }
        }
        r.End(outer);
    }

    public void Write(CompactWriter w)
    {
        w.Begin();
        w.Int64(2, 0);
        w.Struct(3);
        w.Int32(1, (int)Type);
        w.List(2, Wire.Int32, Encodings.Count);
        foreach (var encoding in Encodings) w.ListedInt((int)encoding);
        w.List(3, Wire.Binary, Path.Count);
        foreach (var name in Path) w.ListedBinary(System.Text.Encoding.UTF8.GetBytes(name));
        w.Int32(4, (int)Codec);
        w.Int64(5, Values);
        w.Int64(6, UncompressedBytes);
        w.Int64(7, CompressedBytes);
        w.Int64(9, DataPageOffset);
        if (DictionaryPageOffset is { } at) w.Int64(11, at);
        if (Statistics is not null)
        {
            w.Struct(12);
            Statistics.Write(w);
            w.End();
        }
        if (BloomFilterOffset > 0)
        {
            w.Int64(14, BloomFilterOffset);
            w.Int32(15, BloomFilterLength);
        }
        w.End();
        if (OffsetIndexLength > 0)
        {
            w.Int64(4, OffsetIndexOffset);
            w.Int32(5, OffsetIndexLength);
        }
        if (ColumnIndexLength > 0)
        {
            w.Int64(6, ColumnIndexOffset);
            w.Int32(7, ColumnIndexLength);
        }
        w.End();
    }
}

/// <summary>Smallest and largest value of a chunk or page, in the PLAIN encoding without length.</summary>
sealed class Statistics
{
    public long? Nulls;
    public byte[]? Min, Max;
    public bool MinExact = true, MaxExact = true;

    public static Statistics Read(ref CompactReader r)
    {
        var s = new Statistics();
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 3: s.Nulls = r.Int64(type); break;
                case 5: s.Max = r.Binary(type).ToArray(); break;
                case 6: s.Min = r.Binary(type).ToArray(); break;
                case 7: s.MaxExact = CompactReader.Bool(type); break;
                case 8: s.MinExact = CompactReader.Bool(type); break;
                default: r.Skip(type); break; // 1 and 2 are the old minimum and maximum of undefined order
            }
        }
        r.End(outer);
        return s;
    }

    public void Write(CompactWriter w)
    {
        if (Nulls is { } nulls) w.Int64(3, nulls);
        if (Max is not null) w.Binary(5, Max);
        if (Min is not null) w.Binary(6, Min);
        if (Max is not null) w.Bool(7, MaxExact);
        if (Min is not null) w.Bool(8, MinExact);
    }
}

using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Meta;

/// <summary>What precedes every page.</summary>
sealed class PageHeader
{
    public PageType Type = (PageType)(-1);
    public int UncompressedSize = -1, CompressedSize = -1;
    public int? Crc;
    public int Values = -1;
    public PageEncoding Encoding, DefinitionEncoding = PageEncoding.Rle, RepetitionEncoding = PageEncoding.Rle;
    public int Nulls, Rows, DefinitionBytes, RepetitionBytes;
    public bool Compressed = true;
    public bool HasBody;

    public static PageHeader Read(ReadOnlySpan<byte> bytes, ReadLimits limits, out int length)
    {
        var r = new CompactReader(bytes, limits);
        var h = new PageHeader();
        r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1: h.Type = (PageType)r.Int32(type); break;
                case 2: h.UncompressedSize = r.Int32(type); break;
                case 3: h.CompressedSize = r.Int32(type); break;
                case 4: h.Crc = r.Int32(type); break;
                case 5 or 7 or 8 when type == Wire.Struct: h.ReadBody(ref r, id); break;
                default: r.Skip(type); break;
            }
        }
        length = r.Position;
        return h;
    }

    void ReadBody(ref CompactReader r, short kind)
    {
        HasBody |= (Type, kind) is (PageType.Data, 5) or (PageType.Dictionary, 7) or (PageType.DataV2, 8);
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (kind, id)
            {
                case (_, 1): Values = r.Int32(type); break;
                case (5 or 7, 2): Encoding = (PageEncoding)r.Int32(type); break;
                case (5, 3): DefinitionEncoding = (PageEncoding)r.Int32(type); break;
                case (5, 4): RepetitionEncoding = (PageEncoding)r.Int32(type); break;
                case (8, 2): Nulls = r.Int32(type); break;
                case (8, 3): Rows = r.Int32(type); break;
                case (8, 4): Encoding = (PageEncoding)r.Int32(type); break;
                case (8, 5): DefinitionBytes = r.Int32(type); break;
                case (8, 6): RepetitionBytes = r.Int32(type); break;
                case (8, 7): Compressed = CompactReader.Bool(type); break;
                default: r.Skip(type); break;
            }
        }
        r.End(outer);
    }

    public void Write(CompactWriter w, Statistics? statistics)
    {
        w.Begin();
        w.Int32(1, (int)Type);
        w.Int32(2, UncompressedSize);
        w.Int32(3, CompressedSize);
        if (Crc is { } crc) w.Int32(4, crc);
        switch (Type)
        {
            case PageType.Data:
                w.Struct(5);
                w.Int32(1, Values);
                w.Int32(2, (int)Encoding);
                w.Int32(3, (int)PageEncoding.Rle);
                w.Int32(4, (int)PageEncoding.Rle);
                Stats(w, 5, statistics);
                break;
            case PageType.Dictionary:
                w.Struct(7);
                w.Int32(1, Values);
                w.Int32(2, (int)Encoding);
                break;
            default:
                w.Struct(8);
                w.Int32(1, Values);
                w.Int32(2, Nulls);
                w.Int32(3, Rows);
                w.Int32(4, (int)Encoding);
                w.Int32(5, DefinitionBytes);
                w.Int32(6, RepetitionBytes);
                w.Bool(7, Compressed);
                Stats(w, 8, statistics);
                break;
        }
        w.End();
        w.End();
    }

    static void Stats(CompactWriter w, int id, Statistics? statistics)
    {
        if (statistics is null) return;
        w.Struct(id);
        statistics.Write(w);
        w.End();
    }
}

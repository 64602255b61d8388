using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Read;
using Anit.Data.Parquet.Schemas;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Write;

/// <summary>Moves row groups from one file to another as they are: pages byte for byte, offsets anew.</summary>
static class RowGroupCopy
{
    const int Block = 1 << 20;

    /// <summary>Refuses a file whose columns are not stored as the other's.</summary>
    public static void CheckSame(List<SchemaElement> first, List<SchemaElement> next)
    {
        for (var i = 1; i < Math.Max(first.Count, next.Count); i++)
        {
            var (a, b) = (i < first.Count ? first[i] : null, i < next.Count ? next[i] : null);
            if (a is not null && b is not null && Stored(a) == Stored(b)) continue;
            throw new DataFormatException($"the columns are not stored alike ({Shown(b)} where the first file has {Shown(a)}), so row groups "
                + "cannot be taken over as they are; write the rows instead");
        }
    }

    /// <summary>Refuses rows to be written behind row groups that are laid out otherwise than this library does it.</summary>
    public static void CheckLevels(IReadOnlyList<SchemaNode> there, IReadOnlyList<SchemaNode> ours)
    {
        for (var i = 0; i < Math.Max(there.Count, ours.Count); i++)
        {
            var (a, b) = (i < there.Count ? there[i] : null, i < ours.Count ? ours[i] : null);
            if (a is not null && b is not null && Levels(a) == Levels(b)) continue;
            throw new UnsupportedTypeException($"rows cannot follow: the file stores '{string.Join('.', (a ?? b)!.Path)}' otherwise than it would "
                + "be written here; convert it first");
        }

        static (string, PhysicalType?, int, int, int, DataType) Levels(SchemaNode n) =>
            (string.Join('\0', n.Path), n.Element.Type, n.Element.TypeLength, n.MaxDefinition, n.MaxRepetition, LeafTypes.Of(n));
    }

    /// <summary>Copies the bytes of a chunk and describes it at its new place.</summary>
    public static async ValueTask<ColumnChunk> ChunkAsync(ByteSource from, long footerStart, ColumnChunk chunk, bool ordered, Stream to,
        long position, CancellationToken stop)
    {
        var (start, end) = RowGroupChecks.Range(chunk, footerStart);
        var buffer = new byte[(int)Math.Min(Block, end - start)];
        for (var at = start; at < end; at += buffer.Length)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - at));
            from.Read(at, part.Span);
            await to.WriteAsync(part, stop).ConfigureAwait(false);
        }
        return new ColumnChunk
        {
            HasMeta = true, Type = chunk.Type, Codec = chunk.Codec, Values = chunk.Values, Path = chunk.Path, Encodings = chunk.Encodings,
            CompressedBytes = end - start, UncompressedBytes = chunk.UncompressedBytes,
            DataPageOffset = end == start ? position : chunk.DataPageOffset - start + position,
            DictionaryPageOffset = chunk.DictionaryPageOffset is { } dictionary && dictionary >= start && dictionary < end
                ? dictionary - start + position : null,
            // Bounds without an order mean nothing, and the new footer gives one.
            Statistics = ordered ? chunk.Statistics : chunk.Statistics is { Nulls: { } nulls } ? new Statistics { Nulls = nulls } : null,
        };
    }

    /// <summary>An offset index whose pages lie elsewhere now.</summary>
    public static byte[] Moved(byte[] offsetIndex, long by, ReadLimits limits)
    {
        var r = new CompactReader(offsetIndex, limits);
        var buffer = new ByteBuffer();
        var w = new CompactWriter(buffer);
        r.Begin();
        w.Begin();
        while (r.Next(out var id, out var type))
        {
            if (id != 1)
            {
                r.Skip(type);
                continue;
            }
            var count = r.List(type, Wire.Struct);
            w.List(1, Wire.Struct, count);
            for (var n = count; n > 0; n--) MovePage(ref r, w, by);
        }
        w.End();
        return buffer.Written.ToArray();
    }

    static void MovePage(ref CompactReader r, CompactWriter w, long by)
    {
        var (offset, size, row) = (0L, 0, 0L);
        var outer = r.Begin();
        while (r.Next(out var id, out var type))
        {
            switch (id)
            {
                case 1: offset = r.Int64(type); break;
                case 2: size = r.Int32(type); break;
                case 3: row = r.Int64(type); break;
                default: r.Skip(type); break;
            }
        }
        r.End(outer);
        w.Begin();
        w.Int64(1, offset + by);
        w.Int32(2, size);
        w.Int64(3, row);
        w.End();
    }

    static (string, PhysicalType?, int, Repetition?, int, ConvertedType, int, int, LogicalKind, TimeUnit, bool, int, bool) Stored(SchemaElement e) =>
        (e.Name, e.Type, e.TypeLength, e.Repetition, e.Children, e.Converted, e.Scale, e.Precision, e.Logical, e.Unit, e.Instant, e.Bits, e.Signed);

    static string Shown(SchemaElement? e) => e is null ? "no column"
        : $"'{e.Name}', {e.Repetition?.ToString().ToLowerInvariant()} {e.Type?.ToString() ?? "group"}"
            + $"{(e.Logical != LogicalKind.None ? $" {e.Logical}" : e.Converted != ConvertedType.None ? $" {e.Converted}" : "")}";
}

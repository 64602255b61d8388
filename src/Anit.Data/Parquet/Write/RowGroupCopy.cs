using System.Buffers;
using Anit.Data.Codecs;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Read;
using Anit.Data.Parquet.Schemas;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Write;

/// <summary>Moves row groups from one file to another as they are: pages byte for byte, offsets anew.</summary>
static class RowGroupCopy
{
    const int Block = 1 << 20, HeaderGuess = 256;

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

    /// <summary>Copies the pages of a chunk and describes it at its new place.</summary>
    /// <param name="from">The file.</param>
    /// <param name="footerStart">Where its footer begins.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="ordered">Whether the file gives the order of its values.</param>
    /// <param name="to">Where to write.</param>
    /// <param name="position">How much is written there.</param>
    /// <param name="verify">Refuse pages that do not match their checksum; else bytes are bytes.</param>
    /// <param name="stop">Cancels.</param>
    public static async ValueTask<ColumnChunk> ChunkAsync(ByteSource from, long footerStart, ColumnChunk chunk, bool ordered, Stream to,
        long position, ReadLimits? verify, CancellationToken stop)
    {
        var (start, end) = RowGroupChecks.Range(chunk, footerStart);
        using var bytes = new ChunkBytes(ArrayPool<byte>.Shared);
        bytes.Begin(from, start, end, Block);
        while (bytes.Left > 0)
        {
            var count = verify is null ? bytes.Peek(1).Length : Page(bytes, verify);
            await to.WriteAsync(bytes.Buffer.AsMemory(bytes.Position, count), stop).ConfigureAwait(false);
            bytes.Take(count);
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

    // The bytes of the next page with its header, all in the window.
    static int Page(ChunkBytes bytes, ReadLimits limits)
    {
        for (var guess = HeaderGuess; ; guess *= 8)
        {
            var some = bytes.Peek(guess);
            try
            {
                var header = PageHeader.Read(some, limits, out var length);
                if (header.CompressedSize < 0 || header.CompressedSize > bytes.Left - length)
                    throw new DataFormatException($"a page of {header.CompressedSize:N0} bytes where {bytes.Left - length:N0} are left");
                var page = bytes.Peek(length + header.CompressedSize).Slice(length, header.CompressedSize);
                if (header.Crc is not { } crc || (int)Crc32.Of(page) != crc)
                    throw new DataFormatException("the page does not match its checksum");
                return length + header.CompressedSize;
            }
            catch (ThriftEndException) when (some.Length < bytes.Left && guess < limits.MetadataBytes)
            {
                // The header goes on behind the window: look further.
            }
        }
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

    /// <summary>What of an element tells how values are stored, and what they mean.</summary>
    public static (string, PhysicalType?, int, Repetition?, int, ConvertedType, int, int, LogicalKind, TimeUnit, bool, int, bool) Stored(
        SchemaElement e) =>
        (e.Name, e.Type, e.TypeLength, e.Repetition, e.Children, e.Converted, e.Scale, e.Precision, e.Logical, e.Unit, e.Instant, e.Bits, e.Signed);

    static string Shown(SchemaElement? e) => e is null ? "no column"
        : $"'{e.Name}', {e.Repetition?.ToString().ToLowerInvariant()} {e.Type?.ToString() ?? "group"}"
            + $"{(e.Logical != LogicalKind.None ? $" {e.Logical}" : e.Converted != ConvertedType.None ? $" {e.Converted}" : "")}";
}

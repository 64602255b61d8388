using System.Buffers.Binary;
using Anit.Data.Codecs;
using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Write;

/// <summary>Collects one leaf column of a row group as finished pages, compressed; only the open page is raw.</summary>
sealed class ColumnChunkWriter
{
    readonly WriteOptions options;
    readonly Compression codec;
    readonly int maxDefinition, maxRepetition;
    readonly ByteBuffer definitions = new(), repetitions = new();
    readonly ByteBuffer raw = new(), pages = new(), packed = new(), header = new();
    readonly List<PageInfo> infos = [];
    readonly HashSet<PageEncoding> encodings = [];
    int pageRows, pageLevels;
    long levels, rows, nulls, rawBytes, uncompressed;

    public ColumnChunkWriter(ValueWriter values,
        IReadOnlyList<string> path, PhysicalType type, int maxDefinition, int maxRepetition, WriteOptions options)
    {
        (Values, Path, Type, this.maxDefinition, this.maxRepetition, this.options) = (values, path, type, maxDefinition, maxRepetition, options);
        if (options.BloomFilters.Any(name => name == path[0] || name == string.Join('.', path)))
            values.Hashes = values.CanHash ? [] : throw new UnsupportedTypeException(
                $"column '{string.Join('.', path)}' has no bloom filter: text, bytes, numbers, dates and times do");
        codec = options.Compression == Compression.Default ? (Zstd.IsAvailable ? Compression.Zstd : Compression.Snappy) : options.Compression;
        Begin();
    }

    public ValueWriter Values { get; }
    public IReadOnlyList<string> Path { get; }
    public PhysicalType Type { get; }

    /// <summary>Raw bytes of the chunk so far: what the row group's size is measured by.</summary>
    public long RawBytes => rawBytes + Values.PageBytes;

    /// <summary>Appends whole rows of a flat required column.</summary>
    public void Append(Column column, int start, int count)
    {
        Values.AppendRange(column, start, count);
        EndRows(count, count);
    }

    /// <summary>Appends whole rows: their levels, and which values of the column are there.</summary>
    public void Append(Column column, ReadOnlySpan<byte> repetition, ReadOnlySpan<byte> definition, ReadOnlySpan<int> present, int newRows)
    {
        if (maxRepetition > 0) repetitions.Append(repetition);
        if (maxDefinition > 0) definitions.Append(definition);
        if (present.Length > 0 && present[^1] - present[0] == present.Length - 1) Values.AppendRange(column, present[0], present.Length);
        else Values.AppendRows(column, present);
        EndRows(newRows, definition.Length);
    }

    void EndRows(int newRows, int newLevels)
    {
        pageRows += newRows;
        pageLevels += newLevels;
        if (Values.PageBytes >= options.PageBytes || pageRows >= options.PageRows) EndPage();
    }

    void EndPage()
    {
        if (pageLevels == 0) return;
        var present = Values.Count;
        var statistics = new Statistics { Nulls = pageLevels - present };
        Values.Range.Fill(statistics);
        chunkRange.Add(Values.Range);
        Values.Range.Clear();
        var range = Values.PageBytes;

        raw.Clear();
        var (repetitionBytes, definitionBytes) = (Levels(repetitions, maxRepetition), Levels(definitions, maxDefinition));
        var encoding = Values.EncodePage(raw);
        encodings.Add(encoding);
        var info = new PageHeader
        {
            Type = options.PageV2 ? PageType.DataV2 : PageType.Data, Values = pageLevels, Encoding = encoding,
            Nulls = pageLevels - present, Rows = pageRows, RepetitionBytes = repetitionBytes, DefinitionBytes = definitionBytes,
        };
        var size = WritePage(info, options.PageV2 ? repetitionBytes + definitionBytes : 0);
        Values.PageWritten();
        infos.Add(new(size, rows, statistics, present));
        (rows, levels, nulls, rawBytes) = (rows + pageRows, levels + pageLevels, nulls + pageLevels - present, rawBytes + range);
        (pageRows, pageLevels) = (0, 0);
        repetitions.Clear();
        definitions.Clear();
    }

    /// <summary>Appends levels to the raw page: with their length before them in version 1. Returns their bytes.</summary>
    int Levels(ByteBuffer from, int most)
    {
        if (most == 0) return 0;
        var start = raw.Length;
        if (!options.PageV2) raw.AppendValue(0);
        HybridEncoder.Encode(from.Written, HybridEncoder.Width(most), raw);
        if (!options.PageV2) BinaryPrimitives.WriteInt32LittleEndian(raw.WrittenSpan[start..], raw.Length - start - sizeof(int));
        return raw.Length - start;
    }

    /// <summary>Compresses the raw page behind its levels, if these stay apart, and appends header and page.</summary>
    int WritePage(PageHeader info, int plain)
    {
        packed.Clear();
        packed.Append(raw.Written[..plain]);
        var body = raw.Written[plain..];
        info.Compressed = codec != Compression.None && body.Length > 0;
        if (info.Compressed || info.Type != PageType.DataV2) BlockCodecs.Compress(codec, options.Level, body, packed);
        else packed.Append(body);
        info.UncompressedSize = raw.Length;
        info.CompressedSize = packed.Length;
        info.Crc = (int)Crc32.Of(packed.Written);
        header.Clear();
        info.Write(new CompactWriter(header), null);
        pages.Append(header.Written);
        pages.Append(packed.Written);
        uncompressed += header.Length + raw.Length;
        return header.Length + packed.Length;
    }

    MinMax chunkRange = MinMax.None;

    /// <summary>Writes the chunk at this place of the file and begins the next one.</summary>
    public async ValueTask<(ColumnChunk Chunk, ChunkIndex Index)> FlushAsync(Stream stream, long position, CancellationToken stop)
    {
        EndPage();
        var chunk = new ColumnChunk { Type = Type, Codec = CodecOf(codec), Values = levels, DataPageOffset = position };
        chunk.Path.AddRange(Path);
        var size = pages.Length;
        if (Values.DictionaryCount > 0)
        {
            chunk.DictionaryPageOffset = position;
            var data = pages.Detach();
            WriteDictionary();
            chunk.DataPageOffset += pages.Length;
            size += pages.Length;
            await stream.WriteAsync(pages.WrittenMemory, stop).ConfigureAwait(false);
            await stream.WriteAsync(data, stop).ConfigureAwait(false);
        }
        else await stream.WriteAsync(pages.WrittenMemory, stop).ConfigureAwait(false);

        (chunk.CompressedBytes, chunk.UncompressedBytes) = (size, uncompressed);
        encodings.Add(PageEncoding.Rle);
        chunk.Encodings.AddRange(encodings.Order());
        chunk.Statistics = new Statistics { Nulls = nulls };
        chunkRange.Fill(chunk.Statistics);
        if (Values.Hashes is { } hashes)
        {
            chunk.Bloom = BloomFilter.For(hashes.Count, options.BloomFalsePositives);
            foreach (var hash in hashes) chunk.Bloom.Add(hash);
            hashes.Clear();
        }
        var index = new ChunkIndex([.. infos], chunk.DataPageOffset);
        Begin();
        return (chunk, index);
    }

    void WriteDictionary()
    {
        raw.Clear();
        Values.EncodeDictionary(raw);
        encodings.Add(PageEncoding.Plain);
        WritePage(new PageHeader { Type = PageType.Dictionary, Values = Values.DictionaryCount, Encoding = PageEncoding.Plain }, 0);
    }

    void Begin()
    {
        pages.Clear();
        infos.Clear();
        encodings.Clear();
        (levels, rows, nulls, rawBytes, uncompressed) = (0, 0, 0, 0, 0);
        chunkRange = Values.Range.Fresh();
        Values.BeginChunk(options.Dictionaries);
    }

    static Codec CodecOf(Compression codec) => codec switch
    {
        Compression.None => Codec.Uncompressed,
        Compression.Snappy => Codec.Snappy,
        Compression.Gzip => Codec.Gzip,
        Compression.Brotli => Codec.Brotli,
        Compression.Lz4 => Codec.Lz4Raw,
        _ => Codec.Zstd,
    };
}

/// <summary>A finished page: its bytes with header, the row it begins with, its statistics and how many values it has.</summary>
readonly record struct PageInfo(int Bytes, long FirstRow, Statistics Statistics, int Present);

/// <summary>The pages of one chunk, for the page index.</summary>
sealed record ChunkIndex(PageInfo[] Pages, long Offset)
{
    /// <summary>parquet.thrift's OffsetIndex: where each page lies and with which row it begins.</summary>
    public void WriteOffsets(CompactWriter w)
    {
        w.Begin();
        w.List(1, Wire.Struct, Pages.Length);
        var at = Offset;
        foreach (var page in Pages)
        {
            w.Begin();
            w.Int64(1, at);
            w.Int32(2, page.Bytes);
            w.Int64(3, page.FirstRow);
            w.End();
            at += page.Bytes;
        }
        w.End();
    }

    /// <summary>Whether every page has bounds or no values at all, as the column index demands.</summary>
    public bool HasBounds => Pages.Length > 0 && Pages.All(p => p.Present == 0 || p.Statistics is { Min: not null, Max: not null });

    /// <summary>parquet.thrift's ColumnIndex: the bounds of each page.</summary>
    public void WriteBounds(CompactWriter w)
    {
        w.Begin();
        w.List(1, Wire.True, Pages.Length);
        foreach (var page in Pages) w.ListedBool(page.Present == 0);
        w.List(2, Wire.Binary, Pages.Length);
        foreach (var page in Pages) w.ListedBinary(page.Statistics.Min);
        w.List(3, Wire.Binary, Pages.Length);
        foreach (var page in Pages) w.ListedBinary(page.Statistics.Max);
        w.Int32(4, 0); // unordered: always true
        w.List(5, Wire.Int64, Pages.Length);
        foreach (var page in Pages) w.ListedInt(page.Statistics.Nulls ?? 0);
        w.End();
    }
}

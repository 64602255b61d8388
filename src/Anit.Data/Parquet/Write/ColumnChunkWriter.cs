using System.Buffers.Binary;
using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Thrift;

namespace Anit.Data.Parquet.Write;

/// <summary>Collects one leaf column of a row group as finished pages, compressed; only the open page is raw.</summary>
sealed class ColumnChunkWriter
{
    readonly WriteOptions options;
    readonly PagePacker packer;
    readonly int maxDefinition, maxRepetition;
    readonly ByteBuffer definitions = new(), repetitions = new();
    readonly BlockList pages;
    readonly Action<Page> take;
    readonly List<PageInfo> infos = [];
    readonly HashSet<PageEncoding> encodings = [];
    int pageRows, pageLevels;
    long levels, rows, nulls, rawBytes, uncompressed;

    public ColumnChunkWriter(ValueWriter values,
        IReadOnlyList<string> path, PhysicalType type, int maxDefinition, int maxRepetition, WriteOptions options, PagePacker packer)
    {
        (Values, Path, Type, this.maxDefinition, this.maxRepetition) = (values, path, type, maxDefinition, maxRepetition);
        (this.options, this.packer, pages, take) = (options, packer, new(packer.Blocks), Take);
        if (options.BloomFilters.Any(name => name == path[0] || name == string.Join('.', path)))
            values.Hashes = values.CanHash ? [] : throw new UnsupportedTypeException(
                $"column '{string.Join('.', path)}' has no bloom filter: text, bytes, numbers, dates and times do");
        Begin();
    }

    public ValueWriter Values { get; }
    public IReadOnlyList<string> Path { get; }
    public PhysicalType Type { get; }

    /// <summary>Raw bytes of the chunk so far: what the row group's size is measured by.</summary>
    public long RawBytes => rawBytes + Values.PageBytes;

    /// <summary>Rows and bytes that the open page takes before it ends.</summary>
    public (int Rows, long Bytes) Room => (options.PageRows - pageRows, options.PageBytes - Values.PageBytes);

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
        Values.Watch();
        if (Values.PageBytes >= options.PageBytes || pageRows >= options.PageRows) EndPage();
    }

    /// <summary>Ends the open page, if it has rows.</summary>
    public void EndPage()
    {
        if (pageLevels == 0) return;
        var present = Values.Count;
        var statistics = new Statistics { Nulls = pageLevels - present };
        Values.Range.Fill(statistics);
        chunkRange.Add(Values.Range);
        Values.Range.Clear();
        var range = Values.PageBytes;

        var page = packer.Rent();
        var (repetitionBytes, definitionBytes) = (Levels(repetitions, maxRepetition, page.Raw), Levels(definitions, maxDefinition, page.Raw));
        var encoding = Values.EncodePage(page.Raw);
        encodings.Add(encoding);
        page.Info = new PageHeader
        {
            Type = options.PageV2 ? PageType.DataV2 : PageType.Data, Values = pageLevels, Encoding = encoding,
            Nulls = pageLevels - present, Rows = pageRows, RepetitionBytes = repetitionBytes, DefinitionBytes = definitionBytes,
        };
        page.Plain = options.PageV2 ? repetitionBytes + definitionBytes : 0;
        page.Known = new(0, rows, statistics, present);
        packer.Add(page, take);
        Values.PageWritten();
        (rows, levels, nulls, rawBytes) = (rows + pageRows, levels + pageLevels, nulls + pageLevels - present, rawBytes + range);
        (pageRows, pageLevels) = (0, 0);
        repetitions.Clear();
        definitions.Clear();
    }

    /// <summary>Appends levels to a raw page: with their length before them in version 1. Returns their bytes.</summary>
    int Levels(ByteBuffer from, int most, ByteBuffer raw)
    {
        if (most == 0) return 0;
        var start = raw.Length;
        if (!options.PageV2) raw.AppendValue(0);
        HybridEncoder.Encode(from.Written, HybridEncoder.Width(most), raw);
        if (!options.PageV2) BinaryPrimitives.WriteInt32LittleEndian(raw.WrittenSpan[start..], raw.Length - start - sizeof(int));
        return raw.Length - start;
    }

    /// <summary>Appends a compressed page.</summary>
    void Take(Page page)
    {
        pages.Append(page.Header.Written);
        pages.Append(page.Packed.Written);
        infos.Add(page.Known with { Bytes = page.Bytes });
        uncompressed += page.Header.Length + page.Raw.Length;
    }

    MinMax chunkRange = MinMax.None;

    /// <summary>Writes the chunk at this place of the file and begins the next one.</summary>
    public async ValueTask<(ColumnChunk Chunk, ChunkIndex Index)> FlushAsync(Stream stream, long position, CancellationToken stop)
    {
        EndPage();
        packer.Finish();
        var chunk = new ColumnChunk { Type = Type, Codec = packer.Codec, Values = levels, DataPageOffset = position };
        chunk.Path.AddRange(Path);
        var size = pages.Length;
        if (Values.DictionaryCount > 0)
        {
            chunk.DictionaryPageOffset = position;
            var page = Dictionary();
            chunk.DataPageOffset += page.Bytes;
            size += page.Bytes;
            await stream.WriteAsync(page.Header.WrittenMemory, stop).ConfigureAwait(false);
            await stream.WriteAsync(page.Packed.WrittenMemory, stop).ConfigureAwait(false);
            packer.Return(page);
        }
        await pages.DrainAsync(stream, stop).ConfigureAwait(false);

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

    Page Dictionary()
    {
        var page = packer.Rent();
        Values.EncodeDictionary(page.Raw);
        encodings.Add(PageEncoding.Plain);
        (page.Info, page.Plain) = (new() { Type = PageType.Dictionary, Values = Values.DictionaryCount, Encoding = PageEncoding.Plain }, 0);
        packer.Pack(page);
        uncompressed += page.Header.Length + page.Raw.Length;
        return page;
    }

    void Begin()
    {
        infos.Clear();
        encodings.Clear();
        (levels, rows, nulls, rawBytes, uncompressed) = (0, 0, 0, 0, 0);
        chunkRange = Values.Range.Fresh();
        Values.BeginChunk(options.Dictionaries);
    }
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

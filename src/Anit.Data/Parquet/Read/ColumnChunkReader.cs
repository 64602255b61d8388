using System.Buffers;
using System.Buffers.Binary;
using Anit.Data.Codecs;
using Anit.Data.Parquet.Encodings;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Read;

/// <summary>Reads one leaf column through the pages of its chunks: levels and values, never more than one page at a time.</summary>
sealed class ColumnChunkReader(SchemaNode node, ValueReader values, ReadLimits limits, bool verify, ArrayPool<byte> pool) : IDisposable
{
    const int HeaderGuess = 256;
    const long SuspiciousSize = 16 << 20;
    const int SuspiciousRatio = 10_000;
    const int Slack = 32; // readers may load, never use, bytes behind the data

    readonly ChunkBytes bytes = new(pool);
    readonly HybridDecoder definitions = new(), repetitions = new();
    byte[] pageBuffer = []; // from the pool
    Codec codec;
    long[]? pageRows; // the page index: the first row of each data page, and of the end
    int page;
    long valuesLeft; // of the chunk, those of the current page included
    int pageLeft;
    bool dictionarySeen, dataSeen;

    public SchemaNode Node { get; } = node;
    public ValueReader Values { get; } = values;
    public string Path { get; } = string.Join('.', node.Path);

    /// <summary>Where the current page begins in the file.</summary>
    public long PageOffset { get; private set; }

    /// <summary>Levels not yet read in this chunk.</summary>
    public long Left => valuesLeft;

    public int PageLeft => pageLeft;
    public HybridDecoder Definitions => definitions;

    /// <summary>Starts on a chunk whose bytes lie between two offsets.</summary>
    public void Begin(ByteSource file, ColumnChunk chunk, long from, long to, int readAhead, PageIndex? index)
    {
        (pageRows, page) = (index?.FirstRows, 0);
        bytes.Begin(file, from, to, readAhead);
        (codec, valuesLeft, pageLeft) = (chunk.Codec, chunk.Values, 0);
        (dictionarySeen, dataSeen) = (false, false);
        Values.Restart(to - from);
        PageOffset = from;
    }

    /// <summary>Makes sure that the current page has levels left; the chunk must.</summary>
    public void NeedPage()
    {
        if (valuesLeft == 0) throw new DataFormatException("the column has fewer values than its row group has rows");
        while (pageLeft == 0) NextPage();
    }

    /// <summary>Accounts for levels taken from the current page.</summary>
    public void Took(int levels)
    {
        pageLeft -= levels;
        valuesLeft -= levels;
    }

    /// <summary>The next definition levels of the page.</summary>
    public void ReadDefinitions(Span<byte> to)
    {
        if (Node.MaxDefinition > 0) definitions.Read(to);
        else to.Clear();
    }

    /// <summary>The next repetition levels of the page.</summary>
    public void ReadRepetitions(Span<byte> to) => repetitions.Read(to);

    /// <summary>Passes over the next data page unread if it has at most so many rows; returns how many it had, or 0 when it was begun
    /// instead.</summary>
    public long PassPage(long most)
    {
        if (valuesLeft == 0) throw new DataFormatException("the column has fewer values than its row group has rows");
        return NextPage(most);
    }

    /// <summary>Rows of a data page as far as they are known without reading it, else 0.</summary>
    long RowsOf(PageHeader header) =>
        Node.MaxRepetition == 0 ? header.Values
        : header.Type == PageType.DataV2 ? header.Rows
        : pageRows is not null && page < pageRows.Length - 1 ? pageRows[page + 1] - pageRows[page] : 0;

    long NextPage(long pass = 0)
    {
        PageOffset = bytes.Offset;
        if (bytes.Left == 0) throw new DataFormatException($"the column's pages end, {valuesLeft:N0} values are missing");
        var header = ReadHeader();
        var size = header.CompressedSize;
        if (size < 0 || size > bytes.Left) throw new DataFormatException($"a page of {size:N0} bytes where {bytes.Left:N0} are left");
        if (header.UncompressedSize < 0) throw new DataFormatException($"a page of {header.UncompressedSize} bytes");
        if (header.Type == PageType.Index)
        {
            bytes.Peek(size);
            bytes.Take(size);
            return 0;
        }
        if (header.Type is not (PageType.Data or PageType.DataV2 or PageType.Dictionary))
            throw new DataFormatException($"a page of unknown type {(int)header.Type}");
        if (!header.HasBody) throw new DataFormatException("a page without its own header");
        if (header.Values < 0) throw new DataFormatException($"a page of {header.Values} values");
        CheckSize(header);
        if (header.Type != PageType.Dictionary && RowsOf(header) is > 0 and var rows && rows <= pass)
        {
            BeginData(header);
            Took(header.Values);
            bytes.Skip(size);
            return rows;
        }

        bytes.Peek(size);
        var (window, start) = (bytes.Buffer, bytes.Position);
        if (verify && header.Crc is { } crc && (int)Crc32.Of(window.AsSpan(start, size)) != crc)
            throw new DataFormatException("the page does not match its checksum (--no-verify-checksums reads it all the same)");
        bytes.Take(size);
        switch (header.Type)
        {
            case PageType.Dictionary: Dictionary(header, window, start, size); break;
            case PageType.Data: DataPage(header, window, start, size); break;
            default: DataPageV2(header, window, start, size); break;
        }
        return 0;
    }

    PageHeader ReadHeader()
    {
        for (long guess = HeaderGuess; ; guess *= 8)
        {
            var span = bytes.Peek((int)Math.Min(guess, limits.MetadataBytes));
            try
            {
                var header = PageHeader.Read(span, limits, out var length);
                bytes.Take(length);
                return header;
            }
            catch (Thrift.ThriftEndException) when (span.Length < bytes.Left && guess < limits.MetadataBytes)
            {
                // The header goes on behind the window: look further.
            }
        }
    }

    void CheckSize(PageHeader header)
    {
        long size = header.UncompressedSize;
        if (size > limits.PageBytes) throw ReadLimits.Exceeded("the size of a page", size, nameof(limits.PageBytes), limits.PageBytes);
        if (size > SuspiciousSize && size / SuspiciousRatio > header.CompressedSize && limits.PageBytes <= ReadLimits.Default.PageBytes)
            throw new LimitExceededException($"a page of {header.CompressedSize:N0} bytes claims to hold {size:N0}; "
                + "raise PageBytes in ReadLimits if the input is trusted (--read-limit PageBytes=N)");
    }

    void Dictionary(PageHeader header, byte[] window, int start, int size)
    {
        if (dictionarySeen) throw new DataFormatException("a second dictionary in one column chunk");
        if (dataSeen) throw new DataFormatException("a dictionary behind data pages");
        if (header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary))
            throw new DataFormatException($"a dictionary in the encoding {header.Encoding}");
        dictionarySeen = true;
        var (data, from, to) = Decompress(window, start, size, header.UncompressedSize);
        Values.SetDictionary(data.AsSpan(from, to - from), header.Values);
    }

    void DataPage(PageHeader header, byte[] window, int start, int size)
    {
        BeginData(header);
        var (data, from, to) = Decompress(window, start, size, header.UncompressedSize);
        if (Node.MaxRepetition > 0) from = Levels(repetitions, header.RepetitionEncoding, data, from, to, Node.MaxRepetition, header.Values);
        if (Node.MaxDefinition > 0) from = Levels(definitions, header.DefinitionEncoding, data, from, to, Node.MaxDefinition, header.Values);
        Values.BeginPage(header.Encoding, data, from, to, header.Values);
    }

    void DataPageV2(PageHeader header, byte[] window, int start, int size)
    {
        BeginData(header);
        var (repetitionBytes, definitionBytes) = (header.RepetitionBytes, header.DefinitionBytes);
        if (repetitionBytes < 0 || definitionBytes < 0 || (long)repetitionBytes + definitionBytes > Math.Min(size, header.UncompressedSize))
            throw new DataFormatException($"levels of {repetitionBytes:N0} and {definitionBytes:N0} bytes in a page of {size:N0}");
        if (header.Nulls < 0 || header.Nulls > header.Values)
            throw new DataFormatException($"{header.Nulls:N0} nulls among {header.Values:N0} values");
        if (header.Rows < 0 || header.Rows > header.Values) throw new DataFormatException($"{header.Rows:N0} rows of {header.Values:N0} values");
        var levels = repetitionBytes + definitionBytes;
        var (valuesFrom, valuesSize) = (start + levels, size - levels);
        // The levels stay in the window, which the next page may overwrite: keep them apart from the values.
        var (data, from, to) = header.Compressed && codec != Codec.Uncompressed
            ? Decompress(window, valuesFrom, valuesSize, header.UncompressedSize - levels)
            : (window, valuesFrom, valuesFrom + valuesSize);
        if ((!header.Compressed || codec == Codec.Uncompressed) && size != header.UncompressedSize)
            throw new DataFormatException($"an uncompressed page of {size:N0} bytes where {header.UncompressedSize:N0} were declared");
        var split = start + repetitionBytes;
        if (Node.MaxRepetition > 0) repetitions.Begin(window, start, split, Width(Node.MaxRepetition), (uint)Node.MaxRepetition);
        if (Node.MaxDefinition > 0) definitions.Begin(window, split, valuesFrom, Width(Node.MaxDefinition), (uint)Node.MaxDefinition);
        Values.BeginPage(header.Encoding, data, from, to, header.Values);
    }

    void BeginData(PageHeader header)
    {
        dataSeen = true;
        page++;
        if (header.Values > valuesLeft)
            throw new DataFormatException($"a page of {header.Values:N0} values where {valuesLeft:N0} are left in the column");
        pageLeft = header.Values;
    }

    (byte[] Data, int From, int To) Decompress(byte[] window, int start, int size, int uncompressed)
    {
        if (codec == Codec.Uncompressed)
        {
            if (size != uncompressed) throw new DataFormatException($"an uncompressed page of {size:N0} bytes where {uncompressed:N0} were declared");
            return (window, start, start + size);
        }
        if (pageBuffer.Length < uncompressed + Slack)
        {
            ReturnPage();
            pageBuffer = pool.Rent(uncompressed + Slack);
        }
        var source = window.AsSpan(start, size);
        var target = pageBuffer.AsSpan(0, uncompressed);
        if (uncompressed == 0 && size == 0) return (pageBuffer, 0, 0);
        switch (codec)
        {
            case Codec.Snappy: Snappy.Decompress(source, target); break;
            case Codec.Gzip: BclCodecs.Gunzip(source, target); break;
            case Codec.Brotli: BclCodecs.Unbrotli(source, target); break;
            case Codec.Zstd: Zstd.Decompress(source, target); break;
            case Codec.Lz4Raw: Lz4Block.Decompress(source, target); break;
            case Codec.Lz4Hadoop: Lz4Block.DecompressHadoop(source, target); break;
            default: throw UnknownCodec(codec);
        }
        return (pageBuffer, 0, uncompressed);
    }

    /// <summary>Starts on a version 1 page's levels and returns where they end.</summary>
    static int Levels(HybridDecoder levels, PageEncoding encoding, byte[] data, int from, int to, int most, int values)
    {
        var width = Width(most);
        if (encoding == PageEncoding.BitPacked)
        {
            var bytes = ((long)values * width + 7) / 8;
            if (bytes > to - from) throw new DataFormatException($"{bytes:N0} bytes of levels where {to - from:N0} are left");
            levels.BeginLegacy(data, from, from + (int)bytes, width, (uint)most);
            return from + (int)bytes;
        }
        if (encoding != PageEncoding.Rle) throw new DataFormatException($"levels in the encoding {encoding}");
        if (to - from < 4) throw new DataFormatException("the page ends before its levels");
        var length = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(from));
        from += 4;
        if (length < 0 || length > to - from) throw new DataFormatException($"{length:N0} bytes of levels where {to - from:N0} are left");
        levels.Begin(data, from, from + length, width, (uint)most);
        return from + length;
    }

    /// <summary>Gives the buffers back; the columns read so far have their own.</summary>
    public void Dispose()
    {
        GiveBackPages();
        Values.GiveBack();
    }

    /// <summary>Gives back what holds the chunk's pages; the next chunk gets its own.</summary>
    public void GiveBackPages()
    {
        bytes.Dispose();
        ReturnPage();
    }

    void ReturnPage()
    {
        if (pageBuffer.Length > 0) pool.Return(pageBuffer);
        pageBuffer = [];
    }

    static int Width(int most) => System.Numerics.BitOperations.Log2((uint)most) + 1;

    public static DataFormatException UnknownCodec(Codec codec) =>
        new($"compressed with {(Enum.IsDefined(codec) ? codec.ToString().ToUpperInvariant() : $"the unknown codec {(int)codec}")}, which is "
            + "not supported");
}

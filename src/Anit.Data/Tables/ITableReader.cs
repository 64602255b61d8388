namespace Anit.Data;

/// <summary>A table being read, batch by batch, whatever its format.</summary>
public interface ITableReader : IAsyncDisposable
{
    /// <summary>Columns and metadata.</summary>
    Schema Schema { get; }

    /// <summary>Metadata that stands at the end of the input (receipts in an Arrow stream); empty until the last batch was read.</summary>
    IReadOnlyDictionary<string, string> LateMetadata { get; }

    /// <summary>The rows in order; may be enumerated once.</summary>
    IAsyncEnumerable<ColumnBatch> ReadBatchesAsync(CancellationToken stop = default);
}

/// <summary>A table being written. Disposing without <see cref="FinishAsync"/> discards it: a file keeps its old content,
/// a stream gets no end marker.</summary>
public interface ITableWriter : IAsyncDisposable
{
    /// <summary>Appends the rows of a batch; its columns must be those of the schema.</summary>
    ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default);

    /// <summary>Completes the output. <paramref name="lateMetadata"/> is what was known only now; it overrides the schema's.</summary>
    ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null);
}

/// <summary>The formats of tables.</summary>
public enum TableFormat
{
    /// <summary>Apache Parquet, <c>.parquet</c>.</summary>
    Parquet,
    /// <summary>Arrow IPC file, <c>.arrow</c> (also <c>.feather</c>).</summary>
    ArrowFile,
    /// <summary>Arrow IPC stream, <c>.arrows</c>; what pipes carry.</summary>
    ArrowStream,
    /// <summary>One JSON object a line, <c>.jsonl</c>.</summary>
    Jsonl,
    /// <summary>One JSON array of objects, <c>.json</c>.</summary>
    JsonArray,
    /// <summary>Comma-separated text with a header, <c>.csv</c>; tabs in <c>.tsv</c>.</summary>
    Csv,
}

/// <summary>How to read a table.</summary>
public sealed record ReadOptions
{
    /// <summary>Read only these columns, in this order; null reads all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }
    /// <summary>Parquet: rows outside of any of these need not be read; what cannot hold such values is passed over.</summary>
    public IReadOnlyList<ColumnRange> Ranges { get; init; } = [];
    /// <summary>Only rows for which this is true; what Parquet's statistics rule out is passed over.</summary>
    public RowFilter? Where { get; init; }
    /// <summary>Only these rows by their numbers; null reads all. <see cref="Where"/> chooses among them.</summary>
    public RowNumbers? Rows { get; init; }
    /// <summary>Parquet: only these row groups, in this order; null reads all (<see cref="ParquetFooter"/> tells what is in them).</summary>
    public IReadOnlyList<int>? RowGroups { get; init; }
    /// <summary>Bounds against hostile input.</summary>
    public ReadLimits Limits { get; init; } = ReadLimits.Default;
    /// <summary>The input's name in messages.</summary>
    public string? Name { get; init; }
    /// <summary>Most rows in a batch.</summary>
    public int BatchRows { get; init; } = 8_192;
    /// <summary>For JSON and CSV: the columns to expect, instead of inferring them from the first rows.</summary>
    public Schema? Schema { get; init; }
    /// <summary>For JSON and CSV: the types of some columns, by name or, inside structs and lists, by path (<c>who.age</c>, <c>ids.element</c>);
    /// the others are inferred. Numbers are read exactly as the type has it, text takes anything, a JSON column that only later rows have is there
    /// from the start.</summary>
    public IReadOnlyDictionary<string, DataType> Types { get; init; } = new Dictionary<string, DataType>();
    /// <summary>For JSON and CSV: how many rows to infer the columns from.</summary>
    public int InferRows { get; init; } = 10_000;
    /// <summary>Parquet: refuse pages that do not match their checksum, where they have one.</summary>
    public bool VerifyChecksums { get; init; } = true;
    /// <summary>Accept a pipe that ends without its end marker, as far as it got.</summary>
    public bool AllowTruncated { get; init; }
    /// <summary>Each batch is valid only until the next one is asked for: its memory is used again. Rows that only pass through flow faster
    /// so.</summary>
    public bool ReuseMemory { get; init; }
    /// <summary>Parquet: threads that decode columns and row groups at once; the rows, their order and errors are those of one. Beside the
    /// batch that is out, up to 32 MiB of values a thread are decoded ahead, and as many row groups as threads have their pages in memory.</summary>
    public int Threads { get; init; } = 1;
    /// <summary>Bytes of values that each of several threads may have decoded ahead.</summary>
    internal long AheadBytes { get; init; } = 32L << 20;
    /// <summary>Where batches that are in use have their memory; null when there is one at a time.</summary>
    internal BatchMemory? Memory { get; init; }
    /// <summary>Several files as one table: the column whose values must differ among all of them; null checks none.</summary>
    public string? UniqueColumn { get; init; }
    /// <summary>Several files as one table: carry their receipts, and one for putting the files together, which takes a digest of all rows.</summary>
    public bool CarryReceipts { get; init; }
    /// <summary>Takes one line for the user when the input is odd but readable.</summary>
    public Action<string>? Warn { get; init; }
}

/// <summary>Compression of Parquet pages and Arrow bodies.</summary>
public enum Compression
{
    /// <summary>Zstandard for Parquet, none for Arrow.</summary>
    Default,
    /// <summary>None.</summary>
    None,
    /// <summary>Zstandard.</summary>
    Zstd,
    /// <summary>Snappy (Parquet).</summary>
    Snappy,
    /// <summary>LZ4: raw blocks in Parquet, frames in Arrow.</summary>
    Lz4,
    /// <summary>gzip (Parquet).</summary>
    Gzip,
    /// <summary>Brotli (Parquet).</summary>
    Brotli,
}

/// <summary>How to write a table.</summary>
public sealed record WriteOptions
{
    /// <summary>The format, if the file's extension should not decide.</summary>
    public TableFormat? Format { get; init; }
    /// <summary>Compression of pages and bodies.</summary>
    public Compression Compression { get; init; }
    /// <summary>Level of the codec; null takes its usual one (zstd 3).</summary>
    public int? Level { get; init; }
    /// <summary>Parquet: most rows in a row group.</summary>
    public int RowGroupRows { get; init; } = 122_880;
    /// <summary>Parquet: raw bytes at which a row group is cut; bounds the writer's memory. Columns that a receipt says a stage added do not count,
    /// so that a table keeps its row groups from stage to stage.</summary>
    public long RowGroupBytes { get; init; } = 64L << 20;
    /// <summary>Parquet: raw bytes at which a page is cut.</summary>
    public int PageBytes { get; init; } = 1 << 20;
    /// <summary>Parquet: rows at which a page is cut.</summary>
    public int PageRows { get; init; } = 20_000;
    /// <summary>Parquet: data pages of version 2 instead of 1.</summary>
    public bool PageV2 { get; init; }
    /// <summary>Parquet: columns that get a bloom filter in each row group, by name or path (<c>words.list.element</c>): a reader after one value
    /// then passes over nearly all row groups that do not hold it. For columns of many values in no order, such as ids.</summary>
    public IReadOnlyList<string> BloomFilters { get; init; } = [];
    /// <summary>Parquet: the share of other values that a bloom filter takes for one of its own; less makes it larger (0.01 takes about 10 bits a
    /// distinct value).</summary>
    public double BloomFalsePositives { get; init; } = 0.01;
    /// <summary>CSV: what stands between cells.</summary>
    public char Separator { get; init; } = ',';
    /// <summary>Parquet: try dictionaries on all columns, not only on dictionary columns.</summary>
    public bool Dictionaries { get; init; } = true;
    /// <summary>Parquet: threads that compress pages. The file is the same with any number.</summary>
    public int Threads { get; init; } = 1;
    /// <summary>Parquet: columns that do not count for <see cref="RowGroupBytes"/> beside those of receipts.</summary>
    internal IReadOnlyCollection<string> Added { get; init; } = [];
    /// <summary>Parquet: columns whose chunks are taken over as they are.</summary>
    internal Parquet.Write.PassedColumns? Passed { get; init; }
    /// <summary>Parquet: asked at the end for the digests of the columns, to be kept beside the seal.</summary>
    internal Func<string?>? ColumnDigests { get; init; }
}

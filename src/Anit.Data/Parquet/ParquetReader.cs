using System.Buffers;
using System.Buffers.Binary;
using System.Collections.ObjectModel;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Read;
using Anit.Data.Parquet.Schemas;
using Anit.Data.Parquet.Write;
using Anit.Data.Receipts;

namespace Anit.Data.Parquet;

/// <summary>Reads a Parquet file: the footer first, then batches of rows across its row groups.</summary>
sealed class ParquetReader : ITableReader, ISealedReader
{
    const int FooterTail = 8;
    const int MostReadAhead = 1 << 18, LeastReadAhead = 1 << 12, AllReadAhead = 16 << 20;
    const long BatchTarget = 16 << 20;

    readonly ByteSource file;
    readonly ReadOptions options;
    readonly FileMeta meta;
    readonly List<SchemaNode> leaves;
    readonly IReadOnlyList<Shape> shapes;
    readonly FieldReader[] fields;
    readonly long footerStart;
    readonly List<(ColumnRange Range, SchemaNode Leaf)> ranges;
    ParallelBatches? parallel;
    long[]? firstRows;
    bool borrows; // the file is another reader's

    ParquetReader(ByteSource file, ReadOptions options, FileMeta meta, long footerStart)
    {
        (this.file, this.options, this.meta, this.footerStart) = (file, options, meta, footerStart);
        (var root, leaves) = SchemaNode.Tree(meta.Schema, options.Limits);
        RowGroupChecks.Check(meta, leaves, footerStart);
        var shapes = Shapes.Of(root);
        var hints = ArrowHints.Read(meta.KeyValues.GetValueOrDefault(ArrowHints.Key));
        if (hints is not null) shapes = [.. ArrowHints.Refine(shapes, hints)];
        AllLeaves = [.. shapes.SelectMany(s => s.Leaves)];
        var metadata = ArrowHints.Metadata(meta, hints);
        foreach (var own in new[] { FileSeal.Key, Layout.Key, ColumnDigests.Key }) metadata.Remove(own); // they speak of this file only
        var all = new Schema(shapes.Select(s => s.Field), metadata);
        ranges = [.. options.Ranges.Concat(options.Where?.Ranges(all) ?? []).Select(r => (r, Pruner.Leaf(r, leaves)))];
        if (options.Columns is { } names)
        {
            shapes = [.. names.Select(n => shapes[all.IndexOf(n) is >= 0 and var i ? i : throw all.NoColumn(n)])];
            all = new(shapes.Select(s => s.Field), metadata);
        }
        Schema = all;
        foreach (var group in options.RowGroups ?? [])
            if ((uint)group >= (uint)meta.RowGroups.Count)
                throw new ArgumentOutOfRangeException(nameof(options), group, $"The file has {meta.RowGroups.Count} row groups, counted from 0.");
        options.Rows?.CheckEnd(meta.Rows);
        this.shapes = [.. shapes];
        fields = NewFields();
    }

    public Schema Schema { get; }

    public bool SealFits => meta.KeyValues.GetValueOrDefault(FileSeal.Key) is { } seal && seal == FileSeal.Of(footerStart, file.Read);

    /// <summary>What reads on several threads, once it does.</summary>
    public ParallelBatches? Parallel => parallel;

    /// <summary>The footer.</summary>
    public FileMeta Meta => meta;

    /// <summary>Whether it gives all columns of all rows.</summary>
    public bool IsWhole => options is { Columns: null, Rows: null, RowGroups: null, Where: null, Ranges.Count: 0 };

    /// <summary>The same rows with only these columns, of the same open file; this reader must outlive it.</summary>
    public ParquetReader Narrowed(IReadOnlyList<string> columns) =>
        new(file, options with { Columns = columns }, meta, footerStart) { borrows = true };

    /// <summary>The file, for what is taken from it as it is.</summary>
    public ByteSource File => file;

    /// <summary>Where the footer begins, behind all else.</summary>
    public long FooterStart => footerStart;

    /// <summary>Whether the order of the columns is given, without which their bounds mean nothing.</summary>
    public bool IsOrdered => meta.Ordered == leaves.Count;

    public ReadLimits Limits => options.Limits;

    /// <summary>The bytes of a page index, null where there is none.</summary>
    public byte[]? Index(long offset, int length) => length <= 0 ? null : PageIndex.Bytes(file, offset, length, footerStart, options.Limits);

    /// <summary>The leaf columns that the footer describes, chosen or not.</summary>
    public IReadOnlyList<LeafShape> AllLeaves { get; }

    public IReadOnlyDictionary<string, string> LateMetadata => ReadOnlyDictionary<string, string>.Empty;

    public static async Task<ITableReader> OpenAsync(Stream stream, ReadOptions options, CancellationToken stop)
    {
        var file = await ByteSource.OpenAsync(stream, stop).ConfigureAwait(false);
        try
        {
            var (meta, start) = ReadFooter(file, options.Limits);
            return new ParquetReader(file, options, meta, start);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static (FileMeta Meta, long Start) ReadFooter(ByteSource file, ReadLimits limits)
    {
        if (file.Length < 4 + FooterTail) throw new DataFormatException($"the file has {file.Length} bytes, too few for Parquet");
        Span<byte> tail = stackalloc byte[FooterTail];
        file.Read(file.Length - FooterTail, tail);
        if (tail[4..].SequenceEqual("PARE"u8)) throw new DataFormatException("the footer is encrypted; encryption is not supported");
        if (!tail[4..].SequenceEqual("PAR1"u8))
            throw new DataFormatException("the file does not end with PAR1: it is cut short or not Parquet").At(offset: file.Length - 4);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        var start = file.Length - FooterTail - length;
        if (length == 0 || start < 4)
            throw new DataFormatException($"a footer of {length:N0} bytes in a file of {file.Length:N0}").At(offset: file.Length - FooterTail);
        if (length > limits.MetadataBytes)
            throw ReadLimits.Exceeded("the size of the footer", length, nameof(limits.MetadataBytes), limits.MetadataBytes);
        var footer = new byte[length];
        file.Read(start, footer);
        try
        {
            return (FileMeta.Read(footer, limits), start);
        }
        catch (DataFormatException e)
        {
            throw e.At(offset: start);
        }
    }

    public IAsyncEnumerable<ColumnBatch> ReadBatchesAsync(CancellationToken stop = default) => options.Threads > 1
        ? (parallel ??= new(this, options)).ReadAsync(stop) : new AsyncBatches(Batches(stop), options.Name);

    IEnumerable<ColumnBatch> Batches(CancellationToken stop)
    {
        var pending = new PendingColumns(Schema, fields.Length);
        foreach (var group in Groups)
        {
            if (Plan(group) is not { } plan) continue;
            Begin(plan, fields);
            for (var at = new RunPosition(plan.Runs); at.Next(plan.Most, out var skip, out var rows);)
            {
                if (skip > 0)
                    foreach (var field in fields) Skip(plan, field, skip);
                stop.ThrowIfCancellationRequested();
                rows = pending.Rows(rows);
                for (var i = 0; i < fields.Length; i++)
                {
                    if (pending.Lacks(i)) pending.Add(i, Read(plan, fields[i], rows));
                    rows = pending.Rows(rows);
                }
                yield return pending.Cut(rows);
                at.Took(rows);
            }
            CheckEnds(plan, fields);
        }
    }

    /// <summary>Readers of all fields, to go through row groups with; each knows by its memory which of its columns are in use.</summary>
    public FieldReader[] NewFields(Func<int, BatchMemory>? memory = null, ArrayPool<byte>? pages = null) => [.. shapes.Select((shape, i) =>
    {
        var how = memory is null ? options : options with { Memory = memory(i) };
        return FieldReader.Of(shape, [.. shape.Leaves.Select(leaf =>
            new ColumnChunkReader(leaf.Node, LeafReaders.Of(leaf, how), options.Limits, options.VerifyChecksums,
                pages ?? ArrayPool<byte>.Shared))], options.Limits);
    })];

    /// <summary>The row groups to read, in order.</summary>
    public IEnumerable<int> Groups => options.RowGroups ?? Enumerable.Range(0, meta.RowGroups.Count);

    /// <summary>What to read of a row group; null where nothing is.</summary>
    public GroupPlan? Plan(int group)
    {
        var rowGroup = meta.RowGroups[group];
        var runs = Runs(rowGroup, group);
        if (options.Rows is { } wanted) runs = Pruner.Common(runs, wanted.Within((firstRows ??= FirstRows(meta))[group], rowGroup.Rows));
        return runs.Count == 0 && rowGroup.Rows > 0 ? null : new(group, rowGroup, rowGroup.Rows > 0 ? runs : [], BatchRows(rowGroup));
    }

    /// <summary>The number of each row group's first row.</summary>
    public static long[] FirstRows(FileMeta meta)
    {
        var first = new long[meta.RowGroups.Count];
        for (var i = 1; i < first.Length; i++) first[i] = first[i - 1] + meta.RowGroups[i - 1].Rows;
        return first;
    }

    /// <summary>The rows of a group that may match the ranges asked for: all of them where there are none, or no order to compare by.</summary>
    List<(long From, long To)> Runs(RowGroup group, int ordinal)
    {
        if (ranges.Count == 0 || !IsOrdered) return [(0, group.Rows)];
        try
        {
            return Pruner.Rows(ranges, group, chunk => PageIndex.Of(file, chunk, group.Rows, footerStart, bounds: true, options.Limits),
                chunk => BloomFilter.Of(file, chunk, footerStart, options.Limits));
        }
        catch (DataFormatException e)
        {
            throw e.At(options.Name, ordinal);
        }
    }

    /// <summary>Passes over rows of a field.</summary>
    public void Skip(GroupPlan plan, FieldReader field, long rows)
    {
        try
        {
            field.Skip(rows);
        }
        catch (DataFormatException e)
        {
            throw e.At(options.Name, plan.Ordinal, field.Columns[0].Path, field.Columns[0].PageOffset);
        }
    }

    /// <summary>The next rows of a field, at least one.</summary>
    public Column Read(GroupPlan plan, FieldReader field, int rows)
    {
        try
        {
            return field.Read(rows);
        }
        catch (DataFormatException e)
        {
            throw e.At(options.Name, plan.Ordinal, field.Columns[0].Path, field.Columns[0].PageOffset);
        }
    }

    /// <summary>Sets fields on a row group.</summary>
    public void Begin(GroupPlan plan, FieldReader[] on)
    {
        var group = plan.Group;
        var count = Math.Max(1, on.Sum(f => f.Columns.Count));
        var ahead = Math.Clamp(AllReadAhead / count, LeastReadAhead, MostReadAhead);
        foreach (var field in on) field.Begin();
        foreach (var column in on.SelectMany(f => f.Columns))
        {
            var chunk = group.Chunks[column.Node.Leaf];
            var (from, to) = RowGroupChecks.Range(chunk, footerStart);
            var index = (ranges.Count > 0 || options.Rows is not null) && column.Node.MaxRepetition > 0
                ? PageIndex.Of(file, chunk, group.Rows, footerStart, bounds: false, options.Limits) : null;
            column.Begin(file, chunk, from, to, ahead, index);
        }
    }

    /// <summary>Rows that take about the target's bytes by the footer's sizes, which only guide.</summary>
    int BatchRows(RowGroup group)
    {
        double bytes = fields.SelectMany(f => f.Columns).Sum(c => Math.Max(0, group.Chunks[c.Node.Leaf].UncompressedBytes));
        var rows = BatchTarget / Math.Max(1, bytes / Math.Max(1, group.Rows));
        return (int)Math.Clamp(rows, Math.Min(64, options.BatchRows), options.BatchRows);
    }

    /// <summary>A row group that was read to its last row must be read out.</summary>
    public void CheckEnds(GroupPlan plan, FieldReader[] of)
    {
        if (!plan.ReachesEnd) return;
        foreach (var field in of)
        {
            try
            {
                field.CheckEnd();
            }
            catch (DataFormatException e)
            {
                throw e.At(options.Name, plan.Ordinal);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (parallel is not null) await parallel.DisposeAsync().ConfigureAwait(false);
        foreach (var field in fields) field.Dispose();
        if (!borrows) await file.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Batches made without waiting, as the asynchronous sequence that all readers give.</summary>
sealed class AsyncBatches(IEnumerable<ColumnBatch> batches, string? name) : IAsyncEnumerable<ColumnBatch>
{
    public IAsyncEnumerator<ColumnBatch> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(batches.GetEnumerator(), name, cancellationToken);

    sealed class Enumerator(IEnumerator<ColumnBatch> inner, string? name, CancellationToken stop) : IAsyncEnumerator<ColumnBatch>
    {
        public ColumnBatch Current => inner.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                return new(inner.MoveNext());
            }
            catch (DataFormatException e)
            {
                throw e.At(file: name);
            }
        }

        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return default;
        }
    }
}

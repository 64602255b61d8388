using System.Reflection;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Schemas;
using Anit.Data.Parquet.Thrift;
using Anit.Data.Parquet.Write;
using Anit.Data.Receipts;

namespace Anit.Data.Parquet;

/// <summary>Writes a Parquet file front to back: row groups as they fill, page indexes and footer at the end.</summary>
/// <remarks>Memory holds the compressed pages of one row group and one raw page a column. The target need not seek. <see cref="Layout"/> says where
/// row groups and pages end.</remarks>
sealed class ParquetWriter : ITableWriter
{
    const int MostRowsAtOnce = 2_048;

    readonly Stream stream;
    readonly Schema schema;
    readonly WriteOptions options;
    readonly WriteSchema layout;
    readonly Shredder shredder = new();
    readonly FileMeta meta = new() { Version = 2, CreatedBy = CreatedBy };
    readonly List<(ColumnChunk Chunk, byte[]? Bounds, byte[]? Offsets)> indexes = [];
    readonly IReadOnlyList<string> counted;
    readonly List<ColumnChunkWriter> measured; // the leaves of the columns that count for a row group's bytes
    readonly PassedColumns? passed;
    List<SchemaElement>? copied; // the layout of row groups taken over
    bool layoutChecked;
    long position;
    int groupRows;

    ParquetWriter(Stream stream, Schema schema, WriteOptions options)
    {
        (this.stream, this.schema, this.options) = (stream, schema, options);
        layout = new(schema, options);
        foreach (var name in options.BloomFilters)
            if (layout.Leaves.All(leaf => name != leaf.Path[0] && name != string.Join('.', leaf.Path))) throw schema.NoColumn(name);
        meta.Schema = layout.Elements;
        counted = Layout.Counted(schema, options.Added);
        measured = [.. layout.Leaves.Where(leaf => counted.Contains(leaf.Path[0]))];
        passed = options.Passed;
    }

    /// <summary>What this build calls itself, in the form that other readers parse: name, version, build.</summary>
    public static string CreatedBy { get; } =
        $"anit version {typeof(ParquetWriter).Assembly.GetName().Version!.ToString(3)} (build {Build()})";

    public static ParquetWriter Create(Stream stream, Schema schema, WriteOptions options) => new ParquetWriter(stream, schema, options);

    public async ValueTask WriteAsync(ColumnBatch batch, CancellationToken stop = default)
    {
        if (batch.Columns.Count != schema.Fields.Count)
            throw new ArgumentException($"{batch.Columns.Count} columns for {schema.Fields.Count} fields", nameof(batch));
        await BeginAsync(stop).ConfigureAwait(false);
        if (copied is not null && !layoutChecked)
        {
            RowGroupCopy.CheckLevels(Leaves(copied), Leaves(layout.Elements));
            layoutChecked = true;
        }
        for (var start = 0; start < batch.Rows;)
        {
            stop.ThrowIfCancellationRequested();
            var count = passed is null ? RowsAtOnce(batch, start) : (int)Math.Min(batch.Rows - start, PassedRows() - groupRows);
            for (var c = 0; c < batch.Columns.Count; c++)
                if (passed?.Names.Contains(schema.Fields[c].Name) != true) Append(layout.Fields[c], batch.Columns[c], start, count);
            start += count;
            groupRows += count;
            if (passed is null ? groupRows >= options.RowGroupRows || Measured() >= options.RowGroupBytes : groupRows == PassedRows())
                await EndGroupAsync(stop).ConfigureAwait(false);
        }
    }

    long Measured() => measured.Sum(leaf => leaf.RawBytes);

    // Rows of which only the last can end the row group.
    int RowsAtOnce(ColumnBatch batch, int start)
    {
        var (count, room) = (Math.Min(Math.Min(batch.Rows - start, MostRowsAtOnce), options.RowGroupRows - groupRows),
            options.RowGroupBytes - Measured());
        while (count > 1 && AtMost() >= room) count /= 2;
        return count;

        long AtMost()
        {
            var bytes = 0L;
            for (var c = 0; c < batch.Columns.Count; c++)
                if (counted.Contains(schema.Fields[c].Name)) bytes += ColumnSize.AtMost(batch.Columns[c], start, count);
            return bytes;
        }
    }

    // Row groups end where the source's do: that is where they would end without it.
    long PassedRows() => meta.RowGroups.Count < passed!.Source.Meta.RowGroups.Count ? passed.Source.Meta.RowGroups[meta.RowGroups.Count].Rows
        : throw new InvalidOperationException("more rows are written than the columns have that are passed on");

    static List<SchemaNode> Leaves(List<SchemaElement> elements) => SchemaNode.Tree(elements, ReadLimits.Default).Leaves;

    // In runs of which only the last row can end a page.
    void Append(WriteNode node, Column column, int start, int count)
    {
        for (var end = start + count; start < end;)
        {
            var (rows, room) = (Math.Min(end - start, MostRowsAtOnce), long.MaxValue);
            foreach (var leaf in node.Leaves) (rows, room) = (Math.Min(rows, leaf.Room.Rows), Math.Min(room, leaf.Room.Bytes));
            while (rows > 1 && ColumnSize.AtMost(column, start, rows) >= room) rows /= 2;
            rows = Math.Max(1, rows);
            shredder.Write(node, column, start, rows);
            start += rows;
        }
    }

    public async ValueTask FinishAsync(IReadOnlyDictionary<string, string>? lateMetadata = null)
    {
        await BeginAsync(default).ConfigureAwait(false);
        if (groupRows > 0) await EndGroupAsync(default).ConfigureAwait(false);
        if (passed is not null && meta.Rows != passed.Source.Meta.Rows)
            throw new InvalidOperationException($"{meta.Rows} rows are written, and the columns passed on have {passed.Source.Meta.Rows}");
        await WriteIndexesAsync().ConfigureAwait(false);

        var whole = schema.WithMetadata(lateMetadata ?? new Dictionary<string, string>());
        foreach (var (key, value) in whole.Metadata) meta.KeyValues[key] = value;
        meta.KeyValues[ArrowHints.Key] = ArrowHints.Write(whole);
        if (copied is null && Layout.Of(options) is { } cut && Layout.Counted(whole, []).SequenceEqual(counted)) meta.KeyValues[Layout.Key] = cut;
        if (FileSeal.Of(stream, position, whole.Metadata) is { } seal)
        {
            meta.KeyValues[FileSeal.Key] = seal;
            if (options.ColumnDigests?.Invoke() is { } digests) meta.KeyValues[ColumnDigests.Key] = digests;
        }
        var footer = new ByteBuffer();
        meta.Write(new CompactWriter(footer));
        footer.AppendValue(footer.Length);
        footer.Append("PAR1"u8);
        await PutAsync(footer.WrittenMemory).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => layout.Packer.AbandonAsync();

    async ValueTask BeginAsync(CancellationToken stop)
    {
        if (position > 0) return;
        await stream.WriteAsync("PAR1"u8.ToArray(), stop).ConfigureAwait(false);
        position = 4;
    }

    async ValueTask EndGroupAsync(CancellationToken stop)
    {
        var group = new RowGroup { Rows = groupRows, FileOffset = position, Ordinal = meta.RowGroups.Count };
        if (options.Threads > 1)
            foreach (var leaf in layout.Leaves) leaf.EndPage(); // the last pages of all columns side by side
        foreach (var leaf in layout.Leaves)
        {
            if (passed?.Leaf(leaf.Path) is { } there)
            {
                var source = passed.Source.Meta.RowGroups[meta.RowGroups.Count];
                await TakeOverAsync(passed.Source, source.Chunks[there], group, verify: true, stop).ConfigureAwait(false);
                group.TotalBytes += source.Chunks[there].UncompressedBytes;
                continue;
            }
            var (chunk, index) = await leaf.FlushAsync(stream, position, stop).ConfigureAwait(false);
            position += chunk.CompressedBytes;
            group.Chunks.Add(chunk);
            group.TotalBytes += chunk.UncompressedBytes;
            group.CompressedBytes += chunk.CompressedBytes;
            indexes.Add((chunk, index.HasBounds ? Encoded(index.WriteBounds) : null, Encoded(index.WriteOffsets)));
        }
        await WriteBloomFiltersAsync(group).ConfigureAwait(false);
        meta.RowGroups.Add(group);
        meta.Rows += groupRows;
        groupRows = 0;
    }

    /// <summary>Takes over all row groups of another file as they are. Rows written before are a row group of their own.</summary>
    public async ValueTask CopyAsync(ParquetReader from, CancellationToken stop)
    {
        await BeginAsync(stop).ConfigureAwait(false);
        if (groupRows > 0) await EndGroupAsync(stop).ConfigureAwait(false);
        if (copied is null) meta.Schema = copied = from.Meta.Schema;
        else RowGroupCopy.CheckSame(copied, from.Meta.Schema);
        foreach (var old in from.Meta.RowGroups)
        {
            var group = new RowGroup { Rows = old.Rows, FileOffset = position, Ordinal = meta.RowGroups.Count, TotalBytes = old.TotalBytes };
            foreach (var chunk in old.Chunks) await TakeOverAsync(from, chunk, group, verify: false, stop).ConfigureAwait(false);
            await WriteBloomFiltersAsync(group).ConfigureAwait(false);
            meta.RowGroups.Add(group);
            meta.Rows += group.Rows;
        }
    }

    async ValueTask TakeOverAsync(ParquetReader from, ColumnChunk chunk, RowGroup group, bool verify, CancellationToken stop)
    {
        var moved = await RowGroupCopy.ChunkAsync(from.File, from.FooterStart, chunk, from.IsOrdered, stream, position,
            verify ? from.Limits : null, stop).ConfigureAwait(false);
        moved.Bloom = BloomFilter.Of(from.File, chunk, from.FooterStart, from.Limits);
        group.Chunks.Add(moved);
        group.CompressedBytes += moved.CompressedBytes;
        indexes.Add((moved, from.IsOrdered ? from.Index(chunk.ColumnIndexOffset, chunk.ColumnIndexLength) : null,
            from.Index(chunk.OffsetIndexOffset, chunk.OffsetIndexLength) is { } offsets
                ? RowGroupCopy.Moved(offsets, moved.DataPageOffset - chunk.DataPageOffset, from.Limits) : null));
        position += moved.CompressedBytes;
    }

    async ValueTask WriteBloomFiltersAsync(RowGroup group)
    {
        foreach (var chunk in group.Chunks)
        {
            if (chunk.Bloom is null) continue;
            var bytes = chunk.Bloom.Encoded();
            (chunk.BloomFilterOffset, chunk.BloomFilterLength, chunk.Bloom) = (position, bytes.Length, null);
            await PutAsync(bytes).ConfigureAwait(false);
        }
    }

    async ValueTask WriteIndexesAsync()
    {
        foreach (var (chunk, bounds, _) in indexes)
        {
            if (bounds is null) continue;
            (chunk.ColumnIndexOffset, chunk.ColumnIndexLength) = (position, bounds.Length);
            await PutAsync(bounds).ConfigureAwait(false);
        }
        foreach (var (chunk, _, offsets) in indexes)
        {
            if (offsets is null) continue;
            (chunk.OffsetIndexOffset, chunk.OffsetIndexLength) = (position, offsets.Length);
            await PutAsync(offsets).ConfigureAwait(false);
        }
    }

    static byte[] Encoded(Action<CompactWriter> write)
    {
        var buffer = new ByteBuffer();
        write(new CompactWriter(buffer));
        return buffer.Written.ToArray();
    }

    async ValueTask PutAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes).ConfigureAwait(false);
        position += bytes.Length;
    }

    static string Build() => typeof(ParquetWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        .Split('+') is [_, var hash, ..] ? hash : "none";
}

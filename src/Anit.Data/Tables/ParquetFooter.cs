using Anit.Data.Parquet;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Read;

namespace Anit.Data;

/// <summary>What a Parquet file says of itself: rows, row groups, and each column's size, nulls and range, without reading any value.</summary>
/// <example><code>
/// var footer = await ParquetFooter.ReadAsync("train.parquet");
/// Console.WriteLine($"{footer.Rows} rows, beta from {footer.Column("beta").Min} to {footer.Column("beta").Max}");
/// </code></example>
public sealed class ParquetFooter
{
    ParquetFooter(ParquetReader reader)
    {
        var meta = reader.Meta;
        (Schema, Rows, CreatedBy) = (reader.Schema, meta.Rows, meta.CreatedBy);
        var ordered = reader.IsOrdered;
        var first = ParquetReader.FirstRows(meta);
        RowGroups = [.. meta.RowGroups.Select((group, i) => new RowGroupFacts(i, first[i], group.Rows,
            [.. reader.AllLeaves.Select(leaf => ColumnChunkFacts.Of(leaf, group.Chunks[leaf.Node.Leaf], ordered))]))];
        Columns = [.. reader.AllLeaves.Select(leaf => Together(new(string.Join('.', leaf.Node.Path), leaf.Field.Type)))];
    }

    /// <summary>Columns and metadata.</summary>
    public Schema Schema { get; }

    /// <summary>Rows of the table.</summary>
    public long Rows { get; }

    /// <summary>The program that wrote the file, as it calls itself.</summary>
    public string CreatedBy { get; }

    /// <summary>The row groups in order.</summary>
    public IReadOnlyList<RowGroupFacts> RowGroups { get; }

    /// <summary>Each leaf column over all row groups; inside lists and structs by path (<c>words.list.element</c>).</summary>
    public IReadOnlyList<ColumnChunkFacts> Columns { get; }

    /// <summary>A column over all row groups; an error names the columns there are.</summary>
    public ColumnChunkFacts Column(string path) => ColumnChunkFacts.Find(Columns, path);

    /// <summary>Reads a file's footer.</summary>
    public static async Task<ParquetFooter> ReadAsync(string path, CancellationToken stop = default)
    {
        await using var reader = await Table.OpenAsync(DataSource.File(path), stop: stop).ConfigureAwait(false);
        return reader is ParquetReader parquet ? new(parquet) : throw new DataFormatException("not a Parquet file").At(file: path);
    }

    ColumnChunkFacts Together(ColumnChunkFacts all)
    {
        for (var i = 0; i < RowGroups.Count; i++)
        {
            var one = RowGroups[i].Column(all.Column);
            all = i == 0 ? one : all with
            {
                Values = all.Values + one.Values, Nulls = all.Nulls + one.Nulls,
                CompressedBytes = all.CompressedBytes + one.CompressedBytes, RawBytes = all.RawBytes + one.RawBytes,
                Min = Outer(all, one, all.Min, one.Min, -1), MinExact = all.MinExact && one.MinExact,
                Max = Outer(all, one, all.Max, one.Max, 1), MaxExact = all.MaxExact && one.MaxExact,
                HasPageIndex = all.HasPageIndex && one.HasPageIndex, HasBloomFilter = all.HasBloomFilter && one.HasBloomFilter,
            };
        }
        return all;
    }

    // A row group without values has no bounds, and needs none.
    static object? Outer(ColumnChunkFacts all, ColumnChunkFacts one, object? a, object? b, int sign)
    {
        if (all.Nulls == all.Values) return b;
        if (one.Nulls == one.Values) return a;
        if (a is null || b is null) return null;
        var order = a is string x && b is string y ? string.CompareOrdinal(x, y)
            : a is byte[] p && b is byte[] q ? p.AsSpan().SequenceCompareTo(q) : ((IComparable)a).CompareTo(b);
        return order * sign > 0 ? a : b;
    }
}

/// <summary>A row group: its place among the table's rows, and its columns.</summary>
/// <param name="Index">Its number, counted from 0: what <see cref="ReadOptions.RowGroups"/> takes.</param>
/// <param name="FirstRow">The number of its first row.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">Its leaf columns.</param>
public sealed record RowGroupFacts(int Index, long FirstRow, long Rows, IReadOnlyList<ColumnChunkFacts> Columns)
{
    /// <summary>Bytes in the file.</summary>
    public long CompressedBytes => Columns.Sum(c => c.CompressedBytes);

    /// <summary>A column; an error names the columns there are.</summary>
    public ColumnChunkFacts Column(string path) => ColumnChunkFacts.Find(Columns, path);
}

/// <summary>What a file says of a leaf column, in one row group or in all.</summary>
/// <param name="Column">Its path.</param>
/// <param name="Type">Its type.</param>
public sealed record ColumnChunkFacts(string Column, DataType Type)
{
    /// <summary>Values, nulls and empty lists included.</summary>
    public long Values { get; init; }
    /// <summary>How many are null; null when the file does not say.</summary>
    public long? Nulls { get; init; }
    /// <summary>The smallest value as <see cref="CellObjects.Value"/> gives it, text in the order of its bytes; null when the file does not
    /// say.</summary>
    public object? Min { get; init; }
    /// <summary>The largest value; null when the file does not say.</summary>
    public object? Max { get; init; }
    /// <summary>Whether <see cref="Min"/> is a value of the column, not just a bound: writers shorten long texts.</summary>
    public bool MinExact { get; init; }
    /// <summary>Whether <see cref="Max"/> is a value of the column.</summary>
    public bool MaxExact { get; init; }
    /// <summary>Bytes in the file.</summary>
    public long CompressedBytes { get; init; }
    /// <summary>Bytes before compression.</summary>
    public long RawBytes { get; init; }
    /// <summary>Whether pages have bounds of their own.</summary>
    public bool HasPageIndex { get; init; }
    /// <summary>Whether there is a bloom filter of the values.</summary>
    public bool HasBloomFilter { get; init; }

    internal static ColumnChunkFacts Find(IReadOnlyList<ColumnChunkFacts> columns, string path) => columns.FirstOrDefault(c => c.Column == path)
        ?? throw new MissingColumnException($"no column '{path}'; there is {string.Join(", ", columns.Select(c => c.Column))}");

    internal static ColumnChunkFacts Of(Parquet.Schemas.LeafShape leaf, ColumnChunk chunk, bool ordered) =>
        new(string.Join('.', leaf.Node.Path), leaf.Field.Type)
        {
            Values = chunk.Values, Nulls = chunk.Statistics?.Nulls ?? (leaf.Node.MaxDefinition == 0 ? 0 : null),
            Min = ordered ? StoredValue.Of(leaf, chunk.Statistics?.Min) : null, MinExact = chunk.Statistics?.MinExact ?? false,
            Max = ordered ? StoredValue.Of(leaf, chunk.Statistics?.Max) : null, MaxExact = chunk.Statistics?.MaxExact ?? false,
            CompressedBytes = chunk.CompressedBytes, RawBytes = chunk.UncompressedBytes, HasPageIndex = chunk.ColumnIndexLength > 0,
            HasBloomFilter = chunk.BloomFilterOffset > 0,
        };
}

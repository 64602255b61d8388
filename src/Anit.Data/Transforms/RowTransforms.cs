using System.Runtime.CompilerServices;

namespace Anit.Data;

/// <summary>Tables from tables, in bounded memory.</summary>
/// <example><code>
/// await using var reader = await Table.OpenAsync("train.parquet");
/// await foreach (var batch in reader.SortAsync(SortKey.Parse("task, beta desc"))) ...
/// </code></example>
public static class RowTransforms
{
    /// <summary>Bytes of rows that a transformation keeps in memory unless told otherwise; what is more lies in temporary files.</summary>
    public const long Memory = 256L << 20;

    /// <summary>All rows in the order of the keys; rows of equal keys stay in their order.</summary>
    public static async IAsyncEnumerable<ColumnBatch> SortAsync(this IAsyncEnumerable<ColumnBatch> batches, Schema schema,
        IReadOnlyList<SortKey> keys, long memory = Memory, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await using var sorter = new RowSorter(schema, keys, memory);
        await foreach (var batch in batches.ConfigureAwait(false)) await sorter.AddAsync(batch, stop).ConfigureAwait(false);
        await foreach (var batch in sorter.SortedAsync(stop).ConfigureAwait(false)) yield return batch;
    }

    /// <summary>All rows of a table in the order of the keys.</summary>
    public static IAsyncEnumerable<ColumnBatch> SortAsync(this ITableReader reader, IReadOnlyList<SortKey> keys, long memory = Memory,
        CancellationToken stop = default) => reader.ReadBatchesAsync(stop).SortAsync(reader.Schema, keys, memory, stop);
}

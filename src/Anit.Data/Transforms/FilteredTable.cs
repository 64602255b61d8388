using System.Runtime.CompilerServices;

namespace Anit.Data;

/// <summary>The rows of a table for which a filter is true. What the reader's statistics rule out was not even read.</summary>
sealed class FilteredTable : ITableReader
{
    readonly ITableReader inner;
    readonly RowTest test;

    FilteredTable(ITableReader inner, RowFilter filter, IReadOnlyList<string>? columns)
    {
        this.inner = inner;
        test = filter.Bind(inner.Schema);
        Schema = columns is null ? inner.Schema : inner.Schema.Select(columns);
    }

    public Schema Schema { get; }

    public IReadOnlyDictionary<string, string> LateMetadata => inner.LateMetadata;

    /// <summary>Opens a table with the columns that the filter needs beside those that are wanted.</summary>
    public static async Task<ITableReader> OpenAsync(Func<ReadOptions, Task<ITableReader>> open, ReadOptions options)
    {
        var (filter, wanted) = (options.Where!, options.Columns);
        var inner = await open(wanted is null ? options : options with { Columns = [.. wanted.Union(filter.Columns)] }).ConfigureAwait(false);
        try
        {
            return new FilteredTable(inner, filter, wanted);
        }
        catch
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        await foreach (var batch in inner.ReadBatchesAsync(stop).ConfigureAwait(false))
        {
            var rows = test.Rows(batch);
            if (rows.Length == 0) continue;
            var wanted = new ColumnBatch(Schema, [.. Schema.Fields.Select((field, i) => Schema == inner.Schema ? batch.Columns[i]
                : batch[field.Name])],
                batch.Rows);
            yield return rows.Length == batch.Rows ? wanted : wanted.Take(rows);
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

using System.Runtime.CompilerServices;

namespace Anit.Data;

/// <summary>Some rows of a table by their numbers, for formats that cannot pass over rows.</summary>
sealed class SelectedRows(ITableReader inner, RowNumbers rows, string? name) : ITableReader
{
    public Schema Schema => inner.Schema;

    public IReadOnlyDictionary<string, string> LateMetadata => inner.LateMetadata;

    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        long start = 0;
        if (rows.End == 0) yield break;
        await foreach (var batch in inner.ReadBatchesAsync(stop).ConfigureAwait(false))
        {
            foreach (var (from, to) in rows.Within(start, batch.Rows))
                yield return to - from == batch.Rows ? batch : batch.Slice((int)from, (int)(to - from));
            start += batch.Rows;
            if (start >= rows.End) yield break;
        }
        try
        {
            rows.CheckEnd(start);
        }
        catch (DataFormatException e)
        {
            throw e.At(file: name);
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

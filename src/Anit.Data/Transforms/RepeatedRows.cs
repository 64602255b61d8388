using System.Runtime.CompilerServices;
using Anit.Data.Codecs;

namespace Anit.Data;

/// <summary>Rows whose values in some columns an earlier row has already.</summary>
/// <remarks>Found in one reading, left out in another, in bounded memory: 24 bytes a row, sorted in runs of a temporary file where there are many.
/// Rows are compared by hashes of 128 bits; nulls are equal, and so are NaN and the two zeros.</remarks>
public sealed class RepeatedRows : IDisposable
{
    const ulong Seed = 0x9E3779B97F4A7C15;

    readonly record struct Entry(ulong High, ulong Low, long Row) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => (High, Low, Row).CompareTo((other.High, other.Low, other.Row));
    }

    readonly SortedRuns<long> rows = new();

    RepeatedRows()
    {
    }

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>Looks through a table.</summary>
    /// <param name="batches">All rows, with these columns at least.</param>
    /// <param name="columns">What must differ.</param>
    /// <param name="stop">Cancels.</param>
    public static async Task<RepeatedRows> FindAsync(IAsyncEnumerable<ColumnBatch> batches, IReadOnlyList<string> columns,
        CancellationToken stop = default)
    {
        using var entries = new SortedRuns<Entry>();
        var (key, row, encoder) = (new ByteBuffer(), 0L, (KeyEncoder?)null);
        await foreach (var batch in batches.WithCancellation(stop).ConfigureAwait(false))
        {
            encoder ??= new(batch.Schema, [.. columns.Select(column => new SortKey(column))], ordered: false);
            for (var i = 0; i < batch.Rows; i++, row++)
            {
                key.Clear();
                encoder.Append(key, batch, i);
                entries.Add(new(XxHash64.Of(key.Written), XxHash64.Of(key.Written, Seed), row));
            }
        }
        var repeated = new RepeatedRows();
        Entry? first = null;
        foreach (var entry in entries.Sorted())
        {
            if (first is { } same && (same.High, same.Low) == (entry.High, entry.Low))
            {
                repeated.rows.Add(entry.Row);
                repeated.Count++;
            }
            else first = entry;
        }
        return repeated;
    }

    /// <summary>The same rows without the repeated ones; to be called once.</summary>
    public async IAsyncEnumerable<ColumnBatch> LeaveOutAsync(IAsyncEnumerable<ColumnBatch> batches,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        using var next = rows.Sorted().GetEnumerator();
        var (any, first) = (next.MoveNext(), 0L);
        await foreach (var batch in batches.WithCancellation(stop).ConfigureAwait(false))
        {
            var kept = new List<int>(batch.Rows);
            for (var row = 0; row < batch.Rows; row++)
            {
                if (any && next.Current == first + row) any = next.MoveNext();
                else kept.Add(row);
            }
            first += batch.Rows;
            if (kept.Count > 0) yield return kept.Count == batch.Rows ? batch : batch.Take([.. kept]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();
}

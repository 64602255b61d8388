using Anit.Data.Codecs;

namespace Anit.Data.United;

/// <summary>Sees that the ids of several tables differ, in bounded memory: 128-bit hashes, sorted in runs that lie in a temporary file.</summary>
sealed class UniqueIds(string column, IReadOnlyList<TablePart> parts) : IDisposable
{
    const ulong Seed = 0x9E3779B97F4A7C15;

    readonly record struct Entry(ulong High, ulong Low, long Row) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => (High, Low, Row).CompareTo((other.High, other.Low, other.Row));

        public bool SameId(Entry other) => High == other.High && Low == other.Low;
    }

    readonly SortedRuns<Entry> entries = new();
    readonly List<long> firstRows = [];
    long rows;

    /// <summary>Takes the ids of a batch.</summary>
    public void Add(int part, ColumnBatch batch)
    {
        while (firstRows.Count <= part) firstRows.Add(rows);
        var ids = batch[column];
        for (var row = 0; row < batch.Rows; row++, rows++)
        {
            if (ids.IsNull(row)) continue;
            var id = TextCasts.Bytes(ids, row);
            entries.Add(new(XxHash64.Of(id), XxHash64.Of(id, Seed), rows));
        }
    }

    /// <summary>Compares all ids.</summary>
    /// <exception cref="DataFormatException">An id that occurs twice.</exception>
    public async Task CheckAsync(CancellationToken stop)
    {
        Entry? last = null;
        foreach (var entry in entries.Sorted())
        {
            if (last is { } before && before.SameId(entry)) throw await RepeatedAsync(before.Row, entry.Row, stop).ConfigureAwait(false);
            last = entry;
        }
    }

    public void Dispose() => entries.Dispose();

    async Task<DataFormatException> RepeatedAsync(long first, long second, CancellationToken stop)
    {
        var ((one, row), (other, otherRow)) = (Place(first), Place(second));
        var id = parts[one].Source.Repeats ? $" '{await IdAsync(one, row, stop).ConfigureAwait(false)}'" : "";
        return new DataFormatException($"the {column}{id} of row {row} comes again in row {otherRow} of {parts[other].Source.Name}; "
            + $"ids are unique: drop repeats (anit-data dedup --by {column}), or read them as they are (--repeated-ids)")
            .At(file: parts[one].Source.Name);
    }

    (int Part, long Row) Place(long row)
    {
        var part = firstRows.FindLastIndex(first => first <= row);
        return (part, row - firstRows[part]);
    }

    async Task<string?> IdAsync(int part, long at, CancellationToken stop)
    {
        await using var reader = await Table.OpenAsync(parts[part].Source, new ReadOptions { Columns = [column] }, stop).ConfigureAwait(false);
        await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false))
        {
            if (at < batch.Rows) return System.Text.Encoding.UTF8.GetString(TextCasts.Bytes(batch.Columns[0], (int)at));
            at -= batch.Rows;
        }
        return null;
    }
}

namespace Anit.Data;

/// <summary>Rows of a table by their numbers, which count from 0 through the whole table.</summary>
/// <example><code>
/// new ReadOptions { Rows = RowNumbers.Range(1_000_000, 200) }
/// new ReadOptions { Rows = RowNumbers.Of([3, 99, 1_000_000]) }
/// </code></example>
/// <remarks>Parquet passes over row groups and pages without such rows; other formats are read up to the last of them.</remarks>
public sealed class RowNumbers
{
    readonly (long From, long To)[] runs; // ascending, apart from each other
    readonly bool exact;

    RowNumbers((long From, long To)[] runs, bool exact) => (this.runs, this.exact) = (runs, exact);

    /// <summary>How many rows these are.</summary>
    public long Count => runs.Sum(r => r.To - r.From);

    /// <summary>Behind the last of the rows.</summary>
    internal long End => runs.Length == 0 ? 0 : runs[^1].To;

    /// <summary>A run of rows; what of it lies behind the table's end is not there.</summary>
    public static RowNumbers Range(long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new(count == 0 ? [] : [(first, count > long.MaxValue - first ? long.MaxValue : first + count)], exact: false);
    }

    /// <summary>Rows one by one. They come in the table's order and each once; one behind the table's end is an error.</summary>
    public static RowNumbers Of(IEnumerable<long> rows)
    {
        var runs = new List<(long From, long To)>();
        foreach (var row in rows.Order())
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            if (runs.Count > 0 && row < runs[^1].To) continue;
            if (runs.Count > 0 && row == runs[^1].To) runs[^1] = (runs[^1].From, row + 1);
            else runs.Add((row, row + 1));
        }
        return new([.. runs], exact: true);
    }

    /// <summary>The runs inside a stretch of the table, counted from its beginning.</summary>
    internal List<(long From, long To)> Within(long start, long rows)
    {
        var at = Array.BinarySearch(runs, (start, long.MaxValue)); // never found: the first run that begins behind
        var inside = new List<(long, long)>();
        for (var i = Math.Max(0, ~at - 1); i < runs.Length && runs[i].From < start + rows; i++)
        {
            var (from, to) = (Math.Max(runs[i].From - start, 0), Math.Min(runs[i].To - start, rows));
            if (from < to) inside.Add((from, to));
        }
        return inside;
    }

    /// <summary>Refuses rows named one by one of which a table of so many rows has not all.</summary>
    internal void CheckEnd(long rows)
    {
        if (exact && End > rows) throw new DataFormatException($"row {End - 1:N0} was asked for, and the table has {rows:N0}, counted from 0");
    }
}

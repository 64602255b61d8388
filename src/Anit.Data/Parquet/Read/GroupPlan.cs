using Anit.Data.Parquet.Meta;

namespace Anit.Data.Parquet.Read;

/// <summary>What to read of a row group.</summary>
/// <param name="Ordinal">Its number in the file.</param>
/// <param name="Group">Its footer.</param>
/// <param name="Runs">Runs of rows that are wanted, in order.</param>
/// <param name="Most">Rows to read at a time.</param>
sealed record GroupPlan(int Ordinal, RowGroup Group, List<(long From, long To)> Runs, int Most)
{
    /// <summary>Whether the last row is read, so that nothing may be left in the columns.</summary>
    public bool ReachesEnd => Group.Rows > 0 ? Runs[^1].To == Group.Rows : Group.Chunks.Any(c => c.Values > 0);
}

/// <summary>Where a reader stands in a row group's runs.</summary>
struct RunPosition(List<(long From, long To)> runs)
{
    int run;
    long at;

    /// <summary>The next rows, at most so many, and how many to pass over before them; false at the end.</summary>
    public readonly bool Next(long most, out long skip, out int rows)
    {
        (skip, rows) = (0, 0);
        if (run == runs.Count) return false;
        var (from, to) = runs[run];
        skip = Math.Max(0, from - at);
        rows = (int)Math.Min(to - Math.Max(at, from), most);
        return true;
    }

    /// <summary>Rows were read, after those that <see cref="Next"/> said to pass over.</summary>
    public void Took(int rows)
    {
        at = Math.Max(at, runs[run].From) + rows;
        if (at == runs[run].To) run++;
    }
}

/// <summary>The columns of a table cut to batches: what is left of longer ones waits for the next.</summary>
sealed class PendingColumns(Schema schema, int count)
{
    readonly Column?[] columns = new Column?[count];

    /// <summary>Whether the field needs more to read.</summary>
    public bool Lacks(int field) => columns[field] is null;

    /// <summary>The rows that all fields have which have any, at most so many.</summary>
    public int Rows(int most)
    {
        foreach (var column in columns)
            if (column is not null) most = Math.Min(most, column.Length);
        return most;
    }

    public void Add(int field, Column column) => columns[field] = column;

    /// <summary>The first rows as a batch.</summary>
    public ColumnBatch Cut(int rows)
    {
        var cut = new Column[columns.Length];
        for (var i = 0; i < cut.Length; i++)
        {
            var column = columns[i]!;
            cut[i] = column.Length == rows ? column : column.Slice(0, rows);
            columns[i] = column.Length == rows ? null : column.Slice(rows, column.Length - rows);
        }
        return new(schema, cut, rows);
    }
}

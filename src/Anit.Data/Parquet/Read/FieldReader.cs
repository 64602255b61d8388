using Anit.Data.Parquet.Schemas;

namespace Anit.Data.Parquet.Read;

/// <summary>Reads one top-level field, some rows at a time.</summary>
abstract class FieldReader : IDisposable
{
    /// <summary>The leaf columns below.</summary>
    public abstract IReadOnlyList<ColumnChunkReader> Columns { get; }

    /// <summary>Reads at most <paramref name="rows"/> rows, at least one; fewer where the cells are large.</summary>
    public abstract Column Read(int rows);

    /// <summary>A row group begins.</summary>
    public virtual void Begin() { }

    /// <summary>Passes over rows, by whole pages where that goes.</summary>
    public abstract void Skip(long rows);

    /// <summary>The row group must be read out: values left over are an error.</summary>
    public void CheckEnd()
    {
        foreach (var column in Columns)
            if (column.Left > 0)
                throw new DataFormatException($"the column has {column.Left:N0} values more than its row group has rows").At(column: column.Path);
    }

    /// <summary>Gives buffers back; the columns read so far have their own.</summary>
    public void Dispose()
    {
        foreach (var column in Columns) column.Dispose();
    }

    public static FieldReader Of(Shape shape, IReadOnlyList<ColumnChunkReader> columns, ReadLimits limits) =>
        shape is LeafShape { Node.MaxRepetition: 0, Node.MaxDefinition: <= 1 } ? new FlatReader(columns[0], limits)
            : new NestedReader(shape, columns, limits);
}

/// <summary>A field that is a value itself, required or optional: definition levels are its validity bits.</summary>
sealed class FlatReader(ColumnChunkReader column, ReadLimits limits) : FieldReader
{
    const int Step = 1_024;
    readonly long budget = Math.Max(1, limits.BatchBytes / 16);

    public override IReadOnlyList<ColumnChunkReader> Columns { get; } = [column];

    public override Column Read(int rows)
    {
        var optional = column.Node.MaxDefinition == 1;
        var validity = optional ? new byte[Bitmap.Bytes(rows) + 8] : [];
        var done = 0;
        while (done < rows)
        {
            column.NeedPage();
            var count = Math.Min(rows - done, column.PageLeft);
            var left = budget - column.Values.ByteCount;
            if (left <= 0 && done > 0) break;
            count = column.Values.Within(Math.Min(count, left > budget / 2 ? count : Step), Math.Max(left, 1));
            if (optional) ReadOptional(validity, done, count);
            else column.Values.Read(count);
            column.Took(count);
            done += count;
        }
        return column.Values.Finish(done, validity);
    }

    public override void Skip(long rows)
    {
        while (rows > 0)
        {
            if (column.PageLeft == 0) rows -= column.PassPage(rows);
            else rows -= Read((int)Math.Min(rows, Math.Min(column.PageLeft, Step))).Length;
        }
    }

    void ReadOptional(byte[] validity, int start, int count)
    {
        var levels = column.Definitions;
        var present = 0;
        for (var i = 0; i < count;)
        {
            var run = levels.TakeRun(count - i, out var level);
            if (run > 0)
            {
                if (level == 1)
                {
                    Bitmap.SetRange(validity, start + i, run);
                    present += run;
                }
                i += run;
                continue;
            }
            run = levels.PackedAhead(count - i);
            present += levels.IsLegacy ? Legacy(validity, start + i, run) : levels.ReadBits(validity, start + i, run);
            i += run;
        }
        column.Values.Read(present);
    }

    int Legacy(byte[] validity, int start, int count)
    {
        var present = 0;
        Span<byte> levels = stackalloc byte[256];
        for (var i = 0; i < count; i += levels.Length)
        {
            var part = levels[..Math.Min(levels.Length, count - i)];
            column.ReadDefinitions(part);
            for (var j = 0; j < part.Length; j++)
            {
                if (part[j] == 0) continue;
                Bitmap.Set(validity, start + i + j);
                present++;
            }
        }
        return present;
    }
}

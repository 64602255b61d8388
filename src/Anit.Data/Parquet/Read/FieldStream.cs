using System.Runtime.ExceptionServices;

namespace Anit.Data.Parquet.Read;

/// <summary>A row group that is being read.</summary>
sealed class GroupRead
{
    public GroupRead(ParquetReader reader, GroupPlan plan, (FieldReader[] Fields, BatchMemory[] Memory) set)
    {
        (Plan, Set) = (plan, set);
        reader.Begin(plan, set.Fields);
        Streams = [.. set.Fields.Select((field, i) => new FieldStream(reader, plan, field, set.Memory[i]))];
    }

    public GroupPlan Plan { get; }
    public (FieldReader[] Fields, BatchMemory[] Memory) Set { get; }
    public FieldStream[] Streams { get; }
}

/// <summary>Some rows of a field, or why there are none.</summary>
readonly record struct FieldPart(Column? Column, long Ticket, long Bytes, ExceptionDispatchInfo? Error);

/// <summary>One field of one row group: its rows, part by part, by one thread at a time.</summary>
sealed class FieldStream(ParquetReader reader, GroupPlan plan, FieldReader field, BatchMemory memory)
{
    RunPosition position = new(plan.Runs);

    /// <summary>Bytes of its columns in the file.</summary>
    public long Weight { get; } = field.Columns.Sum(c => plan.Group.Chunks[c.Node.Leaf].CompressedBytes);

    /// <summary>Parts that nobody took yet.</summary>
    public Queue<FieldPart> Ready { get; } = new();

    /// <summary>Whether a thread is at it.</summary>
    public bool Busy { get; set; }

    /// <summary>Whether there are no more rows, or none that can be read.</summary>
    public bool IsDone { get; private set; } = plan.Runs.Count == 0;

    /// <summary>Parts that were decoded.</summary>
    public int Parts { get; private set; }

    /// <summary>The part that was taken last.</summary>
    public long Taken { get; set; }

    /// <summary>That part is not used any more.</summary>
    public void Free() => memory.Free(Taken);

    /// <summary>Decodes the next rows; an error is the last part.</summary>
    public FieldPart Decode()
    {
        try
        {
            position.Next(plan.Most, out var skip, out var rows);
            if (skip > 0) reader.Skip(plan, field, skip);
            memory.Ticket++;
            var column = reader.Read(plan, field, rows);
            position.Took(column.Length);
            IsDone = !position.Next(plan.Most, out _, out _);
            if (IsDone)
                foreach (var chunk in field.Columns) chunk.GiveBackPages(); // to the row groups behind, which begin as this one ends
            return new(column, memory.Ticket, ColumnSizes.Of(column), null);
        }
        catch (Exception e) // whoever waits for the rows gets it
        {
            IsDone = true;
            return new(null, 0, 0, ExceptionDispatchInfo.Capture(e));
        }
        finally
        {
            Parts++;
        }
    }
}

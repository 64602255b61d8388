using System.Text.Unicode;

namespace Anit.Data.Fuzz;

/// <summary>Reads hostile bytes to the end and says what went wrong beyond a format error.</summary>
public static class Probe
{
    const long MostAllocated = 1L << 30;
    static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    /// <summary>Small limits, so that honest bombs end soon.</summary>
    static readonly ReadOptions Options = new()
    {
        VerifyChecksums = false, // else every damaged page of a writer that has them ends there
        Limits = new() { PageBytes = 16 << 20, BodyBytes = 16 << 20, CellBytes = 4 << 20, BatchBytes = 32 << 20, ExpandedBytes = 32 << 20,
            MetadataElements = 1 << 20 },
    };

    /// <summary>Null: read, or refused as it should be. Else the finding.</summary>
    /// <param name="file">The hostile bytes.</param>
    /// <param name="onward">Whether what can be read also goes through digest, text and all writers, and back.</param>
    public static string? Fault(byte[] file, bool onward = false)
    {
        var begun = Environment.CpuUsage.TotalTime; // of the processor: others may keep it busy
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            if (ReadAll(file, onward) is { } batches) Passage.Check(batches);
        }
        catch (DataFormatException e) when (e.Message.Length > 0)
        {
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}\n{e.StackTrace}";
        }
        var took = Environment.CpuUsage.TotalTime - begun;
        if (took > MostTime) return $"took {took.TotalSeconds:F1} s";
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return allocated > MostAllocated ? $"allocated {allocated:N0} bytes" : null;
    }

    static List<ColumnBatch>? ReadAll(byte[] file, bool keep)
    {
        const long MostKept = 20_000;
        var reader = Wait(Table.OpenAsync(new MemoryStream(file), Options));
        try
        {
            long rows = 0;
            var kept = new List<ColumnBatch>();
            var batches = reader.ReadBatchesAsync().GetAsyncEnumerator();
            while (Wait(batches.MoveNextAsync().AsTask()))
            {
                foreach (var column in batches.Current.Columns) Check(column);
                rows += batches.Current.Rows;
                if (rows <= MostKept) kept.Add(batches.Current);
                if (rows > 20_000_000) break; // an honest claim of many nulls
            }
            return keep && rows <= MostKept && kept.Count > 0 ? kept : null;
        }
        finally
        {
            Wait(reader.DisposeAsync().AsTask());
        }
    }

    /// <summary>What every column promises: offsets in order and in range, text that is UTF-8, indices that exist.</summary>
    static void Check(Column column)
    {
        switch (column)
        {
            case BytesColumn c:
                Offsets(c.Offsets, c.Data.Length);
                for (var i = 0; c is Utf8Column && i < c.Length; i++)
                    if (!c.IsNull(i) && !Utf8.IsValid(c.Bytes(i))) throw new InvalidOperationException("text that is not UTF-8");
                break;
            case ListColumn c:
                Offsets(c.Offsets, c.Items.Length);
                Check(c.Items);
                break;
            case MapColumn c:
                Offsets(c.Offsets, c.Keys.Length);
                Check(c.Keys);
                Check(c.Items);
                break;
            case StructColumn c:
                foreach (var child in c.Children) Check(child);
                break;
            case DictionaryColumn c:
                for (var i = 0; i < c.Length; i++)
                    if (!c.Indices.IsNull(i) && (uint)c.Indices[i] >= (uint)c.Values.Length)
                        throw new InvalidOperationException("an index out of range");
                Check(c.Values);
                break;
        }
    }

    static void Offsets(ReadOnlySpan<int> offsets, int most)
    {
        var last = 0;
        foreach (var offset in offsets)
        {
            if (offset < last || offset > most) throw new InvalidOperationException("offsets out of order or range");
            last = offset;
        }
    }

    internal static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    internal static void Wait(Task task) => task.GetAwaiter().GetResult();
}

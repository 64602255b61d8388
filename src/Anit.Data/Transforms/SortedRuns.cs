using System.Runtime.InteropServices;

namespace Anit.Data;

/// <summary>Small values in order, however many: sorted in runs, of which all but the only one lie in a temporary file.</summary>
/// <typeparam name="T">A value without references.</typeparam>
/// <param name="runLength">How many values are kept in memory.</param>
sealed class SortedRuns<T>(int runLength = 1 << 20) : IDisposable where T : unmanaged, IComparable<T>
{
    const int ReadAtOnce = 2_048;

    readonly List<T> run = [];
    readonly List<(long Start, int Count)> runs = [];
    Spool? spool;

    public void Add(T value)
    {
        run.Add(value);
        if (run.Count == runLength) Flush();
    }

    /// <summary>All values in order; afterwards no more are added.</summary>
    public IEnumerable<T> Sorted()
    {
        if (spool is null)
        {
            run.Sort();
            return run;
        }
        if (run.Count > 0) Flush();
        return Merged();
    }

    public void Dispose() => spool?.Dispose();

    void Flush()
    {
        run.Sort();
        spool ??= Spool.Empty();
        runs.Add((spool.Length, run.Count));
        spool.Append(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(run)));
        run.Clear();
    }

    IEnumerable<T> Merged()
    {
        var queue = new PriorityQueue<IEnumerator<T>, T>();
        foreach (var (start, count) in runs)
        {
            var values = Read(start, count).GetEnumerator();
            if (values.MoveNext()) queue.Enqueue(values, values.Current);
        }
        while (queue.TryPeek(out var values, out var value))
        {
            yield return value;
            if (values.MoveNext()) queue.DequeueEnqueue(values, values.Current);
            else queue.Dequeue();
        }
    }

    IEnumerable<T> Read(long start, int count)
    {
        using var stream = spool!.Open();
        stream.Position = start;
        var buffer = new T[ReadAtOnce];
        for (var left = count; left > 0; left -= buffer.Length)
        {
            var piece = Math.Min(left, buffer.Length);
            stream.ReadExactly(MemoryMarshal.AsBytes(buffer.AsSpan(0, piece)));
            for (var i = 0; i < piece; i++) yield return buffer[i];
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Anit.Data.Parquet.Read;

/// <summary>Reads fields and row groups on several threads and puts the batches together in order.</summary>
/// <remarks>A thread takes the field whose next rows are wanted soonest: in the first row group that is at work, then in those behind it, of
/// which there are at most as many as threads. Unless the batch that is waited for needs it, nothing is decoded while what nobody took yet
/// exceeds <see cref="ReadOptions.AheadBytes"/> a thread.</remarks>
sealed class ParallelBatches(ParquetReader reader, ReadOptions options) : IAsyncDisposable
{
    static int running;

    readonly object gate = new();
    readonly int threads = options.Threads;
    readonly long most = options.AheadBytes * options.Threads;
    readonly List<GroupRead> groups = []; // at work, in order
    readonly List<(FieldReader[] Fields, BatchMemory[] Memory)> all = [];
    readonly Stack<(FieldReader[] Fields, BatchMemory[] Memory)> spare = new();
    readonly PagePool pages = new();
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly IEnumerator<int> ordinals = reader.Groups.GetEnumerator();
    TaskCompletionSource? waiting;
    ExceptionDispatchInfo? failure; // of the row group behind those at work
    bool started, opening, opened, stopped;
    int live;
    long ahead;

    /// <summary>Threads of all readers that have not ended.</summary>
    public static int Running => Volatile.Read(ref running);

    /// <summary>The most bytes that were decoded and not taken yet.</summary>
    public long MostAhead { get; private set; }

    /// <summary>The batches; ending early, by whatever way, ends the threads first.</summary>
    public async IAsyncEnumerable<ColumnBatch> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Start();
        try
        {
            while (await FirstAsync(stop).ConfigureAwait(false) is { } group)
            {
                var pending = new PendingColumns(reader.Schema, group.Streams.Length);
                for (var at = new RunPosition(group.Plan.Runs); at.Next(group.Plan.Most, out _, out var rows);)
                {
                    stop.ThrowIfCancellationRequested();
                    for (var i = 0; i < group.Streams.Length; i++)
                        if (pending.Lacks(i)) pending.Add(i, await NextAsync(group.Streams[i], stop).ConfigureAwait(false));
                    rows = pending.Rows(rows);
                    yield return pending.Cut(rows);
                    at.Took(rows);
                    Free(group, pending);
                }
                End(group);
            }
        }
        finally
        {
            await StopAsync().ConfigureAwait(false);
        }
    }

    void Start()
    {
        if (started) throw new InvalidOperationException("a table's rows may be enumerated once");
        (started, live) = (true, threads);
        for (var i = 0; i < threads; i++)
        {
            Interlocked.Increment(ref running);
            new Thread(Work) { IsBackground = true, Name = "parquet" }.Start();
        }
    }

    void Work()
    {
        while (true)
        {
            FieldStream? stream;
            bool open;
            lock (gate)
            {
                (stream, open) = (null, false);
                while (!stopped && (stream = Wanted()) is null && !(open = MayOpen())) Monitor.Wait(gate);
                if (stopped) break;
                if (open) opening = true;
                else stream!.Busy = true;
            }
            if (open) Open();
            else
            {
                var part = stream!.Decode();
                lock (gate)
                {
                    stream.Ready.Enqueue(part);
                    stream.Busy = false;
                    ahead += part.Bytes;
                    MostAhead = Math.Max(MostAhead, ahead);
                    Wake();
                }
            }
        }
        Interlocked.Decrement(ref running);
        lock (gate)
            if (--live == 0) ended.TrySetResult();
    }

    /// <summary>The field to go on with; null where none may.</summary>
    FieldStream? Wanted()
    {
        for (var g = 0; g < groups.Count; g++)
        {
            FieldStream? best = null;
            foreach (var stream in groups[g].Streams)
            {
                if (stream.Busy || stream.IsDone || (ahead >= most && (g > 0 || stream.Ready.Count > 0))) continue;
                if (best is null || stream.Parts < best.Parts || (stream.Parts == best.Parts && stream.Weight > best.Weight)) best = stream;
            }
            if (best is not null) return best;
        }
        return null;
    }

    bool MayOpen() => !opening && !opened && groups.Count < threads && (groups.Count == 0 || ahead < most);

    /// <summary>Begins on the next row group of which something is wanted.</summary>
    void Open()
    {
        GroupRead? next = null;
        ExceptionDispatchInfo? error = null;
        try
        {
            while (next is null && ordinals.MoveNext())
                if (reader.Plan(ordinals.Current) is { } plan) next = new(reader, plan, Fields());
        }
        catch (Exception e) // whoever waits for the rows gets it
        {
            (e as DataFormatException)?.At(options.Name);
            error = ExceptionDispatchInfo.Capture(e);
        }
        lock (gate)
        {
            if (next is not null) groups.Add(next);
            else (opened, failure) = (true, error);
            opening = false;
            Wake();
        }
    }

    (FieldReader[] Fields, BatchMemory[] Memory) Fields()
    {
        lock (gate)
            if (spare.TryPop(out var free)) return free;
        var memory = new List<BatchMemory>();
        var fields = reader.NewFields(_ =>
        {
            memory.Add(new());
            return memory[^1];
        }, pages);
        lock (gate) all.Add((fields, [.. memory]));
        return (fields, [.. memory]);
    }

    /// <summary>The row group whose rows come next; null at the end.</summary>
    async ValueTask<GroupRead?> FirstAsync(CancellationToken stop)
    {
        while (true)
        {
            Task news;
            lock (gate)
            {
                if (groups.Count > 0) return groups[0];
                if (opened)
                {
                    failure?.Throw();
                    return null;
                }
                news = News();
            }
            await news.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>The next rows of a field, which has some.</summary>
    async ValueTask<Column> NextAsync(FieldStream stream, CancellationToken stop)
    {
        while (true)
        {
            Task news;
            lock (gate)
            {
                if (stream.Ready.TryDequeue(out var part))
                {
                    ahead -= part.Bytes;
                    Monitor.PulseAll(gate);
                    part.Error?.Throw();
                    stream.Taken = part.Ticket;
                    return part.Column!;
                }
                news = News();
            }
            await news.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>The batch is not used any more, nor are the columns that ended with it.</summary>
    static void Free(GroupRead group, PendingColumns pending)
    {
        for (var i = 0; i < group.Streams.Length; i++)
            if (pending.Lacks(i)) group.Streams[i].Free();
    }

    /// <summary>All rows of the first row group were given out.</summary>
    void End(GroupRead group)
    {
        reader.CheckEnds(group.Plan, group.Set.Fields);
        lock (gate)
        {
            groups.RemoveAt(0);
            spare.Push(group.Set);
            Monitor.PulseAll(gate);
        }
    }

    Task News() => (waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>There is something new for who waits, and for the other threads.</summary>
    void Wake()
    {
        Monitor.PulseAll(gate);
        waiting?.TrySetResult();
        waiting = null;
    }

    async ValueTask StopAsync()
    {
        lock (gate)
        {
            if (!started) return;
            stopped = true;
            Monitor.PulseAll(gate);
        }
        await ended.Task.ConfigureAwait(false);
        foreach (var field in all.SelectMany(s => s.Fields)) field.Dispose();
        pages.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        ordinals.Dispose();
    }
}

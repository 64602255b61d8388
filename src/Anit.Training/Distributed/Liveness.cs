using System.Diagnostics;
using Anit.Torch;

namespace Anit.Training.Distributed;

/// <summary>Notices when a rank is no more, so that nobody waits for it for ever: each rank counts up a key of the store every second, rank 0
/// looks at all of them, the others at rank 0's.</summary>
/// <remarks>Collectives have no time limit of their own, because a wait may be a long one with a reason: rank 0 asks development rows, another
/// machine is slower. These counts come from a thread that no computation holds up.</remarks>
sealed class Liveness : IDisposable
{
    const long Left = 1L << 40; // added to the count of a rank that is done

    static readonly TimeSpan Pulse = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);  // without a sign of life
    static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(4);  // the same once a connection broke
    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);   // for the others to hear that it is over

    readonly TcpStore store; // its own connection: nobody holds it up
    readonly RankPlace place;
    readonly Action<string?> end;
    readonly ManualResetEventSlim leaving = new();
    readonly Thread beating, watching;
    long answered = Environment.TickCount64;
    int over;
    volatile string? suspicion;

    /// <summary>Begins to watch.</summary>
    /// <param name="store">A connection for this alone; disposed of with this.</param>
    /// <param name="place">Who this is.</param>
    /// <param name="end">Ends the process; told the line to say, or null where another rank says it. Called once, on whichever thread
    /// noticed.</param>
    public Liveness(TcpStore store, RankPlace place, Action<string?> end)
    {
        (this.store, this.place, this.end) = (store, place, end);
        (beating, watching) = (new(Beat) { IsBackground = true, Name = "ranks" }, new(Watch) { IsBackground = true, Name = "ranks-watch" });
        beating.Start();
        watching.Start();
    }

    /// <summary>A collective failed, so a connection broke: waits for the end of the process, which comes as soon as it is known who is
    /// gone.</summary>
    public void Suspect(string what)
    {
        suspicion = what;
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Tells the others to end, because this rank fails; true for the first that does, whose line is the one to read.</summary>
    public bool Fail() => IsOver() && Tell();

    bool Serves => place.Rank == 0 && !place.IsServed;

    string Key(string name) => place.Prefix + name;

    string Count(int rank) => Key($"beat/{rank}");

    // True once: the fate of this rank is decided.
    bool IsOver() => Interlocked.Exchange(ref over, 1) == 0;

    bool Tell()
    {
        try { return store.Add(Key("end"), 1) == 1; }
        catch (TorchException) { return IsSpeaker; } // nobody serves any more
    }

    // Who says that the store is gone: it went with rank 0, or with the launcher.
    bool IsSpeaker => place.Rank == (place.IsServed ? 0 : 1);

    void Beat()
    {
        var (counts, seen, clock) = (new long[place.WorldSize], new TimeSpan[place.WorldSize], Stopwatch.StartNew());
        try
        {
            do
            {
                store.Add(Count(place.Rank), 1);
                Volatile.Write(ref answered, Environment.TickCount64);
                if (store.Add(Key("end"), 0) > 0)
                {
                    store.Add(Key("heard"), 1);
                    if (!IsOver()) return;
                    WaitForOthers(place.WorldSize - 1);
                    end(null);
                    return;
                }
                var patience = store.Add(Key("suspicion"), suspicion is null ? 0 : 1) > 0 ? Suspicion : Patience;
                foreach (var rank in Enumerable.Range(0, place.Rank == 0 ? place.WorldSize : 1).Where(rank => rank != place.Rank))
                {
                    var count = store.Add(Count(rank), 0);
                    if (count != counts[rank]) (counts[rank], seen[rank]) = (count, clock.Elapsed);
                    else if (count < Left && clock.Elapsed - seen[rank] > patience) Gone($"rank {rank} of {place.WorldSize} is gone");
                }
            }
            while (!leaving.Wait(Pulse));
        }
        catch (TorchException)
        {
            if (!leaving.IsSet) Unserved();
        }
    }

    // An answer of the store may never come when its machine is gone, and a connection may break with nobody dead.
    void Watch()
    {
        for (var suspected = TimeSpan.Zero; !leaving.Wait(Pulse);)
        {
            if (Environment.TickCount64 - Volatile.Read(ref answered) > Patience.TotalMilliseconds) Unserved();
            if (suspicion is not { } what) continue;
            suspected += Pulse;
            if (suspected > Patience) Gone($"the ranks lost touch: {what}");
        }
    }

    void Unserved()
    {
        if (IsOver()) end(IsSpeaker ? $"rank 0 of {place.WorldSize} is gone" : null);
    }

    void Gone(string line)
    {
        if (!IsOver()) return;
        var isFirst = Tell();
        WaitForOthers(place.WorldSize - 2); // without the dead one
        end(isFirst ? line : null);
    }

    // Who serves the store stays until the others have heard of the end, or a moment.
    void WaitForOthers(int others)
    {
        if (!Serves) return;
        try
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < Farewell && store.Add(Key("heard"), 0) < others;) Thread.Sleep(50);
        }
        catch (TorchException) { } // it serves no more
    }

    /// <summary>Takes leave.</summary>
    public void Dispose()
    {
        leaving.Set();
        beating.Join(Farewell);
        watching.Join(Farewell);
        try
        {
            store.Add(Count(place.Rank), Left);
            if (over != 0) WaitForOthers(place.WorldSize - 1);
            else if (Serves) WaitForLeave();
        }
        catch (TorchException) { } // who served it has left
        store.Dispose();
        leaving.Dispose();
    }

    // As long as those that are left give signs of life.
    void WaitForLeave()
    {
        var (counts, clock) = (new long[place.WorldSize], Stopwatch.StartNew());
        for (; clock.Elapsed < Patience; Thread.Sleep(20))
        {
            var now = Enumerable.Range(0, place.WorldSize).Select(rank => store.Add(Count(rank), 0)).ToArray();
            if (Array.TrueForAll(now, count => count >= Left)) return;
            if (!now.AsSpan().SequenceEqual(counts)) clock.Restart();
            counts = now;
        }
    }
}

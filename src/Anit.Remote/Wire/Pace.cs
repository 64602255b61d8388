namespace Anit.Remote.Wire;

/// <summary>Keeps requests and tokens a minute under their limits: each request takes its share of the minute, and the next waits for its
/// end.</summary>
/// <remarks>No bursts: servers that count by the second would refuse them. Safe for several threads.</remarks>
sealed class Pace(int? requestsPerMinute, int? tokensPerMinute, TimeProvider time)
{
    readonly Lock gate = new();
    DateTimeOffset nextRequest, nextToken, paused;

    /// <summary>Waits for the turn of a request of so many tokens.</summary>
    public async Task WaitAsync(long tokens, CancellationToken stop)
    {
        var turn = Take(tokens);
        for (TimeSpan left; (left = turn - time.GetUtcNow()) > TimeSpan.Zero;) await Task.Delay(Whole(left), time, stop).ConfigureAwait(false);
    }

    /// <summary>Takes the next turn; returns when it is.</summary>
    public DateTimeOffset Take(long tokens)
    {
        lock (gate)
        {
            var turn = new[] { time.GetUtcNow(), nextRequest, nextToken, paused }.Max();
            if (requestsPerMinute is { } requests) nextRequest = turn + TimeSpan.FromMinutes(1) / requests;
            if (tokensPerMinute is { } most) nextToken = turn + TimeSpan.FromMinutes(1) * ((double)tokens / most);
            return turn;
        }
    }

    /// <summary>Lets no request begin for so long, as the server asked of one of them.</summary>
    public void Pause(TimeSpan wait)
    {
        lock (gate)
        {
            var end = time.GetUtcNow() + wait;
            if (end > paused) paused = end;
        }
    }

    // A timer counts whole milliseconds, and may ring a little early.
    static TimeSpan Whole(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}

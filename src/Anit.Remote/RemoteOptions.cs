namespace Anit.Remote;

/// <summary>How patiently and how fast a server is asked.</summary>
public sealed record RemoteOptions
{
    /// <summary>How long one request may take, its answer read to the end.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How often a request is sent again after a passing fault: 408, 409, 425, 429, 5xx, a timeout, a lost connection.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>About how long to wait before the first repetition; every further wait is about twice as long.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of these waits.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait that a server may ask for by Retry-After; a longer one ends the work.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a request under way may still take once the work is cancelled: it is paid for, so its answer is waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Requests a minute; null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, as estimated (see <see cref="Costs.TokenEstimate"/>); null for no limit.</summary>
    public int? TokensPerMinute { get; init; }
}

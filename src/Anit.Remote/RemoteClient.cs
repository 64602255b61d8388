using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Anit.Remote.Wire;
using Polly;
using Polly.Retry;

namespace Anit.Remote;

/// <summary>Posts JSON to the services of one server and reads JSON back: paced, with jittered waits that double, and as long as the server asks by
/// Retry-After.</summary>
/// <remarks>Cancelling stops what has not begun. A request under way has to be paid for, so its answer is still waited for
/// (<see cref="RemoteOptions.Patience"/>) and returned; who cancelled stores it and asks for no more. Safe for several threads.</remarks>
public sealed class RemoteClient : IDisposable
{
    const long LargestReply = 1L << 30; // bytes; 2,048 vectors of 4,096 numbers written out are a tenth of it

    readonly ApiKey key;
    readonly RemoteOptions options;
    readonly TimeProvider time;
    readonly Pace pace;
    readonly HttpClient http;
    readonly ResiliencePipeline patient;
    volatile bool answered;

    /// <summary>A client of a server.</summary>
    /// <param name="endpoint">Where it is.</param>
    /// <param name="key">The key to send, if there is one.</param>
    /// <param name="options">Limits and patience.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public RemoteClient(Endpoint endpoint, ApiKey key, RemoteOptions? options = null, TimeProvider? time = null)
    {
        (Endpoint, this.key, this.options, this.time) = (endpoint, key, options ?? new(), time ?? TimeProvider.System);
        pace = new(this.options.RequestsPerMinute, this.options.TokensPerMinute, this.time);
        http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the key goes where the user said, and nowhere else
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxConnectionsPerServer = 256,
            UseCookies = false,
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan, // each request has its own
            MaxResponseContentBufferSize = LargestReply,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new("anit", typeof(RemoteClient).Assembly.GetName().Version?.ToString(3)));
        http.DefaultRequestHeaders.Accept.Add(new("application/json"));
        if (key.Secret is { } secret) http.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        patient = Patient();
    }

    /// <summary>The server.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>Posts a request until it is answered, or as often as it makes sense.</summary>
    /// <param name="service">Which of the server's services, as <c>embeddings</c>.</param>
    /// <param name="body">JSON in UTF-8.</param>
    /// <param name="tokens">Tokens it may use, for the limit a minute.</param>
    /// <param name="stop">No further attempt after this.</param>
    /// <returns>The reply; the caller disposes of it.</returns>
    /// <exception cref="RemoteException">The server cannot be reached or refuses.</exception>
    public async Task<JsonDocument> PostAsync(string service, ReadOnlyMemory<byte> body, long tokens, CancellationToken stop)
    {
        var attempts = 0;
        try
        {
            return await patient.ExecuteAsync(async given =>
            {
                await pace.WaitAsync(tokens, given).ConfigureAwait(false);
                given.ThrowIfCancellationRequested();
                attempts++;
                return await AttemptAsync(Endpoint.Service(service), body, given).ConfigureAwait(false);
            }, stop).ConfigureAwait(false);
        }
        catch (Refusal why)
        {
            // Between two attempts a cancelled work ends as cancelled, whatever the last attempt met.
            if (why.Passes) stop.ThrowIfCancellationRequested();
            throw Final(Endpoint.Service(service), why, attempts);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    ResiliencePipeline Patient() => options.Retries == 0 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            // What came with a success is paid for; a server that sends nonsense twice will go on, and be paid for it.
            ShouldHandle = attempt => ValueTask.FromResult(
                attempt.Outcome.Exception is Refusal why && why.Passes && !(why.IsNonsense && attempt.AttemptNumber > 0)),
            MaxRetryAttempts = options.Retries,
            BackoffType = DelayBackoffType.Exponential, UseJitter = true, Delay = options.FirstWait, MaxDelay = options.LongestWait,
            DelayGenerator = attempt => ValueTask.FromResult(Asked(attempt.Outcome.Exception)),
        }).Build();

    // What one request was told holds for all; a little more, so that they do not all come back in the same moment.
    TimeSpan? Asked(Exception? why)
    {
        if (why is not Refusal { Wait: { } wait }) return null;
        pace.Pause(wait);
        return wait * (1 + Random.Shared.NextDouble() / 10);
    }

    async Task<JsonDocument> AttemptAsync(Uri address, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        using var over = new CancellationTokenSource(options.Timeout, time);
        using var hurry = stop.UnsafeRegister(_ => over.CancelAfter(options.Patience), null);
        try
        {
            using var content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var reply = await http.PostAsync(address, content, over.Token).ConfigureAwait(false);
            var bytes = await reply.Content.ReadAsByteArrayAsync(over.Token).ConfigureAwait(false);
            if (!reply.IsSuccessStatusCode) throw Refusal.Of(reply, bytes, key, options, time);
            var json = JsonDocument.Parse(bytes);
            answered = true;
            return json;
        }
        catch (OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            throw new Refusal($"no answer within {options.Timeout.TotalSeconds:0.#} s", passes: true);
        }
        catch (JsonException error)
        {
            throw new Refusal("a reply that is no JSON", passes: true, error) { IsNonsense = true };
        }
        catch (HttpRequestException error)
        {
            throw Lost(error);
        }
    }

    // A server that never answered is not there, or its name is mistyped; one that did may come back.
    Refusal Lost(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new("no such host", answered, error),
        HttpRequestError.ConnectionError => new("no connection", answered, error),
        HttpRequestError.SecureConnectionError => new($"no secure connection ({error.InnerException?.Message ?? error.Message})", false, error),
        HttpRequestError.ConfigurationLimitExceeded => new($"a reply of more than {LargestReply >> 20} MiB", false, error),
        _ when error.HttpRequestError == HttpRequestError.ResponseEnded || error.InnerException is IOException =>
            new("the connection was lost before the answer ended", true, error),
        _ => new(key.Hide((error.InnerException ?? error).Message), true, error),
    };

    RemoteException Final(Uri address, Refusal why, int attempts)
    {
        var often = attempts > 1 ? $" ({attempts} attempts)" : "";
        return new($"{address}: {why.Message}{often}; {ToDo(why)}", why.Status, why) { Parameter = why.Parameter, Said = why.Said };
    }

    string ToDo(Refusal why) => (why.Status, why.Code) switch
    {
        (HttpStatusCode.Unauthorized, _) when key.IsSet => $"the server does not take the key in {key.Variable}; set it to a valid one",
        (HttpStatusCode.Unauthorized, _) => $"the server wants a key; set {key.Variable}",
        (HttpStatusCode.Forbidden, _) => $"the key in {key.Variable} may not do this",
        (HttpStatusCode.NotFound, _) => "check the model's name and the address, which mostly ends in /v1",
        ({ } status, _) when (int)status is >= 300 and < 400 => "give the address that it leads to",
        (_, "insufficient_quota") => "the account has no credit left",
        (HttpStatusCode.TooManyRequests, _) => "ask more slowly (--requests-per-minute, --tokens-per-minute) or later; what was answered is kept",
        ({ } status, _) when (int)status < 500 => "the server does not accept this request",
        (null, _) when !answered => "is the server running, and is this its address?",
        _ => "run again later; what was answered is kept",
    };
}

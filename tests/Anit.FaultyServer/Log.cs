using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Anit.FaultyServer;

/// <summary>What was asked and what was answered well, and so would have been paid for.</summary>
sealed class Log
{
    readonly ConcurrentDictionary<string, int> answered = new();
    readonly ConcurrentQueue<Request> requests = new();
    readonly Stopwatch clock = Stopwatch.StartNew();

    public sealed record Request(string Service, long Millisecond, string? Key, string? Agent, int Headers, IReadOnlyList<string> Texts,
        JsonElement Body);

    public Request Begin(string service, HttpRequest request, JsonElement body)
    {
        var made = new Request(service, clock.ElapsedMilliseconds, request.Headers.Authorization.ToString(), request.Headers.UserAgent.ToString(),
            request.Headers.Count, Replies.Texts(service, body), body.Clone());
        requests.Enqueue(made);
        return made;
    }

    public void Answered(string text) => answered.AddOrUpdate(text, 1, (_, count) => count + 1);

    public void Forget()
    {
        answered.Clear();
        requests.Clear();
    }

    public object Show() => new { requests, answered };
}

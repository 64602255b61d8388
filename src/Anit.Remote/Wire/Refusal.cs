using System.Net;
using System.Text.Json;

namespace Anit.Remote.Wire;

/// <summary>One attempt that failed, and whether another may do better.</summary>
sealed class Refusal(string found, bool passes, Exception? inner = null) : Exception(found, inner)
{
    const int MostSaid = 200; // letters of a server's own words in our one line

    /// <summary>Whether the same request may be accepted a little later.</summary>
    public bool Passes { get; } = passes;

    /// <summary>The reply said that all is well, and is of no use.</summary>
    public bool IsNonsense { get; init; }

    /// <summary>The status of the reply; null when there was none.</summary>
    public HttpStatusCode? Status { get; private init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? Wait { get; private init; }

    /// <summary>The server's own word for what is wrong.</summary>
    public string? Code { get; private init; }

    /// <summary>The parameter that is wrong, by the server.</summary>
    public string? Parameter { get; private init; }

    /// <summary>What the server said.</summary>
    public string Said { get; private init; } = "";

    /// <summary>The refusal in a reply that is no success.</summary>
    public static Refusal Of(HttpResponseMessage reply, byte[] body, ApiKey key, RemoteOptions options, TimeProvider time)
    {
        var (said, code, parameter) = Error(body);
        var wait = RetryAfter(reply, time);
        // A key is not repeated to the user, not even the half of it that some servers quote.
        said = reply.StatusCode == HttpStatusCode.Unauthorized ? "" : key.Hide(said);
        var found = $"{(int)reply.StatusCode} {reply.ReasonPhrase}".TrimEnd();
        if (reply.Headers.Location is { } place) found += $", go to {place}";
        var passes = (int)reply.StatusCode is 408 or 409 or 425 or 429 or >= 500 and not 501 and not 505 && code != "insufficient_quota";
        if (passes && wait > options.LongestRetryAfter)
        {
            found += $", to be asked again in {wait.Value.TotalSeconds:N0} s";
            passes = false;
        }
        return new(said.Length == 0 ? found : $"{found}: {said}", passes)
        {
            Status = reply.StatusCode, Wait = wait, Code = code, Parameter = parameter, Said = said,
        };
    }

    // Seconds, or a date; by the server's clock where it shows it, as ours may differ.
    static TimeSpan? RetryAfter(HttpResponseMessage reply, TimeProvider time)
    {
        var asked = reply.Headers.RetryAfter;
        var wait = asked?.Delta ?? (asked?.Date is { } date ? date - (reply.Headers.Date ?? time.GetUtcNow()) : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    static (string Said, string? Code, string? Parameter) Error(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement;
            if (error.ValueKind != JsonValueKind.Object) return ("", null, null);
            if (error.TryGetProperty("error", out var inner)) error = inner; // vLLM's older form has no "error" around it
            if (error.ValueKind == JsonValueKind.String) return (Line(error.GetString()!), null, null);
            return (Line(Text(error, "message") ?? Text(error, "detail") ?? ""), Text(error, "code") ?? Text(error, "type"), Text(error, "param"));
        }
        catch (JsonException)
        {
            return (Line(System.Text.Encoding.UTF8.GetString(body)), null, null);
        }
    }

    static string? Text(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static string Line(string text)
    {
        var plain = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        var words = string.Join(' ', plain.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return words.Length <= MostSaid ? words : words[..(MostSaid - 3)] + "...";
    }
}

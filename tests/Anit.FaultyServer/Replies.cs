using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.FaultyServer;

/// <summary>Replies, good ones and all others.</summary>
static class Replies
{
    const int Dimensions = 8;

    /// <summary>What is asked about: the texts to embed, or the prompt.</summary>
    public static IReadOnlyList<string> Texts(string service, JsonElement body) => service switch
    {
        "embeddings" => [.. body.GetProperty("input").EnumerateArray().Select(t => t.GetString()!)],
        "completions" => [body.GetProperty("prompt").GetString()!],
        _ => [body.GetProperty("messages")[0].GetProperty("content").GetString()!],
    };

    public static async Task Write(HttpResponse response, string service, JsonElement asked, Fault fault, Log log)
    {
        switch (fault.Name)
        {
            case "429":
                // Seconds, or a date when the value begins with @.
                if (fault.Value is { } wait)
                    response.Headers.RetryAfter = wait.StartsWith('@')
                        ? DateTimeOffset.UtcNow.AddSeconds(int.Parse(wait[1..], CultureInfo.InvariantCulture)).ToString("R") : wait;
                await Error(response, 429, "Rate limit reached", "rate_limit_exceeded");
                return;
            case "credit": await Error(response, 429, "You exceeded your current quota", "insufficient_quota"); return;
            case "500": await Error(response, 500, "The server had an error"); return;
            case "503":
                response.StatusCode = 503;
                await response.WriteAsync("upstream is\n\tbusy");
                return;
            case "401": await Error(response, 401, $"Incorrect API key provided: {response.HttpContext.Request.Headers.Authorization}"); return;
            case "403": await Error(response, 403, $"No access with {response.HttpContext.Request.Headers.Authorization}"); return;
            case "404": await Error(response, 404, "The model `m` does not exist", "model_not_found"); return;
            case "context": await Error(response, 400, "This model's maximum context length is 8 tokens", "context_length_exceeded"); return;
            case "newer" when !asked.TryGetProperty("max_completion_tokens", out _):
                await Error(response, 400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "unsupported_parameter");
                return;
            case "redirect":
                response.StatusCode = 307;
                response.Headers.Location = "http://127.0.0.1:1/elsewhere";
                return;
            case "json": await response.WriteAsync("{\"data\": [{\"index\": 0, \"embedding\": [NaN]}]}"); return;
            case "html": await response.WriteAsync("<html>Sign in</html>"); return;
        }

        var reply = service == "embeddings" ? Embeddings(asked, fault, log) : Completion(service, asked, fault, log);
        var bytes = Encoding.UTF8.GetBytes(reply.ToJsonString());
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        if (fault.Name == "cut")
        {
            await response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
            await response.Body.FlushAsync();
            response.HttpContext.Abort();
            return;
        }
        await response.Body.WriteAsync(bytes);
    }

    static JsonObject Embeddings(JsonElement asked, Fault fault, Log log)
    {
        var base64 = fault.Name != "floats" && asked.TryGetProperty("encoding_format", out var format) && format.GetString() == "base64";
        var texts = Texts("embeddings", asked);
        var at = texts.Count / 2; // the one that goes wrong
        var data = new List<JsonObject>();
        foreach (var (i, text) in texts.Index())
        {
            var vector = Vector(text);
            var wrong = i == at || fault.Value == "all";
            if (wrong && fault.Name == "missing" || fault.Name == "empty") continue;
            if (wrong && fault.Name == "dimension") vector = vector[1..];
            else if (wrong && fault.Name == "nan") vector[1] = float.NaN;
            else if (wrong && fault.Name == "zero") vector.AsSpan().Clear();
            else if (fault.Name == "duplicate" && i >= at - 1 && i <= at) { } // nobody can tell whose the two are
            else if (fault.Name != "cut") log.Answered(text);
            data.Add(new()
            {
                ["object"] = "embedding",
                ["index"] = wrong && fault.Name == "duplicate" ? Math.Max(i - 1, 0) : i,
                ["embedding"] = base64 ? Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan()))
                    : new JsonArray([.. vector.Select(x => float.IsFinite(x) ? (JsonNode)x : null)]),
            });
        }
        if (fault.Name == "swap") data.Reverse();
        if (fault.Name == "noindex") data.ForEach(d => d.Remove("index"));
        return new()
        {
            ["object"] = "list", ["data"] = new JsonArray([.. data]), ["usage"] = new JsonObject { ["prompt_tokens"] = 10 * texts.Count },
        };
    }

    /// <summary>The first option of the prompt as a class, or None; what a model would say is not what is tested here.</summary>
    static JsonObject Completion(string service, JsonElement asked, Fault fault, Log log)
    {
        var prompt = Texts(service, asked)[0];
        var option = prompt.Split('\n').FirstOrDefault(line => line.StartsWith("Option: ", StringComparison.Ordinal));
        var text = fault.Value ?? (option is null ? "None" : $"label: {option["Option: ".Length..].Split(',')[0]}");
        if (fault.Name is not "cut" and not "empty") log.Answered(prompt);
        var choice = new JsonObject { ["index"] = 0, ["finish_reason"] = fault.Name is "length" or "abort" ? fault.Name : "stop" };
        if (service == "completions") choice["text"] = text;
        else choice["message"] = new JsonObject { ["role"] = "assistant", ["content"] = fault.Name == "null" ? null : text };
        return new()
        {
            ["choices"] = fault.Name == "empty" ? [] : new JsonArray(choice),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 100, ["completion_tokens"] = 5 },
        };
    }

    /// <summary>A text's vector: always the same, and different for different texts.</summary>
    static float[] Vector(string text) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(Dimensions).Select(b => (b - 127.5f) / 100)];

    static Task Error(HttpResponse response, int status, string message, string? code = null)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(new { error = new { message, type = "error", code } });
    }
}

using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Anit.Tests;

/// <summary>A server process that speaks OpenAI's protocol and misbehaves as it is told (tests/Anit.FaultyServer); it counts what it
/// answered.</summary>
public sealed class FaultyServer : IDisposable
{
    readonly HttpClient http = new();
    readonly Process process;

    public FaultyServer()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name; // artifacts/bin/<tests>/<configuration>/
        var program = Path.Combine(SharedData.Repository, "artifacts", "bin", "Anit.FaultyServer", configuration, "Anit.FaultyServer");
        process = Process.Start(new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Root = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the faulty server did not start");
    }

    /// <summary>Its address without a path.</summary>
    public string Root { get; }

    /// <summary>Its address as users give it.</summary>
    public string Url => Root + "/v1";

    /// <summary>What shall go wrong, a word a request; <c>*</c> after the last one makes it hold for ever.</summary>
    public void Will(params string[] faults) => http.PostAsJsonAsync(Root + "/script", faults).Result.EnsureSuccessStatusCode();

    /// <summary>Forgets what was asked and what shall go wrong.</summary>
    public void Forget() => http.PostAsync(Root + "/forget", null).Result.EnsureSuccessStatusCode();

    /// <summary>What was asked and answered so far.</summary>
    public ServerLog Log => http.GetFromJsonAsync<ServerLog>(Root + "/log").Result!;

    /// <summary>The vector that it has for a text.</summary>
    public static float[] Vector(string text) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(8).Select(b => (b - 127.5f) / 100)];

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        http.Dispose();
    }
}

/// <summary>What a server was asked, and how often it gave a good answer to each text or prompt.</summary>
public sealed record ServerLog(IReadOnlyList<ServerRequest> Requests, IReadOnlyDictionary<string, int> Answered);

/// <summary>One request.</summary>
public sealed record ServerRequest(string Service, long Millisecond, string? Key, string? Agent, int Headers, IReadOnlyList<string> Texts,
    JsonElement Body);

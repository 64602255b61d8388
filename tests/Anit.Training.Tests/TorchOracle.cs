using System.Diagnostics;
using System.Text.Json;

namespace Anit.Training.Tests;

/// <summary>Plain PyTorch as another implementation: a script of tests/oracles, JSON in and out.</summary>
static class TorchOracle
{
    const string Python = "/usr/bin/python3";

    /// <summary>Why tests that need it do not run here; null when they do.</summary>
    public static string? Missing { get; } =
        !File.Exists(Python) || Run("", "-c", "import torch").Code != 0 ? $"{Python} has no torch, the other implementation" : null;

    /// <summary>What a script answers.</summary>
    public static JsonElement Ask(string script, object question)
    {
        var (code, output, errors) = Run(JsonSerializer.Serialize(question), Path.Combine(SharedData.Repository, "tests", "oracles", script));
        return code == 0 ? JsonDocument.Parse(output).RootElement : throw new InvalidOperationException($"{script}: {errors}");
    }

    static (int Code, string Output, string Errors) Run(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }
}

/// <summary>A test against PyTorch; reported as skipped where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute()
    {
        if (TorchOracle.Missing is { } why) Skip = why;
    }
}

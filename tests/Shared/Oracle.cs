using System.Diagnostics;

namespace Anit.Tests;

/// <summary>Other implementations, as scripts in tests/oracles run by node.</summary>
public static class Oracle
{
    static string Folder => Path.Combine(SharedData.Repository, "tests", "oracles");

    internal static string? Missing { get; } =
        Directory.Exists(Path.Combine(Folder, "node_modules")) ? null
            : "the oracles are not installed: make test does it, or npm ci in tests/oracles";

    /// <summary>Starts a script; its standard streams are pipes.</summary>
    public static Process Start(string script, params string[] args)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Folder };
        start.ArgumentList.Add(script);
        foreach (var arg in args) start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    /// <summary>Runs a script to its end: bytes in, bytes out; what it says on stderr fails the test when it fails.</summary>
    public static async Task<byte[]> Run(string script, byte[] input, params string[] args)
    {
        using var process = Start(script, args);
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before reading all; its exit code tells.
        }
        await Task.WhenAll(reading, process.WaitForExitAsync());
        return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"{script} {string.Join(' ', args)}: {await errors}");
    }
}

/// <summary>A test against another implementation; reported as skipped where these are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute()
    {
        if (Oracle.Missing is { } why) Skip = why;
    }
}

/// <summary>A theory against another implementation; reported as skipped where these are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OracleTheoryAttribute : TheoryAttribute
{
    public OracleTheoryAttribute()
    {
        if (Oracle.Missing is { } why) Skip = why;
    }
}

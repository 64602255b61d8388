using System.Diagnostics;

namespace Anit.Tools.Tests;

/// <summary>A fresh folder in which shell lines run with the tools on the path, as a user would type them.</summary>
public sealed class Workbench : IDisposable
{
    static readonly string[] Tools = ["anit-data", "anit-noise", "anit-score", "anit-train", "anit-eval"];

    readonly string bin;

    public Workbench()
    {
        Folder = Directory.CreateTempSubdirectory("anit-test-").FullName;
        bin = Path.Combine(Folder, ".bin");
        Directory.CreateDirectory(bin);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name; // artifacts/bin/Anit.Tools.Tests/<configuration>/
        foreach (var tool in Tools)
            File.CreateSymbolicLink(Path.Combine(bin, tool), Path.Combine(SharedData.Repository, "artifacts", "bin", tool, configuration, tool));
    }

    /// <summary>Where the lines run.</summary>
    public string Folder { get; }

    /// <summary>A path in the folder.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Writes a file of the folder.</summary>
    public void Write(string name, string text) => File.WriteAllText(this[name], text);

    /// <summary>Runs one line of bash and returns what it printed.</summary>
    public Run Bash(string line, int seconds = 120)
    {
        var start = Shell(line);
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(seconds)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"still running after {seconds} s: {line}");
        }
        return new(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>How one line of bash is started in the folder, with the tools on the path.</summary>
    /// <remarks>By env: the tests may have been started with SIGINT ignored, as jobs in the background are, and children inherit that.</remarks>
    public ProcessStartInfo Shell(string line) => new("/usr/bin/env", ["--default-signal=INT,TERM", "/bin/bash", "-c", line])
    {
        WorkingDirectory = Folder, Environment = { ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}" },
    };

    /// <summary>A command that makes fault.so, which ends a program at its n-th change on the disk or lets that fail; fault.c tells how.</summary>
    public static string Faults() =>
        $"cc -shared -fPIC -O1 -o fault.so {Path.Combine(SharedData.Repository, "tests", "Anit.Tools.Tests", "fault.c")} -ldl";

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>How a line ended.</summary>
public sealed record Run(int Code, string Output, string Error)
{
    /// <summary>Standard error without progress lines, for messages.</summary>
    public override string ToString() => $"exit code {Code}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}

using System.Diagnostics;

namespace Anit.Bench;

/// <summary>rival.py in a Python that has transformers and peft: told a name, it does that work and answers the time it took.</summary>
sealed class Rival : IDisposable
{
    readonly Process process;

    Rival(Process process) => this.process = process;

    /// <summary>Null where that Python, or what it needs, is missing.</summary>
    public static Rival? Start(string python)
    {
        if (!File.Exists(python)) return null;
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "rival.py")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // As our shim does: glibc otherwise maps and unmaps large tensors at every step, which costs it half as much again.
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = start.Environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (process.StandardOutput.ReadLine() is { } line)
            if (line == "ready") return new(process);
        process.Dispose();
        return null;
    }

    /// <summary>Processor time of a piece of work, null for one it does not have.</summary>
    public double? Milliseconds(string name)
    {
        process.StandardInput.WriteLine(name);
        process.StandardInput.Flush();
        return double.TryParse(process.StandardOutput.ReadLine(), out var time) ? time : null;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}

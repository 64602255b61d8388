using System.Diagnostics;

namespace Anit.Bench;

/// <summary>A tool in a process of its own that does one job, once for each line it is sent.</summary>
sealed class Player : IDisposable
{
    readonly Process process;
    readonly List<double> wall = [], cpu = [];

    public Player(string tool, params string[] job)
    {
        Tool = tool;
        var program = tool.Split(' ')[0];
        var start = program == "anit" ? new ProcessStartInfo(Environment.ProcessPath!)
            : new ProcessStartInfo("node") { ArgumentList = { Bench.Rivals, program } };
        foreach (var argument in job) start.ArgumentList.Add(argument);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        start.Environment["POLARS_MAX_THREADS"] = "1";
        process = Process.Start(start)!;
        if (Answer() != "ready") throw new InvalidOperationException($"{tool} did not start");
    }

    public string Tool { get; }
    public double Wall => Median(wall);
    public double Cpu => Median(cpu);
    public long PeakMegabytes { get; private set; }

    /// <summary>Does the job once; the time counts unless this warms up.</summary>
    public void Play(bool count = true)
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
        var parts = Answer().Split(' ');
        if (!count) return;
        wall.Add(double.Parse(parts[0]));
        cpu.Add(double.Parse(parts[1]));
    }

    public void End()
    {
        process.StandardInput.Close();
        PeakMegabytes = long.Parse(Answer());
        process.WaitForExit();
    }

    string Answer() => process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{Tool} ended; its message stands above");

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}

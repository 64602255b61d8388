// What the binding costs an operation, and how fast its matrix products are, next to PyTorch in Python in the same run.
// dotnet run -c Release --project bench/Torch [python3 with torch]
// Processor time of one thread, best of five: other work on the machine disturbs it little. Read the ratio.
using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
set_num_threads(1);
var ours = new Dictionary<string, double>();
using (NewDisposeScope())
using (no_grad())
{
    var (x, y) = (randn(8), randn(8));
    Measure("add of 8 numbers", 50_000, () => x.add(y));
    Measure("view", 50_000, () => x.view(2, 4));
    Measure("numel", 50_000, () => x.numel());
    foreach (var (dtype, name) in new[] { (float32, "float32"), (bfloat16, "bfloat16") })
        foreach (var (m, k, n) in new[] { (512L, 512L, 512L), (942, 768, 768), (942, 768, 2048), (97, 768, 32000), (942, 768, 8), (96, 48, 96) })
        {
            var (a, w) = (randn(m, k).to(dtype), randn(n, k).to(dtype));
            Measure($"linear {name} {m}x{k}x{n}", m * k * n > 1e6 ? 1 : 200, () => nn.functional.linear(a, w));
        }
    var before = GC.GetAllocatedBytesForCurrentThread();
    for (var i = 0; i < 1000; i++) x.add(y).Dispose();
    Console.WriteLine($"managed bytes an operation: {(GC.GetAllocatedBytesForCurrentThread() - before) / 1000}");
}

var theirs = Rival(args is [var python] ? python : "/usr/bin/python3");
Console.WriteLine($"{"",-34}{"ours",12}{"python",12}{"ratio",8}");
foreach (var (name, time) in ours)
{
    var size = name.Split(' ') is ["linear", _, var shape] ? shape.Split('x').Select(double.Parse).Aggregate(2.0, (p, s) => p * s) : 0;
    var other = theirs.GetValueOrDefault(name, double.NaN);
    Console.WriteLine(size > 0
        ? $"{name,-34}{size / time,7:F1} GF/s{size / other,7:F1} GF/s{time / other,8:F2}"
        : $"{name,-34}{time,9:F0} ns{other,9:F0} ns{time / other,8:F2}");
}

void Measure(string name, int repeats, Func<object> work)
{
    var best = double.MaxValue;
    for (var round = 0; round < 5; round++)
    {
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < repeats; i++) (work() as IDisposable)?.Dispose();
        best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / repeats);
    }
    ours[name] = best;
}

static Dictionary<string, double> Rival(string python)
{
    var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "rival.py")]) { RedirectStandardOutput = true };
    using var rival = Process.Start(start)!;
    return rival.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
        .ToDictionary(part => part[0], part => double.Parse(part[1]));
}

// Arrow streams between two of our processes, against `cat | cat` (the pipe itself) and Apache Arrow JS.
//   dotnet run -c Release --project bench/Pipes -- generate FILE.arrows [rows]    the table of the other format benchmarks
//   dotnet run -c Release --project bench/Pipes -- inside FILE.arrows [rounds]    one warm process: read, then read and write
//   dotnet run -c Release --project bench/Pipes -- write FILE.arrows | ... read   the two ends of a pipe
//   dotnet run -c Release --project bench/Pipes -- measure FILE.arrows [rounds]   medians, ratios, peak memory
using System.Diagnostics;
using Anit.Bench;
using Anit.Cli;
using Anit.Data;

switch (args)
{
    case ["generate", var path, ..]:
        await Instructions.WriteAsync(path, args.Length > 2 ? int.Parse(args[2]) : 500_000);
        break;
    case ["measure", var path, ..]:
        Measure(path, args.Length > 2 ? int.Parse(args[2]) : 5);
        break;
    case ["write", var path]:
        await WriteAsync(path);
        break;
    case ["read"]:
        await ReadAsync();
        break;
    case ["inside", var path, ..]:
        await InsideAsync(path, args.Length > 2 ? int.Parse(args[2]) : 5);
        break;
    default:
        Console.Error.WriteLine("generate FILE [rows] | write FILE | read | inside FILE [rounds] | measure FILE [rounds]");
        return 2;
}
return 0;

static void Measure(string path, int rounds)
{
    var root = new DirectoryInfo(AppContext.BaseDirectory);
    while (!File.Exists(Path.Combine(root.FullName, "Anit.sln"))) root = root.Parent!;
    var self = Environment.ProcessPath!;
    var tool = Path.Combine(root.FullName, "artifacts", "bin", "anit-data", "release", "anit-data");
    var rival = Path.Combine(root.FullName, "bench", "Pipes", "rival.mjs");
    (string Name, string Line)[] ways =
    [
        ("cat | cat", $"cat '{path}' | cat > /dev/null"),
        ("ours: writer | reader (validated)", $"'{self}' write '{path}' | '{self}' read"),
        ("ours: file -> null (read, validate, write)", $"'{tool}' convert '{path}' -q > /dev/null"),
        ("ours: cat | convert (validated)", $"cat '{path}' | '{tool}' convert -q > /dev/null"),
        ("ours: convert | convert (validated twice)", $"'{tool}' convert '{path}' -q | '{tool}' convert -q > /dev/null"),
        ("Apache Arrow JS: writer | reader", $"node '{rival}' write '{path}' | node '{rival}' read"),
    ];
    var times = ways.Select(_ => new List<double>()).ToArray();
    var peaks = new long[ways.Length];
    for (var round = 0; round < rounds; round++) // all ways in each round, so that a busy machine is unfair to all
        for (var i = 0; i < ways.Length; i++)
        {
            var (seconds, peak) = Run(ways[i].Line);
            times[i].Add(seconds);
            peaks[i] = Math.Max(peaks[i], peak);
        }
    var bytes = new FileInfo(path).Length;
    var floor = Median(times[0]);
    Console.WriteLine($"{bytes:N0} bytes, {rounds} rounds\n\n| way | median s | best s | GB/s at median | x cat \\| cat | peak RSS MB "
        + "|\n|---|---|---|---|---|---|");
    for (var i = 0; i < ways.Length; i++)
        Console.WriteLine($"| {ways[i].Name.Replace("|", "\\|")} | {Median(times[i]):0.00} | {times[i].Min():0.00} | "
            + $"{bytes / 1e9 / Median(times[i]):0.00} | {Median(times[i]) / floor:0.00} | {peaks[i] / 1024} |");
}

static async Task InsideAsync(string path, int rounds)
{
    var bytes = new FileInfo(path).Length;
    for (var round = 0; round < rounds; round++)
    {
        var (read, both) = (await OnceAsync(path, write: false), await OnceAsync(path, write: true));
        Console.WriteLine($"read {read:0.000} s, {bytes / 1e9 / read:0.00} GB/s; read and write {both:0.000} s, {bytes / 1e9 / both:0.00} GB/s");
    }
}

// A file as a stream on standard output: what a stage does at its end.
static async Task WriteAsync(string path)
{
    await using var output = Streams.Stdout();
    await using var reader = await Table.OpenAsync(path, new ReadOptions { ReuseMemory = true });
    await using var writer = Table.Create(output, TableFormat.ArrowStream, reader.Schema);
    await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
    await writer.FinishAsync();
}

// Standard input to its end, every value checked: what a stage does at its beginning.
static async Task ReadAsync()
{
    long rows = 0;
    await using var reader = await Table.OpenAsync(Streams.OpenInput(null), new ReadOptions { ReuseMemory = true });
    await foreach (var batch in reader.ReadBatchesAsync()) rows += batch.Rows;
    Console.Error.WriteLine($"{rows} rows");
}

static async Task<double> OnceAsync(string path, bool write)
{
    var clock = Stopwatch.StartNew();
    await using var reader = await Table.OpenAsync(path, new ReadOptions { ReuseMemory = true });
    await using var writer = write ? Table.Create(Stream.Null, TableFormat.ArrowStream, reader.Schema) : null;
    await foreach (var batch in reader.ReadBatchesAsync())
        if (writer is not null) await writer.WriteAsync(batch);
    return clock.Elapsed.TotalSeconds;
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

// Wall time of a shell line and the largest resident memory among its processes, in KiB.
static (double Seconds, long Peak) Run(string line)
{
    var clock = Stopwatch.StartNew();
    using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", "set -o pipefail; " + line]))!;
    long peak = 0;
    while (!shell.WaitForExit(10)) peak = Math.Max(peak, PeakOfChildren(shell.Id));
    return shell.ExitCode == 0 ? (clock.Elapsed.TotalSeconds, peak) : throw new InvalidOperationException($"exit code {shell.ExitCode}: {line}");
}

static long PeakOfChildren(int parent)
{
    long peak = 0;
    foreach (var folder in Directory.EnumerateDirectories("/proc"))
    {
        try
        {
            if (!int.TryParse(Path.GetFileName(folder), out _)) continue;
            var status = File.ReadAllLines(Path.Combine(folder, "status"));
            if (!status.Any(l => l.StartsWith("PPid:", StringComparison.Ordinal) && int.Parse(l[5..]) == parent)) continue;
            var high = status.FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            if (high is not null) peak = Math.Max(peak, long.Parse(high[6..^2]));
        }
        catch (IOException)
        {
            // It ended while we looked.
        }
    }
    return peak;
}

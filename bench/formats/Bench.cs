using Anit.Data;

namespace Anit.Bench;

/// <summary>All contests: the tools play in turns, round by round, and the medians stand side by side; those played once show the memory of a new
/// process.</summary>
sealed class Bench(string folder, int rows, int rounds, string[] only)
{
    const int WarmUp = 10; // .NET compiles the hot methods during the first ones
    static readonly string[] All = ["anit", "duckdb", "polars", "arrow-rs"];

    public static string Rivals { get; } = Path.Combine(Home(), "rivals.mjs");

    public async Task RunAsync()
    {
        Directory.CreateDirectory(folder);
        if (!File.Exists(At("table.parquet"))) await MakeAsync();
        Console.WriteLine($"{rows:N0} rows, {new FileInfo(At("table.arrows")).Length / 1e6:F1} MB as an Arrow stream; medians of {rounds} rounds");
        Console.WriteLine();
        Console.WriteLine("| job | tool | wall ms | CPU ms | ratio to DuckDB (wall, CPU) | file MB | peak MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var codec in new[] { "zstd", "snappy" })
        {
            Contest($"write {codec}", All, tool => ["write", At("table.parquet"), At($"{tool}-{codec}.parquet"), codec]);
            foreach (var writer in new[] { "duckdb", "anit" })
            {
                var file = At($"{writer}-{codec}.parquet");
                Contest($"read {codec}, all columns, {writer}'s file", All, _ => ["read", file, "*"]);
                Contest($"read {codec}, two columns, {writer}'s file", All, _ => ["read", file, "instruction,d_norm"]);
            }
        }
        foreach (var writer in new[] { "duckdb", "anit" })
            foreach (var (name, columns) in new[] { ("all columns", "*"), ("two columns", "instruction,d_norm") })
                Contest($"threads: read zstd, {name}, {writer}'s file", ["anit", "anit x2", "duckdb", "duckdb x2"],
                    tool => ["read", At($"{writer}-zstd.parquet"), columns, tool.EndsWith("x2", StringComparison.Ordinal) ? "2" : "1"]);
        foreach (var writer in new[] { "duckdb", "anit" })
            Contest($"file to file once, zstd, {writer}'s file", All[..2],
                tool => ["copy", At($"{writer}-zstd.parquet"), At($"{tool}-copy.parquet"), "zstd"], once: true);
    }

    /// <summary>The same rows for everybody: Parquet without compression.</summary>
    async Task MakeAsync()
    {
        await using var stream = Table.Create(At("table.arrows"), BenchTable.Schema);
        await using var parquet = Table.Create(At("table.parquet"), BenchTable.Schema, new() { Compression = Compression.None });
        foreach (var batch in BenchTable.Batches(rows, 32_768))
        {
            await stream.WriteAsync(batch);
            await parquet.WriteAsync(batch);
        }
        await stream.FinishAsync();
        await parquet.FinishAsync();
    }

    void Contest(string job, string[] tools, Func<string, string[]> arguments, bool once = false)
    {
        if (!only.All(o => All.Contains(o) || job.Contains(o, StringComparison.Ordinal))) return;
        tools = [.. tools.Where(t => t.StartsWith("duckdb", StringComparison.Ordinal) || !only.Any(All.Contains) || only.Contains(t.Split(' ')[0]))];
        var players = tools.Select(t => new Player(t, arguments(t))).ToArray();
        try
        {
            for (var round = once ? 0 : -WarmUp; round < (once ? 1 : rounds); round++)
                foreach (var player in players) player.Play(count: round >= 0);
            foreach (var player in players) player.End();
            var duckdb = players.First(p => p.Tool == "duckdb");
            foreach (var p in players)
            {
                var written = arguments(p.Tool) is ["read", var read, ..] ? read : arguments(p.Tool)[2];
                Console.WriteLine($"| {job} | {p.Tool} | {p.Wall:F0} | {p.Cpu:F0} | {p.Wall / duckdb.Wall:F2}, {p.Cpu / duckdb.Cpu:F2} | "
                    + $"{new FileInfo(written).Length / 1e6:F1} | {p.PeakMegabytes} |");
            }
        }
        finally
        {
            foreach (var player in players) player.Dispose();
        }
    }

    string At(string name) => Path.Combine(folder, name);

    /// <summary>This benchmark's folder of the source tree: the one above the output that holds rivals.mjs.</summary>
    static string Home()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Path.Combine(at.FullName, "bench", "formats") is var home && File.Exists(Path.Combine(home, "rivals.mjs"))) return home;
        throw new FileNotFoundException("bench/formats/rivals.mjs; run the benchmark inside the source tree");
    }
}

using System.Diagnostics;
using Anit.Data;

namespace Anit.Bench;

/// <summary>Our side of each job: the same arguments and the same talk on standard input and output as rivals.mjs.</summary>
static class Jobs
{
    public static async Task ServeAsync(string job, string file, string second, string? codec)
    {
        var work = job switch
        {
            "write" => await WriterAsync(file, second, Codec(codec)),
            "read" => () => ReadAsync(file, second == "*" ? null : second.Split(','), int.Parse(codec ?? "1")),
            _ => (Func<Task>)(() => CopyAsync(file, second, Codec(codec))),
        };
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
        {
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            await work();
            Console.WriteLine($"{clock.Elapsed.TotalMilliseconds} {(Environment.CpuUsage.TotalTime - before).TotalMilliseconds}");
        }
        var peak = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        Console.WriteLine(long.Parse(peak.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) / 1024);
    }

    static Compression Codec(string? name) => Enum.Parse<Compression>(name!, ignoreCase: true);

    static async Task<Func<Task>> WriterAsync(string table, string path, Compression codec)
    {
        var batches = new List<ColumnBatch>();
        await using var reader = await Table.OpenAsync(table);
        await foreach (var batch in reader.ReadBatchesAsync()) batches.Add(batch);
        return async () =>
        {
            await using var writer = Table.Create(path, batches[0].Schema, new() { Compression = codec });
            foreach (var batch in batches) await writer.WriteAsync(batch);
            await writer.FinishAsync();
        };
    }

    static async Task ReadAsync(string path, string[]? columns, int threads)
    {
        await using var reader = await Table.OpenAsync(path, new() { Columns = columns, ReuseMemory = true, Threads = threads });
        long bytes = 0;
        await foreach (var batch in reader.ReadBatchesAsync())
            foreach (var column in batch.Columns) bytes += column is BytesColumn text ? text.Offsets[^1] : column.Length;
        if (bytes == 0) throw new InvalidOperationException("nothing was read");
    }

    static async Task CopyAsync(string from, string to, Compression codec)
    {
        await using var reader = await Table.OpenAsync(from, new() { ReuseMemory = true });
        await using var writer = Table.Create(to, reader.Schema, new() { Compression = codec });
        await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
        await writer.FinishAsync();
    }
}

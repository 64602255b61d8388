using System.Diagnostics;

namespace Anit.Bench;

/// <summary>Time, threads and memory of training, one table for all shapes; each row is a process of its own.</summary>
/// <param name="folder">A real model's folder; left out when null.</param>
/// <param name="rounds">Steps timed in each row.</param>
sealed class TableBench(string? folder, int rounds)
{
    static readonly string[] Ways = ["plain", "nrm", "plain+checkpoint", "nrm+checkpoint"];
    static readonly string[] Half = ["plain+bfloat16", "nrm+bfloat16"]; // of weights that lie in a file

    /// <summary>Prints the rows as they come.</summary>
    public void Run()
    {
        Console.WriteLine("| model | method | threads | s/step | processor s | one thread's s | of products | gain | "
            + "MB over weights | of plain | load |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        string[] shapes = folder is null ? ["small", "middle"] : ["small", "middle", folder];
        int[] threads = Environment.ProcessorCount > 1 ? [1, 2] : [1];
        foreach (var shape in shapes)
        {
            RowCost? plain = null;
            foreach (var way in shape == folder ? [.. Ways, .. Half] : Ways)
            {
                RowCost? alone = null;
                foreach (var count in threads)
                {
                    var cost = Row(shape, way, count);
                    if (count == 1) alone = cost;
                    if (way == "plain" && count == 1) plain = cost;
                    Console.WriteLine($"| {Path.GetFileName(shape)} | {way} | {count} | {cost.Seconds:F2} | {cost.Cpu:F2} | {cost.Thread:F2} "
                        + $"| {cost.Thread / cost.Products:F2} | {(count > 1 ? $"{alone!.Thread / cost.Thread:F2}" : "")} | {cost.Megabytes:F0} "
                        + $"| {cost.Megabytes / plain!.Megabytes:F2} | {cost.Load:F1} |");
                }
            }
        }
    }

    RowCost Row(string shape, string way, int threads)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var word in (string[])[typeof(TableBench).Assembly.Location, "row", shape, way, $"{threads}", $"{rounds}"])
            start.ArgumentList.Add(word);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet") start.ArgumentList.RemoveAt(0);
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // or waiting would count as work
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return lines.Select(RowCost.Parse).FirstOrDefault(c => c is not null) ?? throw new InvalidOperationException($"{shape}, {way}: no result");
    }
}

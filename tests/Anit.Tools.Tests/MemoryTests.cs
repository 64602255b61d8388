using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>The text tools hold a few batches, never the table: 200 MB of rows pass through a heap of 160 MiB.</summary>
public sealed class MemoryTests : IDisposable
{
    const int Rows = 160_000;
    const string SmallHeap = "export DOTNET_GCHeapHardLimit=0xA000000; set -o pipefail; ";

    readonly Workbench bench = new();

    public MemoryTests()
    {
        var text = string.Join(' ', Enumerable.Range(0, 50).Select(i => $"word{i} of a long text"));
        using var rows = new StreamWriter(bench["rows.jsonl"]);
        for (var i = 0; i < Rows; i++) rows.Write($"{{\"id\":\"t/{i}\",\"instruction\":\"name the mood of text {i} and nothing else\",\"text\":\"{i} "
            + $"{text}\",\"target\":\"good\"}}\n");
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Tables_larger_than_the_heap_pass_as_files_and_as_pipes()
    {
        Ok("anit-data convert rows.jsonl -q -o rows.parquet && anit-data convert rows.parquet -q -o rows.arrow && anit-data convert rows.arrow -q -o "
            + "again.jsonl && cmp rows.jsonl again.jsonl");
        Ok("anit-noise rows.parquet --phi 0.5 --threads 2 -q -o noisy.parquet && anit-score noisy.parquet --threads 2 -q -o scored.parquet && "
            + "anit-data verify scored.parquet");
        Ok("cat rows.parquet | anit-noise --phi 0.5 --threads 2 -q | anit-score --threads 2 -q | anit-data convert -q --to csv | wc -l").Trim()
            .ShouldBe($"{Rows + 1}");
    }

    string Ok(string line)
    {
        var run = bench.Bash(SmallHeap + line, seconds: 300);
        run.Code.ShouldBe(0, $"{line}\n{run}");
        return run.Output;
    }
}

using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Anit.Data.Arrow;
using Shouldly;

namespace Anit.Data.Tests.Arrow;

/// <summary>Arrow files of other implementations, golden and hostile, as corpora/README.md has it.</summary>
public sealed class ArrowCorpusTests
{
    [SharedFact]
    public async Task Every_good_file_has_its_expected_rows()
    {
        var faults = new List<string>();
        var (read, refused) = (0, 0);
        foreach (var file in Files("good"))
        {
            try
            {
                var rows = await Rows(file.Path);
                var expected = Expected(file.Path);
                if (rows.SequenceEqual(expected)) read++;
                else faults.Add($"{file.Name}: {rows.Length} rows, expected {expected.Length}; {Different(rows, expected)}");
            }
            catch (DataFormatException refusal) when (file.Tier == "extended")
            {
                refused++;
                refusal.Message.ShouldNotBeEmpty();
            }
            catch (Exception error)
            {
                faults.Add($"{file.Name}: {error.GetType().Name}: {error.Message}");
            }
        }
        faults.ShouldBeEmpty($"{read} equal, {refused} refused");
        (read, refused).ShouldBe((143, 0));
    }

    [SharedFact]
    public async Task Every_bad_file_is_refused_or_harmless()
    {
        var faults = new List<string>();
        foreach (var file in Files("bad"))
        {
            var clock = Stopwatch.StartNew();
            try
            {
                long rows = 0;
                await using var reader = await ArrowReader.OpenAsync(File.OpenRead(file.Path), new(), default);
                await foreach (var batch in reader.ReadBatchesAsync()) rows += batch.Rows;
                if (file.Expect == "reject") faults.Add($"{file.Name}: read {rows} rows");
            }
            catch (DataFormatException refusal) when (refusal.Message.Length > 0)
            {
            }
            catch (Exception error)
            {
                faults.Add($"{file.Name}: {error.GetType().Name}: {error.Message} {error.StackTrace}");
            }
            if (clock.ElapsedMilliseconds > 60_000) faults.Add($"{file.Name}: took {clock.ElapsedMilliseconds} ms");
        }
        faults.ShouldBeEmpty();
    }

    [SharedFact]
    public async Task Every_good_file_survives_our_writers()
    {
        var faults = new List<string>();
        foreach (var file in Files("good"))
        {
            foreach (var format in new[] { TableFormat.ArrowStream, TableFormat.ArrowFile })
            {
                try
                {
                    await using var first = await Table.OpenAsync(file.Path);
                    var batches = await Arrows.Batches(first);
                    await using var second = await Table.OpenAsync(new MemoryStream(await Arrows.Write(format, first.Schema, batches)));
                    var (rows, expected) = (await Arrows.Rows(second), Arrows.Rows(batches));
                    if (!rows.SequenceEqual(expected)) faults.Add($"{file.Name} as {format}: {Different(rows, expected)}");
                }
                catch (Exception error)
                {
                    faults.Add($"{file.Name} as {format}: {error}");
                }
            }
        }
        faults.ShouldBeEmpty();
    }

    static IEnumerable<(string Path, string Name, string? Tier, string? Expect)> Files(string kind) =>
        from line in File.ReadLines(SharedData.Path("corpora", "manifest.jsonl"))
        let entry = JsonDocument.Parse(line).RootElement
        where entry.GetProperty("format").GetString()!.StartsWith("arrow", StringComparison.Ordinal) && entry.GetProperty("kind").GetString() == kind
        let name = entry.GetProperty("path").GetString()!
        select (SharedData.Path("corpora", name), name, Text(entry, "tier"), Text(entry, "expect"));

    static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;

    static async Task<string[]> Rows(string path)
    {
        await using var reader = await Table.OpenAsync(path);
        return [.. (await Arrows.Rows(reader)).Select(row => row.TrimEnd('\n'))];
    }

    static string[] Expected(string path)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(path + ".expected.jsonl.gz"), CompressionMode.Decompress));
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    static string Different(string[] rows, string[] expected)
    {
        var at = Enumerable.Range(0, Math.Min(rows.Length, expected.Length)).FirstOrDefault(i => rows[i] != expected[i], -1);
        return at < 0 ? "" : $"row {at} is\n{Short(rows[at])}\nnot\n{Short(expected[at])}";
    }

    static string Short(string text) => text[..Math.Min(400, text.Length)];
}

using System.Text.Json;
using Anit.Data.Arrow;
using Shouldly;

namespace Anit.Data.Tests.Arrow;

/// <summary>Cut and damaged input: equal rows or a format error, never anything else.</summary>
public sealed class ArrowHostileTests
{
    [Fact]
    public async Task A_pipe_cut_at_any_byte_is_an_error()
    {
        var bytes = await Sample(TableFormat.ArrowStream);
        for (var length = 0; length < bytes.Length; length++)
            (await Outcome(new Pipe(bytes[..length]))).ShouldBe(null, $"cut at {length} of {bytes.Length}");
    }

    [Fact]
    public async Task A_file_cut_at_any_byte_is_an_error()
    {
        var bytes = await Sample(TableFormat.ArrowFile);
        for (var length = 0; length < bytes.Length; length++)
            (await Outcome(new MemoryStream(bytes[..length]))).ShouldBe(null, $"cut at {length} of {bytes.Length}");
    }

    [SharedFact]
    public async Task Small_files_of_the_corpora_cut_at_any_byte_give_their_first_rows_or_an_error()
    {
        foreach (var path in SmallFiles())
        {
            var bytes = File.ReadAllBytes(path);
            var whole = await Outcome(new MemoryStream(bytes));
            whole.ShouldNotBeNull(path);
            for (var length = 0; length < bytes.Length; length += bytes.Length > 1_000 ? 17 : 1)
            {
                var rows = await Outcome(new MemoryStream(bytes[..length]));
                if (rows is null) continue;
                path.ShouldNotEndWith(".arrow"); // files say how much belongs to them; streams end where they end
                rows.ShouldBe(whole[..rows.Length], $"{path} cut at {length}");
            }
        }
    }

    [SharedFact]
    public async Task Damaged_bytes_give_rows_or_a_format_error()
    {
        var files = SmallFiles().Select(File.ReadAllBytes).ToList();
        for (var seed = 0; seed < 6_000; seed++)
        {
            var random = new Random(seed);
            var bytes = (byte[])files[random.Next(files.Count)].Clone();
            for (var k = 1 + random.Next(3); k > 0; k--) bytes[random.Next(bytes.Length)] = Damaged(random);
            await Outcome(new MemoryStream(bytes), $"seed {seed}");
        }
    }

    static byte Damaged(Random random) => random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => 0x80, _ => (byte)random.Next(256) };

    static List<string> SmallFiles() =>
        [.. from line in File.ReadLines(SharedData.Path("corpora", "manifest.jsonl"))
            let entry = JsonDocument.Parse(line).RootElement
            where entry.GetProperty("format").GetString()!.StartsWith("arrow", StringComparison.Ordinal)
                && entry.GetProperty("kind").GetString() == "good" && entry.GetProperty("bytes").GetInt64() < 6_000
            select SharedData.Path("corpora", entry.GetProperty("path").GetString()!)];

    // The rows, or null for a format error; anything else fails the test.
    static async Task<string[]?> Outcome(Stream stream, string? what = null)
    {
        try
        {
            await using var reader = await ArrowReader.OpenAsync(stream, new(), default);
            return await Arrows.Rows(reader);
        }
        catch (DataFormatException)
        {
            return null;
        }
        catch (Exception other)
        {
            throw new InvalidOperationException(what, other);
        }
    }

    static Task<byte[]> Sample(TableFormat format)
    {
        var random = new Random(4);
        var schema = new Schema([new("t", DataType.Utf8), new("d", DataType.Dictionary), new("l", DataType.ListOf(DataType.Int32)),
            new("x", DataType.Float64)]);
        return Arrows.Write(format, schema, [Some.Batch(random, schema, 5), Some.Batch(random, schema, 3)],
            new Dictionary<string, string> { ["k"] = "v" });
    }
}

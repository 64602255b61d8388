using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Anit.Data.Parquet;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Parquet files of other implementations, golden and hostile, as corpora/README.md has it.</summary>
[Collection(nameof(Alone))]
public sealed class ParquetCorpusTests
{
    const long MostMemory = 512 << 20;
    static readonly TimeSpan MostTime = TimeSpan.FromSeconds(8); // of processor, collections and other threads included

    [SharedFact]
    public async Task Every_good_file_has_its_expected_header_and_rows()
    {
        var faults = new List<string>();
        var (read, refused) = (0, new List<string>());
        foreach (var file in Files("good"))
        {
            try
            {
                // Its dictionary page's checksum is wrong on purpose; with verification it is refused.
                var verify = !file.Name.Contains("corrupt-checksum", StringComparison.Ordinal);
                var fault = await Compare(file.Path, new() { VerifyChecksums = verify });
                if (fault is null) read++;
                else faults.Add($"{file.Name}: {fault}");
            }
            catch (DataFormatException refusal) when (file.Tier == "extended")
            {
                refused.Add($"{file.Name}: {refusal.Message}");
            }
            catch (Exception error)
            {
                faults.Add($"{file.Name}: {error.GetType().Name}: {error.Message} {(error is DataFormatException ? "" : error.StackTrace)}");
            }
        }
        faults.ShouldBeEmpty($"{read} equal, {refused.Count} refused");
        refused.Count.ShouldBeLessThanOrEqualTo(1, string.Join('\n', refused));
    }

    [SharedFact]
    public async Task No_row_is_lost_to_the_statistics_of_any_writer()
    {
        var (faults, asked, passed) = (new List<string>(), 0, 0L);
        foreach (var file in Files("good").Where(f => f.Tier != "extended" && new FileInfo(f.Path).Length < 1 << 18))
        {
            // Statistics that lie on purpose, and hand-made pages below statistics of other ones.
            if (file.Name.Contains("corrupt", StringComparison.Ordinal) || file.Name.Contains("checksum", StringComparison.Ordinal)
                || file.Name.Contains("out_of_range", StringComparison.Ordinal)) continue;
            var schema = await SchemaOf(file.Path);
            foreach (var field in schema.Fields.Where(f => f.Type is IntType or DateType or TimestampType or Utf8Type or FloatType { Bits: > 16 })
                .Take(6))
            {
                var cells = await Cells(file.Path, field.Name, []);
                if (cells.Where(c => c is not null).Distinct().Order(Comparer<object?>.Create((a, b) => Comparer<object>.Default.Compare(a, b)))
                    .ToList() is not [_, ..] values) continue;
                foreach (var value in new[] { values[0], values[^1], values[values.Count / 2] })
                {
                    if (value is double.NaN || Range(field.Name, value!) is not { } range) continue;
                    var found = await Cells(file.Path, field.Name, [range]);
                    asked++;
                    passed += cells.Count - found.Count;
                    if (found.Count(value!.Equals) != cells.Count(value.Equals))
                        faults.Add($"{file.Name} {field}: {found.Count(value.Equals)} rows of {cells.Count(value.Equals)} with {value}");
                }
            }
        }
        faults.ShouldBeEmpty($"{asked} ranges");
        asked.ShouldBeGreaterThan(500);
        passed.ShouldBeGreaterThan(10_000);
    }

    static ColumnRange? Range(string column, object value) => value switch
    {
        long l => ColumnRange.Equal(column, l),
        double d => ColumnRange.Between(column, d, d),
        string s => ColumnRange.Equal(column, s),
        _ => null,
    };

    static async Task<Schema> SchemaOf(string path)
    {
        await using var reader = await Table.OpenAsync(path);
        return reader.Schema;
    }

    static async Task<List<object?>> Cells(string path, string column, IReadOnlyList<ColumnRange> ranges)
    {
        await using var reader = await Table.OpenAsync(path, new() { Columns = [column], Ranges = ranges });
        var cells = new List<object?>();
        await foreach (var batch in reader.ReadBatchesAsync())
            for (var i = 0; i < batch.Rows; i++)
                cells.Add(batch.Columns[0] switch
                {
                    Utf8Column c => c.GetString(i),
                    FixedColumn<double> or FixedColumn<float> => batch.Columns[0].Number(i),
                    FixedColumn<ulong> or FixedColumn<Int128> => null,
                    _ => batch.Columns[0].Integer(i),
                });
        return cells;
    }

    [SharedFact]
    public async Task Every_bad_file_is_refused_or_harmless()
    {
        var faults = new List<string>();
        foreach (var file in Files("bad"))
        {
            var begun = Environment.CpuUsage.TotalTime;
            try
            {
                long rows = 0;
                await using var reader = await Table.OpenAsync(file.Path);
                await foreach (var batch in reader.ReadBatchesAsync())
                {
                    rows += batch.Rows;
                    if (rows % 50 == 0 && GC.GetTotalMemory(false) > MostMemory && GC.GetTotalMemory(true) > MostMemory)
                        throw new InvalidOperationException($"more than {MostMemory:N0} bytes are held");
                }
                if (file.Expect == "reject") faults.Add($"{file.Name}: read {rows} rows");
            }
            catch (DataFormatException refusal) when (refusal.Message.Length > 0)
            {
            }
            catch (Exception error)
            {
                faults.Add($"{file.Name}: {error.GetType().Name}: {error.Message} {(error is DataFormatException ? "" : error.StackTrace)}");
            }
            var took = Environment.CpuUsage.TotalTime - begun;
            if (took > MostTime) faults.Add($"{file.Name}: took {took.TotalSeconds:F1} s");
        }
        faults.ShouldBeEmpty();
    }

    static IEnumerable<(string Path, string Name, string? Tier, string? Expect)> Files(string kind) =>
        from line in File.ReadLines(SharedData.Path("corpora", "manifest.jsonl"))
        let entry = JsonDocument.Parse(line).RootElement
        where entry.GetProperty("format").GetString() == "parquet" && entry.GetProperty("kind").GetString() == kind
        let name = entry.GetProperty("path").GetString()!
        select (SharedData.Path("corpora", name), name, Text(entry, "tier"), Text(entry, "expect"));

    static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>The first difference to the expected canonical lines, or null.</summary>
    static async Task<string?> Compare(string path, ReadOptions options)
    {
        using var expected = new StreamReader(new GZipStream(File.OpenRead(path + ".expected.jsonl.gz"), CompressionMode.Decompress));
        var header = await expected.ReadLineAsync();
        await using var reader = await Table.OpenAsync(path, options);
        var json = new CanonicalJson();
        long rows = 0;
        await foreach (var batch in reader.ReadBatchesAsync())
        {
            for (var i = 0; i < batch.Rows; i++, rows++)
            {
                var found = Encoding.UTF8.GetString(json.Row(batch, i).Span).TrimEnd('\n');
                var line = await expected.ReadLineAsync();
                if (found != line) return $"row {rows} is\n{Short(found)}\nnot\n{Short(line)}";
            }
        }
        if (await expected.ReadLineAsync() is { } more) return $"{rows} rows, then expected {Short(more)}";
        // The corpora list the footer's own pairs; a reader of tables sees those of ARROW:schema as well.
        var pairs = reader.Schema.Metadata.Where(pair => ((ParquetReader)reader).Meta.KeyValues.ContainsKey(pair.Key)).ToDictionary();
        var head = Encoding.UTF8.GetString(json.Header(reader.Schema, rows, pairs).Span).TrimEnd('\n');
        return SameHeader(head, header!) ? null : $"the header is\n{Short(head)}\nnot\n{Short(header)}";
    }

    /// <summary>Equal but for the order of the key-value metadata.</summary>
    static bool SameHeader(string found, string expected)
    {
        var (a, b) = (JsonDocument.Parse(found).RootElement, JsonDocument.Parse(expected).RootElement);
        return a.GetProperty("columns").GetRawText() == b.GetProperty("columns").GetRawText()
            && a.GetProperty("rows").GetInt64() == b.GetProperty("rows").GetInt64()
            && KeyValues(a).SequenceEqual(KeyValues(b));
    }

    static IEnumerable<(string, string?)> KeyValues(JsonElement header) =>
        header.TryGetProperty("kv", out var pairs) ? pairs.EnumerateObject().Select(p => (p.Name, p.Value.GetString()))
            .OrderBy(p => p.Name, StringComparer.Ordinal) : [];

    static string Short(string? text) => text is null ? "the end" : text[..Math.Min(600, text.Length)];
}

/// <summary>Tests that measure time and memory, with no other beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

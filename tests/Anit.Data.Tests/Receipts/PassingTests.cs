using Anit.Data.Parquet;
using Anit.Data.Receipts;
using Shouldly;

namespace Anit.Data.Tests.Receipts;

/// <summary>Stages that add columns to a Parquet file of ours: what passes is copied, and nobody can tell.</summary>
public sealed class PassingTests : IDisposable
{
    static readonly Field Length = new("length", DataType.Int32), Echo = new("echo", DataType.Utf8);

    readonly string folder = Directory.CreateTempSubdirectory("anit-passing-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_output_has_the_bytes_it_has_when_every_column_is_read_and_written_anew()
    {
        for (var seed = 0; seed < 80; seed++)
        {
            var random = new Random(seed);
            var write = Limits(random);
            var rows = random.Next(4) == 0 ? random.Next(3) : random.Next(400);
            var table = Table(random, rows);
            await Source("in.parquet", table, random, write);
            await Converted("in.parquet", "in.arrow", write);
            var passed = await Grow("in.parquet", "passed.parquet", write, looksAt: ["text"]);
            (await Grow("in.parquet", "anew.parquet", write, looksAt: null)).ShouldBe(0);
            (await Grow("in.arrow", "arrow.parquet", write with { Threads = 1 }, looksAt: null)).ShouldBe(0);
            var bytes = File.ReadAllBytes(At("passed.parquet"));
            bytes.ShouldBe(File.ReadAllBytes(At("anew.parquet")), $"seed {seed}");
            bytes.ShouldBe(File.ReadAllBytes(At("arrow.parquet")), $"seed {seed}");
            passed.ShouldBe(rows > 0 ? table.Columns.Count - 1 : 0, $"seed {seed}"); // all but the text, when there is a batch to see it by

            // A stage behind it keeps the row groups, too.
            passed = await Grow("passed.parquet", "more.parquet", write, looksAt: ["echo"], of: "echo", more: "2");
            passed.ShouldBe(rows > 0 ? table.Columns.Count + 1 : 0, $"seed {seed}");
            await Grow("anew.parquet", "more anew.parquet", write, looksAt: null, of: "echo", more: "2");
            File.ReadAllBytes(At("more.parquet")).ShouldBe(File.ReadAllBytes(At("more anew.parquet")), $"seed {seed}");
        }
    }

    [Fact]
    public async Task The_usual_limits_of_row_groups_and_pages_are_kept_across_stages()
    {
        var schema = new Schema([new("n", DataType.Int64, false), new("text", DataType.Utf8), new("wide", DataType.Utf8)]);
        var random = new Random(1);
        for (var round = 0; round < 2; round++)
        {
            var (rows, width) = round == 0 ? (130_000, 20) : (9_000, 9_000); // a row group ends by its rows, or by its bytes
            var wide = new byte[width];
            await Source("in.parquet", new ColumnBatch(schema,
            [
                new FixedColumn<long>(DataType.Int64, [.. Enumerable.Range(0, rows).Select(_ => random.NextInt64())]),
                Utf8Column.Of([.. Enumerable.Range(0, rows).Select(i => $"row {i}")]),
                Utf8Column.Of([.. Enumerable.Range(0, rows).Select(i => $"{i} {new string((char)('a' + i % 26), width)}")]),
            ]), random, new());
            (await Grow("in.parquet", "passed.parquet", new() { Threads = 2 }, looksAt: ["text"])).ShouldBe(2);
            (await Grow("in.parquet", "anew.parquet", new(), looksAt: null)).ShouldBe(0);
            Same("passed.parquet", "anew.parquet");
            await using var reader = await Anit.Data.Table.OpenAsync(At("passed.parquet"));
            ((ParquetReader)reader).Meta.RowGroups.Count.ShouldBeGreaterThan(1);
        }
    }

    [Fact]
    public async Task Rows_decide_the_bytes_whatever_batches_they_come_in()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var (write, batch) = (Limits(random), Table(random, 1 + random.Next(600)));
            await Written("one.parquet", [batch], write with { Threads = 1 });
            await Written("many.parquet", Cut(batch, random), write with { Threads = 3 });
            Same("one.parquet", "many.parquet", $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_file_without_receipts_is_read_and_digested_but_not_encoded_anew()
    {
        var random = new Random(3);
        var batch = Table(random, 300);
        await Written("plain.parquet", [batch], new());
        await Grow("plain.parquet", "passed.parquet", new(), looksAt: ["text"]);
        await Grow("plain.parquet", "anew.parquet", new(), looksAt: null);
        Same("passed.parquet", "anew.parquet");
        await Checked("passed.parquet");
    }

    [Theory]
    [InlineData("a byte of a page")]
    [InlineData("the digest of a column")]
    [InlineData("other options")]
    public async Task Where_something_does_not_fit_the_columns_are_read(string fault)
    {
        var random = new Random(4);
        var options = fault == "other options" ? new WriteOptions { PageRows = 7 } : new();
        await Source("in.parquet", Table(random, 300), random, options);
        var bytes = File.ReadAllBytes(At("in.parquet"));
        if (fault == "a byte of a page") bytes[100] ^= 1;
        if (fault == "the digest of a column")
        {
            var at = bytes.AsSpan().IndexOf("anit.columns"u8);
            at += bytes.AsSpan(at).IndexOf("text\":\""u8) + 7;
            bytes[at] = (byte)(bytes[at] == 'a' ? 'b' : 'a');
        }
        File.WriteAllBytes(At("in.parquet"), bytes);
        if (fault == "a byte of a page")
        {
            (await Should.ThrowAsync<DataFormatException>(Grow("in.parquet", "out.parquet", new(), ["text"]))).Message.ShouldContain("checksum");
            return;
        }
        (await Grow("in.parquet", "out.parquet", new(), ["text"])).ShouldBe(0);
        (await Grow("in.parquet", "anew.parquet", new(), null)).ShouldBe(0);
        Same("out.parquet", "anew.parquet");
        await Checked("out.parquet");
    }

    [Fact]
    public async Task A_page_that_is_only_copied_is_checked_all_the_same()
    {
        var random = new Random(5);
        var schema = new Schema([new("text", DataType.Utf8), new("noise", DataType.Binary, false)]);
        var noise = (BytesBuilder)ColumnBuilder.For(DataType.Binary);
        for (var i = 0; i < 4_000; i++) noise.Append(Enumerable.Range(0, 1_000).Select(_ => (byte)random.Next()).ToArray());
        var texts = Utf8Column.Of([.. Enumerable.Range(0, 4_000).Select(i => $"{i}")]);
        await Source("in.parquet", new ColumnBatch(schema, [texts, noise.Build()]), random, new());
        var bytes = File.ReadAllBytes(At("in.parquet"));
        bytes[bytes.Length / 30] ^= 1; // between the pieces of the seal
        File.WriteAllBytes(At("in.parquet"), bytes);
        var fault = await Should.ThrowAsync<DataFormatException>(Grow("in.parquet", "out.parquet", new(), ["text"]));
        fault.Message.ShouldContain("checksum");
        File.Exists(At("out.parquet")).ShouldBeFalse();
    }

    static WriteOptions Limits(Random random) => new()
    {
        RowGroupRows = 1 + random.Next(200), RowGroupBytes = 1 << (8 + random.Next(8)),
        PageBytes = 1 << (4 + random.Next(8)), PageRows = 1 + random.Next(60),
        PageV2 = random.Next(2) == 0, Dictionaries = random.Next(2) == 0, Threads = 1 + random.Next(2),
        Compression = random.Next(3) == 0 ? Compression.Snappy : Compression.Default,
    };

    static ColumnBatch Table(Random random, int rows)
    {
        var schema = new Schema([.. Some.Schema(random).Fields, new("text", DataType.Utf8), new("kind", DataType.Dictionary)]);
        return Some.Batch(random, schema, rows);
    }

    static List<ColumnBatch> Cut(ColumnBatch batch, Random random)
    {
        var parts = new List<ColumnBatch>();
        for (var at = 0; at < batch.Rows;)
        {
            var count = Math.Min(batch.Rows - at, 1 + random.Next(1 + random.Next(120)));
            parts.Add(batch.Slice(at, count));
            at += count;
        }
        return parts;
    }

    string At(string name) => Path.Combine(folder, name);

    void Same(string one, string other, string? about = null) => File.ReadAllBytes(At(one)).ShouldBe(File.ReadAllBytes(At(other)), about);

    async Task Written(string name, List<ColumnBatch> batches, WriteOptions write)
    {
        await using var writer = Anit.Data.Table.Create(At(name), batches[0].Schema, write);
        foreach (var batch in batches) await writer.WriteAsync(batch);
        await writer.FinishAsync();
    }

    /// <summary>A table as a first stage makes it.</summary>
    async Task Source(string name, ColumnBatch batch, Random random, WriteOptions write)
    {
        await using var run = await StageRun.BeginAsync(new("make", 1), new() { Output = At(name), Write = write, Force = true });
        await using var writer = run.Create(batch.Schema);
        foreach (var part in Cut(batch, random)) await writer.WriteAsync(part);
        await writer.FinishAsync();
    }

    async Task Converted(string from, string to, WriteOptions write)
    {
        await using var reader = await Anit.Data.Table.OpenAsync(At(from));
        await using var writer = Anit.Data.Table.Create(At(to), reader.Schema);
        await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
        await writer.FinishAsync();
    }

    /// <summary>A stage that adds two columns; returns how many columns of the first batch were not read.</summary>
    async Task<int> Grow(string from, string to, WriteOptions write, string[]? looksAt, string of = "text", string more = "")
    {
        var (length, echo) = (Length with { Name = Length.Name + more }, Echo with { Name = Echo.Name + more });
        var stage = new Stage("grow", 1) { Adds = [length.Name, echo.Name] };
        await using var run = await StageRun.BeginAsync(stage, new() { Input = At(from), Output = At(to), Write = write, Force = true });
        await using var writer = run.Create(run.Input.Schema.With(length).With(echo), looksAt);
        var unread = 0;
        await foreach (var batch in run.Input.ReadBatchesAsync())
        {
            unread = Math.Max(unread, batch.Columns.Count(column => column is PassedColumn));
            var (lengths, echoes) = (new FixedBuilder<int>(DataType.Int32), new Utf8Builder());
            for (var row = 0; row < batch.Rows; row++)
            {
                if (batch[of].Text(row) is { Length: > 0 } text)
                {
                    lengths.Append(text.Length);
                    echoes.Append($"{text} {text}");
                }
                else
                {
                    lengths.AppendNull();
                    echoes.AppendNull();
                }
            }
            await writer.WriteAsync(batch.With(length, lengths.Build()).With(echo, echoes.Build()));
        }
        await writer.FinishAsync();
        return unread;
    }

    /// <summary>The last receipt's digest is that of the rows.</summary>
    async Task Checked(string name)
    {
        await using var reader = await Anit.Data.Table.OpenAsync(At(name));
        (await RowDigest.OfAsync(reader)).Digest.ShouldBe(Chain.Read(reader.Schema.Metadata)[^1].Rows);
    }
}

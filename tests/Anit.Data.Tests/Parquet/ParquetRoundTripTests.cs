using System.Text;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

public sealed class ParquetRoundTripTests
{
    static readonly Compression[] Codecs =
        [Compression.Zstd, Compression.Snappy, Compression.Lz4, Compression.Gzip, Compression.Brotli, Compression.None];

    [Fact]
    public async Task Random_tables_come_back_row_for_row()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random).WithMetadata("note", $"seed {seed}");
            var batches = Enumerable.Range(0, random.Next(4)).Select(_ => Some.Batch(random, schema, random.Next(400))).ToArray();
            var options = new WriteOptions
            {
                Compression = Codecs[random.Next(Codecs.Length)], PageV2 = random.Next(2) == 0, Dictionaries = random.Next(3) > 0,
                RowGroupRows = 1 + random.Next(900), PageRows = 1 + random.Next(300), PageBytes = 1 + random.Next(5_000),
            };
            var file = await Written(schema, batches, options);
            var (read, rows) = await Read(file, new() { BatchRows = 1 + random.Next(500), ReuseMemory = random.Next(2) == 0 });
            rows.ShouldBe(batches.SelectMany(Rows), $"seed {seed}: {schema} with {options}");
            read.Metadata["note"].ShouldBe($"seed {seed}");
            read.ToString().ShouldBe(Stored(schema).ToString(), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Only_the_columns_asked_for_are_read()
    {
        var schema = new Schema([new("a", DataType.Int64), new("b", DataType.ListOf(DataType.Utf8)), new("c", DataType.Utf8)]);
        var batch = Some.Batch(new Random(1), schema, 50);
        var file = await Written(schema, [batch], new());
        var (read, rows) = await Read(file, new() { Columns = ["c", "a"] });
        read.Fields.Select(f => f.Name).ShouldBe(["c", "a"]);
        rows.ShouldBe(Rows(batch.Select(["c", "a"])));
        (await Should.ThrowAsync<ArgumentException>(() => Read(file, new() { Columns = ["d"] }))).Message.ShouldContain(
            "no column \"d\"; there is a, b, c");
    }

    [Fact]
    public async Task A_table_without_rows_keeps_its_columns()
    {
        var schema = new Schema([new("a", DataType.Int64), new("b", DataType.ListOf(DataType.Utf8))]);
        var (read, rows) = await Read(await Written(schema, [], new()), new());
        rows.ShouldBeEmpty();
        read.SameColumns(schema).ShouldBeTrue(read.ToString());
    }

    [Fact]
    public async Task Metadata_known_only_at_the_end_is_kept()
    {
        var schema = new Schema([new("a", DataType.Int64)], new Dictionary<string, string> { ["early"] = "1", ["both"] = "1" });
        var stream = new MemoryStream();
        await using (var writer = Table.Create(stream, TableFormat.Parquet, schema))
            await writer.FinishAsync(new Dictionary<string, string> { ["late"] = "2", ["both"] = "2" });
        var (read, _) = await Read(stream.ToArray(), new());
        read.Metadata.OrderBy(m => m.Key).Select(m => $"{m.Key}={m.Value}").ShouldBe(["both=2", "early=1", "late=2"]);
    }

    [Fact]
    public async Task A_target_that_cannot_seek_and_a_source_that_cannot_seek_will_do()
    {
        var schema = new Schema([new("a", DataType.Utf8)]);
        var batch = Some.Batch(new Random(5), schema, 1_000);
        var file = await Written(schema, [batch], new() { RowGroupRows = 300 }, new OneWay(new MemoryStream()));
        await using var reader = await Table.OpenAsync(new OneWay(new MemoryStream(file)));
        var rows = new List<string>();
        await foreach (var b in reader.ReadBatchesAsync()) rows.AddRange(Rows(b));
        rows.ShouldBe(Rows(batch));
    }

    [Fact]
    public async Task Nulls_in_a_column_declared_without_are_refused()
    {
        var schema = new Schema([new("a", DataType.Utf8, Nullable: false)]);
        var batch = new ColumnBatch(schema, [Utf8Column.Of(["x", null])]);
        (await Should.ThrowAsync<InvalidOperationException>(() => Written(schema, [batch], new()))).Message.ShouldContain("'a'");
    }

    [Fact]
    public async Task Large_cells_make_smaller_batches_and_not_larger_memory()
    {
        var schema = new Schema([new("n", DataType.Int64), new("text", DataType.Utf8)]);
        var text = new string('x', 1 << 20);
        var batch = new ColumnBatch(schema,
            [new FixedColumn<long>(DataType.Int64, [.. Enumerable.Range(0, 100).Select(i => (long)i)]), Utf8Column.Of(Enumerable.Repeat(text, 100))]);
        var file = await Written(schema, [batch], new());
        file.Length.ShouldBeLessThan(1 << 20);
        await using var reader = await Table.OpenAsync(new MemoryStream(file));
        long next = 0;
        await foreach (var part in reader.ReadBatchesAsync())
        {
            part.Rows.ShouldBeLessThan(64);
            for (var i = 0; i < part.Rows; i++)
            {
                part["n"].Integer(i).ShouldBe(next++);
                part["text"].Utf8(i).Length.ShouldBe(1 << 20);
            }
        }
        next.ShouldBe(100);
    }

    /// <summary>Types that Parquet has not come back as their nearest.</summary>
    static Schema Stored(Schema schema) => new(schema.Fields.Select(f => f with { Type = Stored(f.Type) }));

    static DataType Stored(DataType type) => type switch
    {
        DictionaryType t => t.Value,
        ListType t => new ListType(t.Item with { Type = Stored(t.Item.Type) }),
        StructType t => new StructType([.. t.Fields.Select(f => f with { Type = Stored(f.Type) })]),
        MapType t => new MapType(t.Key, t.Value with { Type = Stored(t.Value.Type) }),
        _ => type,
    };

    static async Task<byte[]> Written(Schema schema, IEnumerable<ColumnBatch> batches, WriteOptions options, OneWay? to = null)
    {
        to ??= new(new MemoryStream());
        await using var writer = Table.Create(to, TableFormat.Parquet, schema, options);
        foreach (var batch in batches) await writer.WriteAsync(batch);
        await writer.FinishAsync();
        return ((MemoryStream)to.Inner).ToArray();
    }

    static async Task<(Schema Schema, List<string> Rows)> Read(byte[] file, ReadOptions options)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(file), options);
        var rows = new List<string>();
        await foreach (var batch in reader.ReadBatchesAsync()) rows.AddRange(Rows(batch));
        return (reader.Schema, rows);
    }

    static IEnumerable<string> Rows(ColumnBatch batch)
    {
        var json = new CanonicalJson();
        return [.. Enumerable.Range(0, batch.Rows).Select(i => Encoding.UTF8.GetString(json.Row(batch, i).Span))];
    }

    /// <summary>A stream that only goes forward, in awkward pieces.</summary>
    sealed class OneWay(Stream inner) : Stream
    {
        int step;

        public Stream Inner => inner;
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 1 + step++ % 977));
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}

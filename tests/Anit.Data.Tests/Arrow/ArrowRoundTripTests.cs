using Shouldly;

namespace Anit.Data.Tests.Arrow;

public sealed class ArrowRoundTripTests
{
    [Theory]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.ArrowFile)]
    public async Task Random_tables_come_back_equal(TableFormat format)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random).WithMetadata("seed", seed.ToString());
            var batches = Enumerable.Range(0, random.Next(4)).Select(_ => Some.Batch(random, schema, random.Next(40))).ToList();
            var bytes = await Arrows.Write(format, schema, batches);
            await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
            reader.Schema.SameColumns(schema).ShouldBeTrue($"seed {seed}");
            reader.Schema.Metadata["seed"].ShouldBe(seed.ToString());
            (await Arrows.Rows(reader)).ShouldBe(Arrows.Rows(batches), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Slices_come_back_equal()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random);
            var whole = Some.Batch(random, schema, 50);
            var start = random.Next(50);
            var part = whole.Slice(start, random.Next(51 - start));
            var bytes = await Arrows.Write(TableFormat.ArrowStream, schema, [part]);
            await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
            (await Arrows.Rows(reader)).ShouldBe(Arrows.Rows([part]), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.ArrowFile)]
    public async Task Dictionaries_of_their_own_in_each_batch_become_deltas(TableFormat format)
    {
        var schema = new Schema([new("c", DataType.Dictionary)]);
        string?[][] texts = [["a", "b", null, "a"], ["b", "c"], [], ["d", "a", "c"], [null]];
        var batches = texts.Select(batch =>
        {
            var builder = new DictionaryBuilder();
            foreach (var text in batch) builder.Append(text);
            return new ColumnBatch(schema, [builder.Build()], batch.Length);
        }).ToList();
        await using var reader = await Table.OpenAsync(new MemoryStream(await Arrows.Write(format, schema, batches)));
        var read = await Arrows.Batches(reader);
        read.SelectMany(b => Enumerable.Range(0, b.Rows).Select(i => b.Columns[0].Text(i))).ShouldBe(texts.SelectMany(t => t));
        ((DictionaryColumn)read[^1].Columns[0]).Values.Length.ShouldBe(4);
    }

    [Theory]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.ArrowFile)]
    public async Task What_is_known_only_at_the_end_reaches_the_reader(TableFormat format)
    {
        var schema = new Schema([new("c", DataType.Dictionary), new("l", DataType.ListOf(DataType.Utf8))]).WithMetadata("k", "early");
        var bytes = await Arrows.Write(format, schema, [], new Dictionary<string, string> { ["k"] = "late", ["n"] = "3" });
        await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
        (await Arrows.Batches(reader)).ShouldBeEmpty();
        var end = reader.Schema.WithMetadata(reader.LateMetadata).Metadata;
        (end["k"], end["n"]).ShouldBe(("late", "3"));
    }

    [Fact]
    public async Task Chosen_columns_come_in_the_order_asked_for()
    {
        var random = new Random(3);
        for (var seed = 0; seed < 100; seed++)
        {
            var schema = Some.Schema(random);
            var batch = Some.Batch(random, schema, 10);
            var names = schema.Fields.Select(f => f.Name).Where(_ => random.Next(2) == 0).Reverse().ToList();
            if (names.Count == 0) continue;
            var bytes = await Arrows.Write(TableFormat.ArrowFile, schema, [batch]);
            await using var reader = await Table.OpenAsync(new MemoryStream(bytes), new ReadOptions { Columns = names });
            (await Arrows.Rows(reader)).ShouldBe(Arrows.Rows([batch.Select(names)]));
        }
    }

    [Fact]
    public async Task A_pipe_without_the_end_marker_is_an_error_and_a_discarded_writer_leaves_none()
    {
        var schema = new Schema([new("c", DataType.Utf8)]);
        var cut = new MemoryStream();
        await using (var writer = Table.Create(cut, TableFormat.ArrowStream, schema))
            await writer.WriteAsync(new ColumnBatch(schema, [Utf8Column.Of([new string('x', 300_000)])]));

        await using var reader = await Table.OpenAsync(new Pipe(cut.ToArray()));
        var error = await Should.ThrowAsync<DataFormatException>(() => Arrows.Batches(reader));
        error.Message.ShouldContain("upstream ended early");

        await using var tolerant = await Table.OpenAsync(new Pipe(cut.ToArray()), new ReadOptions { AllowTruncated = true });
        await Arrows.Batches(tolerant);
    }
}

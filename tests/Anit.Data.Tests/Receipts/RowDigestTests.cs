using Anit.Data.Receipts;
using Anit.Data.Tests.Arrow;
using Shouldly;

namespace Anit.Data.Tests.Receipts;

public sealed class RowDigestTests
{
    [Fact]
    public void Does_not_depend_on_how_rows_are_cut_into_batches()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random);
            var batch = Some.Batch(random, schema, 60);
            var cut = random.Next(61);
            Of(schema, batch.Slice(0, cut), batch.Slice(cut, 60 - cut)).ShouldBe(Of(schema, batch), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.ArrowFile)]
    [InlineData(TableFormat.Parquet)]
    public async Task Survives_every_format_that_keeps_types(TableFormat format)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random);
            var batch = Some.Batch(random, schema, 30);
            var bytes = await Arrows.Write(format, schema, [batch]);
            await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
            (await RowDigest.OfAsync(reader)).ShouldBe((Of(schema, batch), 30), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Is_the_same_for_text_and_json()
    {
        var schema = new Schema([
            new("id", DataType.Utf8), new("n", DataType.Int32), new("x", DataType.Float64), new("d", DataType.Dictionary),
            new("options", DataType.ListOf(DataType.Utf8)), new("ok", DataType.Bool)]);
        var random = new Random(5);
        var batch = Some.Batch(random, schema, 200);
        var bytes = await Arrows.Write(TableFormat.Jsonl, schema, [batch]);
        await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
        (await RowDigest.OfAsync(reader)).Digest.ShouldBe(Of(schema, batch));
    }

    [Fact]
    public void Changes_with_any_value_any_order_and_any_name()
    {
        var one = Texts(["a", "b"]);
        Of(Texts(["a", "c"])).ShouldNotBe(Of(one));
        Of(Texts(["b", "a"])).ShouldNotBe(Of(one));
        Of(Texts(["ab", ""])).ShouldNotBe(Of(one));
        Of(Texts(["a", null])).ShouldNotBe(Of(Texts(["a", ""])));
        Of(Texts(["a", "b"], "other")).ShouldNotBe(Of(one));
    }

    [Fact]
    public void Has_the_documented_bytes()
    {
        byte[] cells = [6, 1, 0, 0, 0, (byte)'a', 0, 6, 2, 0, 0, 0, 0xC3, 0xA9];
        byte[] table =
        [
            .. "anit-rows-1\0"u8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, (byte)'c',
            .. System.Security.Cryptography.SHA256.HashData(cells),
        ];
        Of(Texts(["a", null, "é"])).ShouldBe("sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(table)));
    }

    static ColumnBatch Texts(string?[] texts, string name = "c") => new(new Schema([new(name, DataType.Utf8)]), [Utf8Column.Of(texts)]);

    static string Of(ColumnBatch batch) => Of(batch.Schema, batch);

    static string Of(Schema schema, params ColumnBatch[] batches)
    {
        using var digest = new RowDigest(schema);
        foreach (var batch in batches) digest.Add(batch);
        return digest.Result();
    }
}

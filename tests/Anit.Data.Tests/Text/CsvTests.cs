using System.Text;
using Anit.Data.Tests.Arrow;
using Shouldly;

namespace Anit.Data.Tests.Text;

public sealed class CsvTests
{
    [Fact]
    public async Task Types_are_told_by_the_cells()
    {
        var table = await Read("id,n,x,ok,t,empty\n007,1,1,true,a,\n008,-5,2.5e3,false,,\n");
        table.Schema.Fields.Select(field => field.Type.ToString()).ShouldBe(["utf8", "i64", "f64", "bool", "utf8", "utf8"]);
        Arrows.Rows(table.Batches).ShouldBe(["[\"007\",1,1.0,true,\"a\",null]\n", "[\"008\",-5,2500.0,false,null,null]\n"]);
    }

    [Theory]
    [InlineData("a;b\n1;2\n")]
    [InlineData("a\tb\n1\t2\n")]
    [InlineData("\uFEFFa,b\r\n1,2")]
    [InlineData("a,b\n\n1,2\n\n")]
    public async Task Separator_line_end_and_byte_order_mark_are_found_out(string text) =>
        Arrows.Rows((await Read(text)).Batches).ShouldBe(["[1,2]\n"]);

    [Fact]
    public async Task Quotes_keep_commas_lines_and_empty_text()
    {
        var table = await Read("a,b\n\"x, \"\"y\"\"\nz\",\"\"\n,\"5\"\n");
        Arrows.Rows(table.Batches).ShouldBe(["[\"x, \\\"y\\\"\\nz\",\"\"]\n", "[null,\"5\"]\n"]);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "row 2")]
    [InlineData("a,b\n1,2\n\"x\"y,2\n", "row 2")]
    [InlineData("a,b\n\"x,2\n", "row 1")]
    public async Task A_broken_row_is_named(string text, string place)
    {
        var error = await Should.ThrowAsync<DataFormatException>(() => Read(text));
        error.Message.ShouldContain(place);
    }

    [Fact]
    public async Task A_later_cell_of_another_type_is_an_error_that_says_what_to_do()
    {
        var error = await Should.ThrowAsync<DataFormatException>(() => Read("n\n1\n2\nx\n", new ReadOptions { InferRows = 2 }));
        error.Message.ShouldContain("row 3");
        error.Message.ShouldContain("found 'x', which is no i64");
    }

    [Fact]
    public async Task Text_that_is_not_utf8_is_an_error()
    {
        byte[] bytes = [.. "a\n"u8, 0xE9, .. "t\xE9\n"u8];
        await Should.ThrowAsync<DataFormatException>(async () =>
        {
            await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
            await Arrows.Batches(reader);
        });
    }

    [Fact]
    public async Task What_is_written_comes_back_when_the_schema_is_given()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            DataType[] types = [DataType.Utf8, DataType.Int64, DataType.Float64, DataType.Bool, DataType.ListOf(DataType.Utf8), DataType.Dictionary,
                DataType.UInt64];
            var schema = new Schema(Enumerable.Range(0, 2 + random.Next(4)).Select(i => new Field($"c{i}", types[random.Next(types.Length)])));
            var batch = Some.Batch(random, schema, 30);
            var bytes = await Arrows.Write(TableFormat.Csv, schema, [batch],
                options: new WriteOptions { Separator = random.Next(2) == 0 ? ',' : '\t' });
            await using var reader = await Table.OpenAsync(new Pipe(bytes, seed), new ReadOptions { Schema = schema });
            (await Arrows.Rows(reader)).ShouldBe(Arrows.Rows([batch]), $"seed {seed}\n{Encoding.UTF8.GetString(bytes)}");
        }
    }

    [Fact]
    public async Task Text_and_numbers_come_back_without_a_schema()
    {
        var schema = new Schema([new("a", DataType.Utf8), new("n", DataType.Int64)]);
        var batch = new ColumnBatch(schema,
            [Utf8Column.Of(["1", "true", "", null, "NaN", "x"]), new FixedColumn<long>(DataType.Int64, [1, 2, 3, 4, 5, long.MinValue])]);
        var bytes = await Arrows.Write(TableFormat.Csv, schema, [batch]);
        await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
        (await Arrows.Rows(reader)).ShouldBe(Arrows.Rows([batch]));
    }

    static async Task<(Schema Schema, List<ColumnBatch> Batches)> Read(string text, ReadOptions? options = null)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), options);
        return (reader.Schema, await Arrows.Batches(reader));
    }
}

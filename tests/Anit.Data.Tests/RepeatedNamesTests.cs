using Anit.Data.Tests.Arrow;
using Shouldly;

namespace Anit.Data.Tests;

/// <summary>Two columns of one name, and one column asked for twice.</summary>
public sealed class RepeatedNamesTests
{
    static readonly Schema Twice = new([new("a", DataType.Int64), new("b", DataType.Utf8), new("a", DataType.Dictionary)]);

    [Theory]
    [InlineData(TableFormat.Parquet)]
    [InlineData(TableFormat.ArrowFile)]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.Csv)]
    public async Task Both_columns_are_written_and_read(TableFormat format)
    {
        var bytes = await Arrows.Write(format, Twice, [Rows()]);
        (await Read(bytes)).ShouldBe(["[1,\"x\",\"p\"]\n", "[2,\"y\",\"q\"]\n"]);
        // By name there is only the first of them.
        (await Read(bytes, "a", "b", "a")).ShouldBe(["[1,\"x\",1]\n", "[2,\"y\",2]\n"]);
        (await Read(bytes, "b", "b")).ShouldBe(["[\"x\",\"x\"]\n", "[\"y\",\"y\"]\n"]);
    }

    [Theory]
    [InlineData(TableFormat.ArrowFile)]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.Parquet)]
    public async Task A_dictionary_column_asked_for_twice_is_there_twice(TableFormat format)
    {
        var schema = new Schema([new("n", DataType.Int64), new("task", DataType.Dictionary)]);
        var bytes = await Arrows.Write(format, schema, [new(schema, [Rows().Columns[0], Rows().Columns[2]])]);
        (await Read(bytes, "task", "n", "task")).ShouldBe(["[\"p\",1,\"p\"]\n", "[\"q\",2,\"q\"]\n"]);
    }

    [Theory]
    [InlineData(TableFormat.Jsonl)]
    [InlineData(TableFormat.JsonArray)]
    public async Task Objects_cannot_hold_a_name_twice(TableFormat format)
    {
        var refusal = await Should.ThrowAsync<UnsupportedTypeException>(() => Arrows.Write(format, Twice, [Rows()]));
        refusal.Message.ShouldContain("column 'a' is there twice");
        var nested = new Schema([new("s", DataType.ListOf(new StructType([new("m", DataType.Int64), new("m", DataType.Utf8)])))]);
        (await Should.ThrowAsync<UnsupportedTypeException>(() => Arrows.Write(format, nested, []))).Message.ShouldContain(
            "column 's.m' is there twice");
    }

    [Fact]
    public async Task A_member_of_JSON_asked_for_twice_is_there_twice()
    {
        await using var reader = await Table.OpenAsync(new MemoryStream("{\"a\":1,\"b\":\"x\"}\n"u8.ToArray()),
            new ReadOptions { Columns = ["a", "b", "a"] });
        (await Arrows.Rows(reader)).ShouldBe(["[1,\"x\",1]\n"]);
    }

    static ColumnBatch Rows()
    {
        var labels = new DictionaryBuilder();
        labels.Append("p");
        labels.Append("q");
        return new(Twice, [new FixedColumn<long>(DataType.Int64, [1, 2]), Utf8Column.Of(["x", "y"]), labels.Build()]);
    }

    static async Task<string[]> Read(byte[] bytes, params string[] columns)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(bytes), new ReadOptions { Columns = columns is [] ? null : columns });
        return await Arrows.Rows(reader);
    }
}

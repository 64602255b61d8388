using System.Numerics;
using System.Text;
using Anit.Data.Tests.Arrow;
using Shouldly;

namespace Anit.Data.Tests;

/// <summary>What the fuzzer found where one format's rows go into another; each was another exception or other rows before.</summary>
public sealed class FindingTests
{
    [Fact]
    public async Task Csv_columns_of_one_name_are_all_read()
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes("a,a,b\n1,x,2\n")));
        Arrows.Rows(await Arrows.Batches(reader)).ShouldBe(["[1,\"x\",2]\n"]);
    }

    [Fact]
    public async Task A_metadata_key_without_value_goes_through_Arrow()
    {
        var schema = new Schema([new("a", DataType.Int32)], new Dictionary<string, string> { ["empty"] = "", ["none"] = null! });
        var bytes = await Arrows.Write(TableFormat.ArrowStream, schema, []);
        await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
        reader.Schema.Metadata["empty"].ShouldBe("");
        reader.Schema.Metadata["none"].ShouldBeNull();
    }

    [Fact]
    public async Task Arrow_nulls_in_a_column_declared_without_them_are_refused()
    {
        var items = new ListBuilder(DataType.Int32);
        items.EndList();
        ((FixedBuilder<int>)items.Items).Append(1);
        items.Items.AppendNull();
        items.EndList();
        var lists = new ColumnBatch(new([new("l", new ListType(new("item", DataType.Int32, Nullable: false)))]), [items.Build()]);
        var fault = await Should.ThrowAsync<DataFormatException>(() => Again(lists));
        fault.Message.ShouldContain("'l.item'");
        fault.Message.ShouldContain("without nulls");
    }

    [Fact]
    public async Task Arrow_nulls_under_a_null_parent_are_no_fault()
    {
        var type = new StructType([new("x", DataType.Int32, Nullable: false)]);
        var structs = new StructBuilder(type);
        structs.AppendNull();
        ((FixedBuilder<int>)structs.Children[0]).Append(5);
        structs.EndStruct();
        Arrows.Rows(await Again(new(new([new("s", type)]), [structs.Build()]))).ShouldBe(["[null]\n", "[{\"x\":5}]\n"]);
    }

    [Theory]
    [InlineData(2_147_484)] // seconds become milliseconds, which do not fit into 32 bits
    [InlineData(-2_147_484)]
    public async Task A_time_that_Parquet_cannot_hold_is_not_written_as_another(int seconds)
    {
        var builder = new FixedBuilder<int>(new TimeType(TimeUnit.Second));
        builder.Append(seconds);
        await Refused(builder.Build());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(18)]
    [InlineData(20)]
    public async Task A_decimal_beyond_its_digits_is_not_written_as_another(int precision)
    {
        var builder = new FixedBuilder<Int128>(new DecimalType(precision, 0));
        builder.Append((Int128)BigInteger.Pow(10, 30));
        await Refused(builder.Build());
    }

    [Theory]
    [InlineData(TableFormat.Parquet)]
    [InlineData(TableFormat.ArrowStream)]
    public async Task A_map_with_a_null_as_key_is_refused(TableFormat format)
    {
        var map = new MapBuilder(new MapType(new("key", DataType.Utf8), new("value", DataType.Int32)));
        map.Keys.AppendNull();
        ((FixedBuilder<int>)map.Values).Append(1);
        map.EndMap();
        await Refused(map.Build(), format);
    }

    [Fact]
    public async Task A_column_of_nothing_but_nulls_declared_without_them_goes_into_Parquet()
    {
        var schema = new Schema([new("n", DataType.Null, Nullable: false)]);
        var bytes = await Arrows.Write(TableFormat.Parquet, schema, [new(schema, [new NullColumn(2)])]);
        await using var reader = await Table.OpenAsync(new MemoryStream(bytes));
        Arrows.Rows(await Arrows.Batches(reader)).ShouldBe(["[null]\n", "[null]\n"]);
    }

    [Fact]
    public async Task A_table_without_columns_is_no_CSV()
    {
        await Should.ThrowAsync<UnsupportedTypeException>(() => Arrows.Write(TableFormat.Csv, new Schema([]), []));
    }

    static async Task Refused(Column column, TableFormat format = TableFormat.Parquet)
    {
        var schema = new Schema([new("worth", column.Type)]);
        var refusal = await Should.ThrowAsync<UnsupportedTypeException>(() => Arrows.Write(format, schema, [new(schema, [column])]));
        refusal.Message.ShouldContain("column 'worth");
    }

    static async Task<List<ColumnBatch>> Again(ColumnBatch batch)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(await Arrows.Write(TableFormat.ArrowStream, batch.Schema, [batch])));
        return await Arrows.Batches(reader);
    }
}

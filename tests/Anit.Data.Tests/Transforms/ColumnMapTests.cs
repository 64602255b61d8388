using Shouldly;

namespace Anit.Data.Tests.Transforms;

public sealed class ColumnMapTests
{
    [Fact]
    public void Columns_are_chosen_renamed_and_cast_and_their_description_follows()
    {
        const string Described = """
            {"info": {"features": {"tag": {"names": ["O", "B"], "_type": "ClassLabel"}, "n": {"dtype": "int32", "_type": "Value"},
                "gone": {"dtype": "string", "_type": "Value"}}}}
            """;
        var schema = new Schema([new("tag", DataType.Int64), new("n", DataType.Int32), new("gone", DataType.Utf8)],
            new Dictionary<string, string> { ["huggingface"] = Described, ["pandas"] = "{}", ["mine"] = "stays" });
        var batch = new ColumnBatch(schema, [new FixedColumn<long>(DataType.Int64, [1, 0]), new FixedColumn<int>(DataType.Int32, [5, -7]),
            Utf8Column.Of(["a", "b"])]);
        var map = ColumnMap.All(schema).Without("gone").Rename("tag", "label").Cast("n", DataType.Utf8).Select(["n", "label"]);
        var made = map.Apply(batch);
        made.Schema.ToString().ShouldBe("n: utf8, label: i64");
        made["n"].Text(1).ShouldBe("-7");
        made.Schema.Metadata.ShouldBe(new Dictionary<string, string>
        {
            ["mine"] = "stays",
            ["huggingface"] = """{"info":{"features":{"n":{"dtype":"string","_type":"Value"},"label":{"names":["O","B"],"_type":"ClassLabel"}}}}""",
        }, ignoreOrder: true);
        Should.Throw<MissingColumnException>(() => map.Rename("tag", "x")).Message.ShouldBe("no column \"tag\"; there is n, label");
    }

    [Theory]
    [InlineData("text", "int32", "12", "12")]
    [InlineData("text", "int32", "1.5", null)]
    [InlineData("text", "date", "2024-02-29", "\"2024-02-29\"")]
    [InlineData("text", "date", "2023-02-29", null)]
    [InlineData("text", "bool", "true", "true")]
    [InlineData("text", "double", "1e3", "1000.0")]
    [InlineData("text", "decimal(5,2)", "-1.5", "\"-1.50\"")]
    [InlineData("text", "dictionary", "x", "\"x\"")]
    [InlineData("int64", "uint8", "255", "255")]
    [InlineData("int64", "uint8", "256", null)]
    [InlineData("int64", "uint8", "-1", null)]
    [InlineData("int64", "double", "9007199254740993", null)]
    [InlineData("int64", "double", "9007199254740992", "9007199254740992")]
    [InlineData("int64", "float", "16777217", null)]
    [InlineData("int64", "decimal(4,1)", "999", "\"999.0\"")]
    [InlineData("int64", "decimal(4,1)", "1000", null)]
    [InlineData("int64", "text", "-3", "\"-3\"")]
    [InlineData("double", "int64", "3", "3")]
    [InlineData("double", "int64", "3.5", null)]
    [InlineData("double", "int64", "1e300", null)]
    [InlineData("double", "int64", "9223372036854775808", null)]
    [InlineData("double", "float", "0.5", "0.5")]
    [InlineData("double", "float", "0.1", null)]
    [InlineData("double", "text", "0.1", "\"0.1\"")]
    [InlineData("double", "decimal(3,1)", "0.1", "\"0.1\"")]
    [InlineData("decimal(9,3)", "decimal(9,1)", "1.500", "\"1.5\"")]
    [InlineData("decimal(9,3)", "decimal(9,1)", "1.505", null)]
    [InlineData("decimal(9,3)", "double", "1.505", "1.505")]
    [InlineData("date", "timestamp(ms)", "2024-02-29", "\"2024-02-29T00:00:00.000\"")]
    [InlineData("timestamp(ms)", "timestamp(s)", "2024-02-29T00:00:00.001", null)]
    [InlineData("timestamp(ms)", "timestamp(us)", "2024-02-29T00:00:00.001", "\"2024-02-29T00:00:00.001000\"")]
    [InlineData("timestamp(s)", "timestamp(ns)", "2400-01-01T00:00:00", null)] // beyond 64 bits
    public void A_cast_keeps_the_value_or_refuses_it(string from, string to, string value, string? expected)
    {
        DataType.TryParse(from, out var source).ShouldBeTrue();
        DataType.TryParse(to, out var target).ShouldBeTrue();
        var column = Utf8Column.Of([value, null]).To(source!);
        if (expected is null) Should.Throw<DataFormatException>(() => column.To(target!))
            .Message.ShouldContain($"is no value that {target} holds exactly");
        else Some.Json(column.To(target!)).ShouldBe([$"[{expected}]\n", "[null]\n"]);
    }
}

using System.Text;
using Shouldly;

namespace Anit.Data.Tests;

public sealed class JsonlTests
{
    const string Rows = """
        {"id":"a","n":1,"x":0.1,"ok":true,"tags":["p","q"],"who":{"name":"Ada"}}
        {"id":"b \"\u00e9\ud83d\ude00","n":null,"x":1e21,"ok":null,"tags":[],"who":null}
        {"id":null,"n":-9007199254740993,"x":"NaN","ok":false,"tags":null,"who":{"name":null}}

        """;

    [Fact]
    public async Task Columns_are_inferred_from_the_rows()
    {
        await using var reader = await Table.OpenAsync(Bytes(Rows));
        reader.Schema.ToString().ShouldBe("id: utf8, n: i64, x: f64, ok: bool, tags: list<utf8>, who: struct<name:utf8>");
    }

    [Fact]
    public async Task What_is_read_is_written_again()
    {
        await using var reader = await Table.OpenAsync(Bytes(Rows));
        var output = new MemoryStream();
        await using var writer = Table.Create(output, TableFormat.Jsonl, reader.Schema);
        await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
        await writer.FinishAsync();
        Encoding.UTF8.GetString(output.ToArray()).ShouldBe(Rows.Replace("\\u00e9\\ud83d\\ude00", "é😀", StringComparison.Ordinal)
            .Replace("1e21", "1e+21", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":\"x\"}\n", "row 2: column 'a': found text where earlier rows have a number")]
    [InlineData("{\"a\":1}\n{\"a\":2\n", "row 2, byte 7 of the row")]
    [InlineData("{\"a\":1} {\"a\":2}\n", "row 1, byte 9 of the row")]
    [InlineData("{\"a\":1,\"a\":2}\n", "appears twice")]
    public async Task Bad_rows_are_named(string text, string message)
    {
        var error = await Should.ThrowAsync<DataFormatException>(async () =>
        {
            await using var reader = await Table.OpenAsync(Bytes(text), new() { Name = "in.jsonl" });
            await foreach (var _ in reader.ReadBatchesAsync()) { }
        });
        error.Message.ShouldContain(message);
        error.Message.ShouldStartWith("in.jsonl");
    }

    [Fact]
    public async Task A_late_new_member_is_an_error_and_not_dropped()
    {
        var error = await Should.ThrowAsync<DataFormatException>(async () =>
        {
            await using var reader = await Table.OpenAsync(Bytes("{\"a\":1}\n{\"a\":1,\"b\":2}\n"), new() { InferRows = 1 });
            await foreach (var _ in reader.ReadBatchesAsync()) { }
        });
        error.Message.ShouldContain("'b' is not among the columns of the first 1 rows");
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1.0, "1.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.5e-7, "1.5e-7")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-1234.5678, "-1234.5678")]
    public void Doubles_look_as_in_JavaScript(double value, string expected)
    {
        var text = new ByteBuffer();
        Json.JsonText.Double(text, value);
        Encoding.UTF8.GetString(text.Written).ShouldBe(expected);
    }

    [Fact]
    public void Doubles_read_back_with_the_same_bits()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (!double.IsFinite(value)) continue;
            var text = new ByteBuffer();
            Json.JsonText.Double(text, value);
            double.Parse(text.Written, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(value);
        }
    }

    static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}

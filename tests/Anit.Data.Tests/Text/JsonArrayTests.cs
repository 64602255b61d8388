using System.Text;
using Anit.Data.Tests.Arrow;
using Shouldly;

namespace Anit.Data.Tests.Text;

public sealed class JsonArrayTests
{
    [Fact]
    public async Task What_is_written_comes_back_in_any_pieces()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var schema = new Schema([
                new("t", DataType.Utf8), new("n", DataType.Int64), new("l", DataType.ListOf(DataType.Utf8)),
                new("s", new StructType([new("a", DataType.Utf8), new("b", DataType.Bool)]))]);
            var batch = Some.Batch(random, schema, random.Next(60));
            var bytes = await Arrows.Write(TableFormat.JsonArray, schema, [batch]);
            await using var reader = await Table.OpenAsync(new Pipe(bytes, seed), new ReadOptions { Schema = schema });
            (await Arrows.Rows(reader)).ShouldBe(Arrows.Rows([batch]), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData(" [ ] \n", 0)]
    [InlineData("\uFEFF[{\"a\":1},\n{\"a\":2}]\n", 2)]
    [InlineData("[{\"a\":\"]},{\\\"\\\\\"} ]", 1)]
    public async Task White_space_and_brackets_in_text_are_no_matter(string text, int rows)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        (await Arrows.Batches(reader)).Sum(batch => batch.Rows).ShouldBe(rows);
    }

    [Theory]
    [InlineData("[{\"a\":1}", "cut off")]
    [InlineData("[{\"a\":1},", "cut off")]
    [InlineData("[{\"a\":1},]", "comma")]
    [InlineData("[{\"a\":1}] x", "found more")]
    [InlineData("[1,2]", "expected an object")]
    [InlineData("[{\"a\":1}{\"a\":2}]", "row 1, byte 8")]
    public async Task A_broken_array_is_an_error(string text, string message)
    {
        var error = await Should.ThrowAsync<DataFormatException>(async () =>
        {
            await using var reader = await Table.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)));
            await Arrows.Batches(reader);
        });
        error.Message.ShouldContain(message);
    }
}

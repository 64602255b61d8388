using Shouldly;

namespace Anit.Data.Tests.Text;

public sealed class TextTableTests
{
    static async Task<string> Show(int width, int rows, params (string Name, string?[] Cells)[] columns)
    {
        var schema = new Schema(columns.Select(c => new Field(c.Name, DataType.Utf8)));
        var built = columns.Select(c =>
        {
            var builder = new Utf8Builder();
            foreach (var cell in c.Cells) builder.Append(cell);
            return builder.Build();
        });
        var output = new StringWriter { NewLine = "\n" };
        await using var table = new TextTable(output, schema, width, rows);
        await table.WriteAsync(new ColumnBatch(schema, [.. built]));
        await table.FinishAsync();
        return output.ToString();
    }

    [Fact]
    public async Task Columns_are_as_wide_as_their_cells_where_there_is_room() =>
        (await Show(80, 10, ("id", ["a", "bb"]), ("text", ["x\ny", null]))).ShouldBe("id  text\n──  ────\na   x\\ny\nbb  null\n");

    [Fact]
    public async Task The_widest_columns_are_cut_first_and_no_line_is_longer_than_the_width()
    {
        var text = await Show(30, 10, ("id", ["a"]), ("long", [new string('x', 400_000)]), ("other", [new string('y', 50)]));
        text.ShouldBe($"id  long          other\n──  ────────────  ────────────\na   {new string('x', 11)}…  {new string('y', 11)}…\n");
    }

    [Fact]
    public async Task Rows_become_blocks_when_columns_would_be_too_narrow() =>
        (await Show(24, 10, ("id", ["abcdefghi"]), ("text", ["one two three four five"]), ("target", ["one two three"])))
            .ShouldBe("row 0\n  id      abcdefghi\n  text    one two three…\n  target  one two three\n");

    [Fact]
    public async Task Only_the_first_rows_are_shown() => (await Show(80, 1, ("id", ["a", "b"]))).ShouldBe("id\n──\na\n");

    [Fact]
    public async Task Wide_and_combining_characters_keep_the_columns_in_line() =>
        (await Show(80, 10, ("a", ["日本", "e\u0301"]), ("b", ["x", "y"]))).ShouldBe("a     b\n────  ─\n日本  x\ne\u0301     y\n");

    [Fact]
    public async Task No_rows_still_show_the_names() => (await Show(80, 10, ("id", []))).ShouldBe("id\n──\n");
}

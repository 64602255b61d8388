using Shouldly;

namespace Anit.Data.Tests;

public sealed class ColumnTests
{
    [Fact]
    public void Slices_and_takes_of_any_column_agree_with_its_rows()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var type = Some.Type(random, 3);
            var column = Some.Column(random, type, random.Next(70));
            var all = Some.Json(column);

            var start = random.Next(column.Length + 1);
            var count = random.Next(column.Length - start + 1);
            Some.Json(column.Slice(start, count)).ShouldBe(all.Skip(start).Take(count), $"seed {seed}, {type}");

            var rows = Enumerable.Range(0, 20).Select(_ => random.Next(column.Length + 1) - 1).Where(r => r >= 0).ToArray();
            Some.Json(column.Take(rows)).ShouldBe(rows.Select(r => all[r]), $"seed {seed}, {type}");
        }
    }

    [Fact]
    public void Dictionary_batches_share_one_growing_dictionary()
    {
        var builder = new DictionaryBuilder();
        builder.Append("ner");
        builder.Append("re");
        builder.Append("ner");
        var first = (DictionaryColumn)builder.Build();
        builder.Append("tc");
        builder.Append("ner");
        var second = (DictionaryColumn)builder.Build();
        first.Indices.Values.ToArray().ShouldBe([0, 1, 0]);
        second.Indices.Values.ToArray().ShouldBe([2, 0]);
        second.Values.Text(1).ShouldBe("re");
        second.Text(0).ShouldBe("tc");
    }

    [Fact]
    public async Task A_file_appears_only_when_its_writer_is_finished()
    {
        var folder = Directory.CreateTempSubdirectory("anit");
        var path = Path.Combine(folder.FullName, "t.jsonl");
        await File.WriteAllTextAsync(path, "old");
        var schema = new Schema([new("a", DataType.Int64)]);
        await using (var writer = Table.Create(path, schema))
            await writer.WriteAsync(new(schema, [new FixedColumn<long>(DataType.Int64, [1])]));
        (await File.ReadAllTextAsync(path)).ShouldBe("old");
        await using (var writer = Table.Create(path, schema))
        {
            await writer.WriteAsync(new(schema, [new FixedColumn<long>(DataType.Int64, [1])]));
            await writer.FinishAsync();
        }
        (await File.ReadAllTextAsync(path)).ShouldBe("{\"a\":1}\n");
        folder.GetFiles().Length.ShouldBe(1);
        folder.Delete(recursive: true);
    }
}

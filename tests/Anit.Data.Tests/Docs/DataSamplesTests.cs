using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Data.Tests.Docs;

[Collection("handed over")] // with the tests that count what is handed over
public sealed partial class DataSamplesTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anit");
    readonly StringWriter output = new() { NewLine = "\n" };

    public void Dispose()
    {
        folder.Delete(recursive: true);
        output.Dispose();
    }

    [Fact]
    public void The_pages_show_what_is_compiled()
    {
        var source = File.ReadAllText(Path.Combine(SharedData.Repository, "tests", "Anit.Data.Tests", "Docs", "DataSamples.cs"));
        var samples = Regions().Matches(source).Select(m => Flush(m.Groups[1].Value)).ToList();
        samples.Count.ShouldBe(14);
        var shown = Blocks().Matches(File.ReadAllText(Path.Combine(SharedData.Repository, "docs", "data.md"))).Select(m => m.Groups[1].Value)
            .ToList();
        shown.Count.ShouldBe(13);
        foreach (var block in shown) samples.ShouldContain(block);

        // The block of README is a whole program: the using that the namespace of the samples stands for, and a sample.
        const string Using = "using Anit.Data;\n\n";
        var readme = Blocks().Matches(File.ReadAllText(Path.Combine(SharedData.Repository, "README.md"))).Select(m => m.Groups[1].Value).ToList();
        readme.Count.ShouldBe(1);
        readme[0].ShouldStartWith(Using);
        samples.ShouldContain(readme[0][Using.Length..]);
    }

    [Fact]
    public async Task Records_come_back_and_batches_of_them_read_as_shown()
    {
        var path = At("samples.parquet");
        await DataSamples.MapRecords(path, output);
        await DataSamples.Read(path, output);
        await using (var stream = File.OpenRead(path)) await DataSamples.ReadStream(stream, output);
        await DataSamples.ReadRange(path, output);
        output.ToString().ShouldBe(
            "1 Find all names. \n2 Name the topic. 2\n"
            + "id: utf8\ntask: utf8\ninstruction: utf8\ndistance: i32\noptions: list<utf8>\nFind all names. 3\n"
            + "ner 3\ntc \n0\n");
    }

    [Fact]
    public async Task Several_files_are_read_as_shown()
    {
        await Rows.Write(At("old.parquet"), "id", 1, 2, 3);
        await Rows.Write(At("shards/1.parquet"), "id", 4);
        await Rows.Write(At("more/part.csv"), "id", 5, 6);
        await DataSamples.ReadSeveral(folder.FullName, output);
        output.ToString().ShouldBe("3\n1\n2\n");
    }

    [Fact]
    public async Task Rows_are_chosen_and_sorted_as_shown()
    {
        File.WriteAllText(At("t.csv"), "id,task,beta,noisy_instruction\na,re,0.3,x\nb,ner,0.1,x\nc,ner,0.1,\nd,ner,0.5,x\ne,tc,0.5,x\n");
        await DataSamples.Choose(At("t.csv"), output);
        output.ToString().ShouldBe("ner d\nner c\nre a\n");
    }

    [Fact]
    public async Task Rows_are_picked_and_appended_as_shown()
    {
        var schema = new Schema([new("task", DataType.Utf8), new("distance", DataType.Int32)]);
        ColumnBatch Batch(string[] tasks, int[] distances) => new(schema, [Utf8Column.Of(tasks), new FixedColumn<int>(DataType.Int32, distances)]);
        await Rows.Write(At("t.parquet"), schema, Batch(["ner", "re"], [3, 8]));
        await DataSamples.Append(At("t.parquet"), Batch(["tc"], [1]));
        await DataSamples.ReadRows(At("t.parquet"), output);
        output.ToString().ShouldBe("3 rows in 2 row groups, 0 without a distance\ndistances from 1 to 8\nner\ntc\n");
    }

    [Fact]
    public async Task Other_libraries_take_and_give_tables_as_shown()
    {
        await Rows.Write(At("t.parquet"), "n", 1, 2, 3);
        await DataSamples.Bridge(At("t.parquet"), At("copy.parquet"), output);
        output.ToString().ShouldBe("3 rows of n: i32\n");
    }

    [Fact]
    public async Task A_table_is_written_as_shown()
    {
        await DataSamples.Write(At("t.parquet"));
        await using var reader = await Table.OpenAsync(At("t.parquet"));
        reader.Schema.Metadata.ShouldBe(new Dictionary<string, string> { ["beta"] = "0.25", ["rows"] = "3" }, ignoreOrder: true);
        await foreach (var batch in reader.ReadBatchesAsync())
        {
            batch["words"].TextList(2).ShouldBe(["row", "2"]);
            batch["task"].Text(2).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Types_are_named_as_shown()
    {
        await DataSamples.NameTypes(new MemoryStream("{\"id\":12345678901234567890123,\"who\":{\"income\":99.5}}\n"u8.ToArray()), output);
        output.ToString().ShouldBe("id: utf8, who: struct<income:decimal(38,2)>\n");
    }

    [Fact]
    public async Task A_limit_is_named_as_shown()
    {
        var schema = new Schema([new("note", DataType.Utf8)]);
        await using (var writer = Table.Create(At("notes.parquet"), schema))
        {
            await writer.WriteAsync(new(schema, [Utf8Column.Of([new string('x', 2_000)])]));
            await writer.FinishAsync();
        }
        await DataSamples.Limit(At("notes.parquet"), output, default);
        output.ToString().ShouldEndWith(
            "notes.parquet: row group 0, column 'note', byte 4: the length of a cell is 2,000, the limit CellBytes allows 1,024; raise it in "
                + "ReadLimits if the input is trusted (--read-limit CellBytes=N)\n");
    }

    string At(string name) => Path.Combine(folder.FullName, name);

    /// <summary>The lines without what they are all indented by.</summary>
    static string Flush(string text)
    {
        var lines = text.Split('\n');
        var indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..] : ""));
    }

    [GeneratedRegex(@"#region \w+\n(.*?\n) *#endregion", RegexOptions.Singleline)]
    private static partial Regex Regions();

    [GeneratedRegex(@"^```csharp\n(.*?\n)```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();
}

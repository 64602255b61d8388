using Shouldly;

namespace Anit.Data.Tests;

/// <summary>Folders for Hugging Face's load_dataset. The expected head is what features.py's _to_yaml_list (datasets 4) makes of these
/// features.</summary>
public sealed class HubFolderTests : IDisposable
{
    const string Features = """
        {"info":{"features":{"id":{"dtype":"string","_type":"Value"},"label":{"names":["neg","pos","yes"],"_type":"ClassLabel"},
         "tags":{"feature":{"names":["O","B-PER"],"_type":"ClassLabel"},"_type":"Sequence"}}}}
        """;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anit");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_folder_has_a_file_a_split_and_a_card_in_the_words_of_datasets()
    {
        await HubFolder.WriteAsync(At("my"), "Mine", [("train", await Splits("a.parquet", 3)), ("test", await Splits("b.parquet", 1))], "mit");
        var card = await File.ReadAllTextAsync(At("my/README.md"));
        var bytes = (await ParquetFooter.ReadAsync(At("my/data/train-00000-of-00001.parquet"))).Columns.Sum(c => c.RawBytes);
        card.ShouldStartWith($"""
            ---
            license: mit
            dataset_info:
              features:
              - name: id
                dtype: string
              - name: label
                dtype:
                  class_label:
                    names:
                      '0': neg
                      '1': pos
                      '2': "yes"
              - name: tags
                list:
                  class_label:
                    names:
                      '0': O
                      '1': B-PER
              - name: words
                list: string
              - name: "who is it"
                struct:
                - name: age
                  dtype: int32
                - name: pairs
                  list:
                    list: float64
              - name: items
                list:
                - name: at
                  dtype: timestamp[us, tz=UTC]
              splits:
              - name: train
                num_bytes: {bytes}
                num_examples: 3
              - name: test
                num_bytes:
            """.ReplaceLineEndings("\n"));
        card.ShouldContain("configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*\n  - split: test\n"
            + "    path: data/test-*\n---\n");
        card.ShouldContain("| label | i64 | 0 neg, 1 pos, 2 yes |\n");
        Directory.GetFiles(At("my"), "*", SearchOption.AllDirectories).Length.ShouldBe(3);

        await using var reader = await Table.OpenAsync(HubFolder.FilesOf(At("my"), "test"));
        ClassLabels.Read(reader.Schema).Of("label").ShouldBe(["neg", "pos", "yes"]);
        (await Table.CountRowsAsync(At("my"))).ShouldBe(4);
    }

    [Fact]
    public async Task Splits_of_other_columns_or_labels_are_refused_and_nothing_is_left()
    {
        await Rows.Write(At("c.parquet"), "id", 1);
        var first = await Splits("a.parquet", 2);
        (await Should.ThrowAsync<DataFormatException>(() => HubFolder.WriteAsync(At("my"), "t", [("train", first), ("test", At("c.parquet"))])))
            .Message.ShouldEndWith("c.parquet: not the columns of the first split, as load_dataset wants it: id");
        var other = await Splits("d.parquet", 2, Features.Replace("pos", "positive", StringComparison.Ordinal));
        (await Should.ThrowAsync<DataFormatException>(() => HubFolder.WriteAsync(At("my"), "t", [("train", first), ("test", other)])))
            .Message.ShouldContain("their class labels");
        (await Should.ThrowAsync<DataFormatException>(() => HubFolder.WriteAsync(At("my"), "t", [("../x", first)]))).Message.ShouldContain("'../x'");
        folder.GetDirectories().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("train", "data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet", "data/train_all-00000-of-00001.parquet")]
    [InlineData("validation", "dev.parquet", "train.parquet developers.parquet")]
    [InlineData("dev", "my-valid.parquet", "train.parquet")]
    [InlineData("test", "x/test/1.parquet x/test/2.parquet", "x/train/1.parquet x/contest/1.parquet")]
    [InlineData("extra", "extra.parquet", "extras.parquet train.parquet")]
    public async Task A_split_is_found_by_the_names_that_datasets_knows(string split, string files, string others)
    {
        foreach (var file in (string[])[.. files.Split(' '), .. others.Split(' ')]) await Rows.Write(At($"d/{file}"), "n", 1);
        HubFolder.FilesOf(At("d"), split).ShouldBe(files.Split(' ').Select(f => At($"d/{f}")));
    }

    [Fact]
    public async Task A_split_that_is_not_there_names_those_that_are()
    {
        foreach (var file in (string[])["train", "test"]) await Rows.Write(At($"d/data/{file}-00000-of-00001.parquet"), "n", 1);
        Should.Throw<FileNotFoundException>(() => HubFolder.FilesOf(At("d"), "dev")).Message.ShouldEndWith("d: no split 'dev'; there is test, train");
    }

    async Task<string> Splits(string name, int rows, string features = Features)
    {
        var at = new TimestampType(TimeUnit.Microsecond, "UTC");
        var schema = new Schema(
        [
            new("id", DataType.Utf8), new("label", DataType.Int64), new("tags", DataType.ListOf(DataType.Int64)),
            new("words", DataType.ListOf(DataType.Utf8)),
            new("who is it", new StructType([new("age", DataType.Int32), new("pairs", DataType.ListOf(DataType.ListOf(DataType.Float64)))])),
            new("items", new ListType(new("element", new StructType([new("at", at)])))),
        ], new Dictionary<string, string> { ["huggingface"] = features });
        await Rows.Write(At(name), schema, Some.Batch(new Random(1), schema, rows));
        return At(name);
    }

    string At(string name) => Path.Combine(folder.FullName, name);
}

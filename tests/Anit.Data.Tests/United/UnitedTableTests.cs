using Anit.Data.Receipts;
using Shouldly;

namespace Anit.Data.Tests.United;

/// <summary>Several files read as one table.</summary>
public sealed class UnitedTableTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("anit-united-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Files_of_a_pattern_or_folder_come_in_natural_order_and_named_ones_as_named()
    {
        foreach (var part in new[] { 10, 9, 2, 1 }) await Rows.Write(At($"data/part-{part}.parquet"), "n", part);
        await Rows.Write(At("data/deeper/part-0.parquet"), "n", 0);
        await Rows.Write(At("data/_temporary/part-0.parquet"), "n", -1);
        await Rows.Write(At("data/.hidden.parquet"), "n", -1);
        File.WriteAllText(At("data/dataset_info.json"), "{}");
        File.WriteAllText(At("data/README.md"), "not a table");

        (await Rows.Of(At("data/*.parquet"))).Rows.ShouldBe(["[1]", "[2]", "[9]", "[10]"]);
        (await Rows.Of(At("data/part-[12]*.parquet"))).Rows.ShouldBe(["[1]", "[2]", "[10]"]);
        (await Rows.Of(At("data/part-[!12].parquet"))).Rows.ShouldBe(["[9]"]);
        (await Rows.Of(At("data/part-?.parquet"))).Rows.ShouldBe(["[1]", "[2]", "[9]"]);
        (await Rows.Of(At("**/part-0.parquet"))).Rows.ShouldBe(["[-1]", "[0]"]);
        (await Rows.Of(At("data"))).Rows.ShouldBe(["[0]", "[1]", "[2]", "[9]", "[10]"]);
        (await Rows.Of(At("data/part-9.parquet"), At("data/part-1.parquet"))).Rows.ShouldBe(["[9]", "[1]"]);
    }

    [Fact]
    public async Task A_file_whose_name_looks_like_a_pattern_is_that_file()
    {
        await Rows.Write(At("a[1]*.parquet"), "n", 5);
        (await Rows.Of(await Table.OpenAsync(At("a[1]*.parquet")))).Rows.ShouldBe(["[5]"]);
    }

    [Fact]
    public async Task Nothing_to_read_is_an_error_that_says_so()
    {
        Directory.CreateDirectory(At("empty"));
        await Rows.Write(At("mixed/a.parquet"), "n", 1);
        await Rows.Write(At("mixed/b.csv"), "n", 1);
        (await Should.ThrowAsync<FileNotFoundException>(() => Rows.Of(At("empty")))).Message.ShouldContain("a folder without tables");
        (await Should.ThrowAsync<FileNotFoundException>(() => Rows.Of(At("none*.parquet")))).Message.ShouldContain("no file fits this pattern");
        (await Should.ThrowAsync<DataFormatException>(() => Rows.Of(At("mixed")))).Message.ShouldContain("a folder with .parquet and .csv files");
    }

    [Fact]
    public async Task Folders_of_a_hive_layout_are_columns()
    {
        await Rows.Write(At("d/split=train/year=2020/a.parquet"), "n", 1);
        await Rows.Write(At("d/split=test/year=2021/a.parquet"), "n", 2);
        await Rows.Write(At("d/split=__HIVE_DEFAULT_PARTITION__/year=2021/a.parquet"), "n", 3);
        await Rows.Write(At("d/split=a%2Fb%20c/year=7/a.parquet"), "n", 4);
        var (schema, rows) = await Rows.Of(At("d"));
        schema.ToString().ShouldBe("n: i32, split: dictionary<i32,utf8>, year: i64 not null");
        rows.ShouldBe(["[3,null,2021]", "[4,\"a/b c\",7]", "[2,\"test\",2021]", "[1,\"train\",2020]"]);
        // A file named alone is read as it is; several have their folders' columns.
        (await Rows.Of(At("d/split=train/year=2020/a.parquet"))).Rows.ShouldBe(["[1]"]);
        (await Rows.Of(At("d/split=test/year=2021/a.parquet"), At("d/split=train/year=2020/a.parquet"))).Rows
            .ShouldBe(["[2,\"test\",2021]", "[1,\"train\",2020]"]);
    }

    [Fact]
    public async Task Ranges_pass_over_files_whose_folders_rule_them_out()
    {
        foreach (var year in new[] { 1, 2, 3 }) await Rows.Write(At($"d/year={year}/a.parquet"), "n", 10 * year);
        File.WriteAllText(At("d/year=3/a.parquet"), "PAR1 is not all that a file needs");
        await Should.ThrowAsync<DataFormatException>(() => Rows.Of(At("d"))); // the schema of each is needed
        await Rows.Write(At("d/year=3/a.parquet"), "n", 30);
        var options = new ReadOptions { Ranges = [ColumnRange.Between("year", 2, 2)] };
        (await Rows.Of(await Table.OpenAsync(At("d"), options))).Rows.ShouldBe(["[20,2]"]);
    }

    [Fact]
    public async Task Columns_are_united_by_name_and_widened()
    {
        await Rows.Write(At("a.parquet"), "x", 1, 2);
        await Rows.Write(At("b.parquet"), new([new("y", DataType.Dictionary), new("x", DataType.Int64, Nullable: false)]),
            Batch(new([new("y", DataType.Dictionary), new("x", DataType.Int64)]), "q", 3L));
        await Rows.Write(At("c.parquet"), new([new("y", DataType.Utf8), new("x", DataType.Float64)]),
            Batch(new([new("y", DataType.Utf8), new("x", DataType.Float64)]), "r", 0.5));
        var (schema, rows) = await Rows.Of(At("a.parquet"), At("b.parquet"));
        schema.ToString().ShouldBe("x: i64, y: utf8");
        rows.ShouldBe(["[1,null]", "[2,null]", "[3,\"q\"]"]);
        (schema, rows) = await Rows.Of(At("a.parquet"), At("b.parquet"), At("c.parquet"));
        schema.ToString().ShouldBe("x: f64, y: utf8");
        rows.ShouldBe(["[1.0,null]", "[2.0,null]", "[3.0,\"q\"]", "[0.5,\"r\"]"]);
        (await Rows.Of(await Table.OpenAsync([At("a.parquet"), At("c.parquet")], new() { Columns = ["y"] }))).Rows
            .ShouldBe(["[null]", "[null]", "[\"r\"]"]);
    }

    [Fact]
    public async Task Types_that_nothing_holds_together_name_both_files()
    {
        await Rows.Write(At("a.parquet"), "x", 1);
        await Rows.Write(At("b.parquet"), "x", "one");
        (await Should.ThrowAsync<DataFormatException>(() => Rows.Of(At("a.parquet"), At("b.parquet")))).Message
            .ShouldBe($"{At("b.parquet")}: column 'x' is utf8, but i32 in {At("a.parquet")}; no type holds both: cast one of them (anit-data cast), "
                + "or leave the column out");
    }

    [Fact]
    public async Task An_integer_that_a_double_would_round_is_refused_where_it_meets_doubles()
    {
        await Rows.Write(At("a.jsonl"), new([new("x", DataType.Int64)]), Batch(new([new("x", DataType.Int64)]), (1L << 53) + 1));
        await Rows.Write(At("b.jsonl"), new([new("x", DataType.Float64)]), Batch(new([new("x", DataType.Float64)]), 0.5));
        (await Should.ThrowAsync<DataFormatException>(() => Rows.Of(At("a.jsonl"), At("b.jsonl")))).Message
            .ShouldBe($"{At("a.jsonl")}: column 'x': '9007199254740993' is no value that f64 holds exactly");
    }

    [Fact]
    public async Task Ids_that_occur_twice_are_refused_with_both_places()
    {
        await Rows.Write(At("a.parquet"), "id", "r1", "r2", null);
        await Rows.Write(At("b.parquet"), "id", "r3", null, "r2");
        var options = new ReadOptions { UniqueColumn = "id" };
        (await Should.ThrowAsync<DataFormatException>(async () => await Rows.Of(await Table.OpenAsync([At("a.parquet"), At("b.parquet")], options))))
            .Message.ShouldStartWith($"{At("a.parquet")}: the id 'r2' of row 1 comes again in row 2 of {At("b.parquet")}; ids are unique");
        (await Rows.Of(At("a.parquet"), At("b.parquet"))).Rows.Length.ShouldBe(6);
    }

    [Fact]
    public async Task Many_ids_are_compared_in_runs_on_disk()
    {
        const int Many = 1_500_000; // more than a run
        var random = new Random(5);
        var ids = new long[Many];
        for (var i = 0; i < Many; i++) ids[i] = random.NextInt64();
        var schema = new Schema([new("id", DataType.Int64)]);
        await Rows.Write(At("a.parquet"), schema, new ColumnBatch(schema, [new FixedColumn<long>(DataType.Int64, ids)]));
        await Rows.Write(At("b.parquet"), schema, Batch(schema, 5L), Batch(schema, ids[777]));
        var options = new ReadOptions { UniqueColumn = "id" };
        (await Should.ThrowAsync<DataFormatException>(async () =>
        {
            await using var reader = await Table.OpenAsync([At("a.parquet"), At("b.parquet")], options);
            await foreach (var _ in reader.ReadBatchesAsync()) { }
        })).Message.ShouldContain($"the id '{ids[777]}' of row 777 comes again in row 1 of");
    }

    [Fact]
    public async Task Class_labels_of_other_names_are_refused()
    {
        static string Labels(string names) => "{\"info\": {\"features\": {\"tag\": {\"names\": [" + names + "], \"_type\": \"ClassLabel\"}}}}";
        var schema = new Schema([new("tag", DataType.Int64)]);
        foreach (var (name, labels) in new[] { ("a", "\"x\", \"y\""), ("b", "\"x\", \"y\""), ("c", "\"y\", \"x\"") })
            await Rows.Write(At($"{name}.parquet"), schema.WithMetadata("huggingface", Labels(labels)), Batch(schema, 0L));
        (await Rows.Of(At("a.parquet"), At("b.parquet"))).Schema.Metadata.Keys.ShouldContain("huggingface");
        (await Should.ThrowAsync<DataFormatException>(() => Rows.Of(At("a.parquet"), At("c.parquet"))))
            .Message.ShouldContain("the class labels of column");
    }

    [Fact]
    public async Task Receipts_of_all_files_are_carried_and_verified()
    {
        foreach (var name in new[] { "a", "b" }) await Stage(At($"{name}.parquet"), null, name);
        await Rows.Write(At("c.parquet"), "text", "foreign"); // without a receipt
        foreach (var names in new[] { ["a.parquet", "b.parquet"], new[] { "c.parquet", "a.parquet" } })
        {
            var source = DataSource.Files([.. names.Select(At)]);
            await using (var reader = await Table.OpenAsync(source, new() { CarryReceipts = true }))
            await using (var writer = Table.Create(At("all.parquet"), reader.Schema))
            {
                await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
                await writer.FinishAsync(reader.LateMetadata);
            }
            await Stage(At("after.parquet"), source, "!");
            await Stage(At("two.parquet"), DataSource.File(At("all.parquet")), "!");
            // A stage over several files is the stage over their concatenation.
            (await Chains(At("after.parquet"))).ShouldBe(await Chains(At("two.parquet")));
            foreach (var file in new[] { "all.parquet", "after.parquet" })
            {
                await using var made = await Table.OpenAsync(At(file));
                var findings = await ChainCheck.OfAsync(made);
                findings.ShouldAllBe(finding => finding.State != ReceiptState.Differs);
                findings[^1].State.ShouldBe(ReceiptState.Verified);
                findings.Select(finding => finding.Receipt.Tool).ShouldContain("anit-data concat");
            }
            (await Stage(At("after.parquet"), source, "!")).ShouldBeFalse(); // up to date
            (await Stage(At("after.parquet"), source, "?")).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_broken_link_is_told_where_several_chains_meet()
    {
        Receipt Made(string tool, string rows, params string[] inputs) => new() { Tool = tool, Version = 1, Inputs = inputs, Rows = rows, Count = 1 };
        var schema = new Schema([new("text", DataType.Utf8)]);
        var (digest, _) = await RowDigest.OfAsync(await Memory(schema));
        Receipt[] whole = [Made("one", "A"), Made("two", "B"), Made("concat", digest, "A", "B")];
        (await Judged(schema, whole)).ShouldBe([ReceiptState.Linked, ReceiptState.Linked, ReceiptState.Verified]);
        (await Judged(schema, [whole[0], whole[1], Made("concat", digest, "A", "C")]))
            .ShouldBe([ReceiptState.Linked, ReceiptState.Linked, ReceiptState.Differs]);
    }

    static async Task<List<ReceiptState>> Judged(Schema schema, Receipt[] chain)
    {
        await using var table = await Memory(schema.WithMetadata(Chain.Key, Chain.Write(chain)));
        return [.. (await ChainCheck.OfAsync(table)).Select(finding => finding.State)];
    }

    static async Task<ITableReader> Memory(Schema schema)
    {
        var stream = new MemoryStream();
        await using (var writer = Table.Create(stream, TableFormat.ArrowFile, schema))
        {
            await writer.WriteAsync(new ColumnBatch(schema, [Utf8Column.Of(["x"])]));
            await writer.FinishAsync();
        }
        stream.Position = 0;
        return await Table.OpenAsync(stream);
    }

    static async Task<string> Chains(string path) => Chain.Write(await Chain.OfFileAsync(path));

    // Appends a mark to each text, or makes a text of it; false when there was nothing to do.
    static async Task<bool> Stage(string output, DataSource? input, string mark)
    {
        var stage = new Stage("mark", 1) { Options = new() { ["mark"] = mark } };
        await using var run = await StageRun.BeginAsync(stage, new() { Input = input, Output = output });
        if (run.Done) return false;
        var schema = new Schema([new("text", DataType.Utf8)]);
        await using var writer = run.Create(input is null ? schema : run.Input.Schema);
        if (input is null) await writer.WriteAsync(new ColumnBatch(schema, [Utf8Column.Of([mark])]));
        else
            await foreach (var batch in run.Input.ReadBatchesAsync())
            {
                var texts = Enumerable.Range(0, batch.Rows).Select(i => batch["text"].Text(i) + mark);
                await writer.WriteAsync(new ColumnBatch(schema, [Utf8Column.Of(texts)]));
            }
        await writer.FinishAsync();
        return true;
    }

    static ColumnBatch Batch(Schema schema, params object[] cells)
    {
        var columns = schema.Fields.Select((field, i) =>
        {
            var builder = ColumnBuilder.For(field.Type);
            switch (builder)
            {
                case Utf8Builder b: b.Append((string)cells[i]); break;
                case DictionaryBuilder b: b.Append((string)cells[i]); break;
                case FixedBuilder<long> b: b.Append((long)cells[i]); break;
                default: ((FixedBuilder<double>)builder).Append((double)cells[i]); break;
            }
            return builder.Build();
        });
        return new ColumnBatch(schema, [.. columns]);
    }

    string At(string name) => Path.Combine(folder, name);
}

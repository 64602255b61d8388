using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Row groups, runs of rows and single rows, of Parquet and of other formats.</summary>
public sealed class RowSelectionTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anit");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Rows_by_number_are_those_of_the_whole_table_in_every_format_and_any_cut()
    {
        string[] extensions = [".parquet", ".parquet", ".parquet", ".arrow", ".jsonl", ".csv"];
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var extension = extensions[seed % extensions.Length];
            var schema = extension == ".csv" ? new Schema([new("a", DataType.Int64), new("b", DataType.Utf8)])
                : extension == ".jsonl" ? new Schema([new("a", DataType.Int64), new("b", DataType.ListOf(DataType.Int64))]) : Some.Schema(random);
            var rows = 1 + random.Next(400);
            var path = await Written($"{seed}{extension}", Some.Batch(random, schema, rows), new()
            {
                RowGroupRows = 1 + random.Next(200), PageRows = 1 + random.Next(50), PageV2 = random.Next(2) == 0,
            });
            var whole = (await Rows.Of(path)).Rows;
            var some = Enumerable.Range(0, 1 + random.Next(10)).Select(_ => (long)random.Next(rows)).ToArray();
            var options = new ReadOptions { BatchRows = 1 + random.Next(100) };
            (await Read(path, options with { Rows = RowNumbers.Of(some) })).ShouldBe(some.Distinct().Order().Select(i => whole[i]), $"seed {seed}");
            var (first, count) = (random.Next(rows + 20), random.Next(rows));
            (await Read(path, options with { Rows = RowNumbers.Range(first, count) })).ShouldBe(whole.Skip(first).Take(count), $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_filter_chooses_among_the_rows_asked_for_also_where_whole_files_are_ruled_out()
    {
        var one = new Schema([new("n", DataType.Int32)]);
        foreach (var part in Enumerable.Range(0, 4))
        {
            var values = Enumerable.Range(part * 100, 100).ToArray();
            await Written($"many/{part}.parquet", new(one, [new FixedColumn<int>(DataType.Int32, values)]),
                new() { RowGroupRows = 30, PageRows = 7 });
        }
        var options = new ReadOptions { Rows = RowNumbers.Range(150, 200), Where = RowFilter.Parse("n % 50 = 0") };
        (await Read(Path.Combine(folder.FullName, "many"), options)).ShouldBe(["[150]", "[200]", "[250]", "[300]"]);
        options = options with { Where = RowFilter.Parse("n >= 160 and n < 162"), Rows = RowNumbers.Of([61, 60, 99]) };
        (await Read(Path.Combine(folder.FullName, "many/1.parquet"), options)).ShouldBe(["[160]", "[161]"]);
    }

    [Fact]
    public async Task Row_groups_come_in_the_order_asked_for()
    {
        var path = await Numbers("groups.parquet", 100, new() { RowGroupRows = 30 });
        (await Read(path, new() { RowGroups = [3, 1] })).ShouldBe([.. Lines(90, 10), .. Lines(30, 30)]);
        (await Read(path, new() { RowGroups = [] })).ShouldBeEmpty();
        // Row numbers stay those of the table.
        (await Read(path, new() { RowGroups = [3, 1], Rows = RowNumbers.Of([3, 31, 95]) })).ShouldBe(["[95]", "[31]"]);
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Read(path, new() { RowGroups = [4] })))
            .Message.ShouldContain("The file has 4 row groups, counted from 0.");
        var arrow = await Numbers("groups.arrow", 5, new());
        (await Should.ThrowAsync<DataFormatException>(() => Read(arrow, new() { RowGroups = [0] })))
            .Message.ShouldContain("row groups are asked for, which Parquet has; this is ArrowFile");
    }

    [Theory]
    [InlineData(".parquet")]
    [InlineData(".arrow")]
    public async Task A_row_behind_the_end_is_an_error_and_a_run_ends_there(string extension)
    {
        var path = await Numbers("short" + extension, 10, new());
        (await Read(path, new() { Rows = RowNumbers.Range(8, 100) })).ShouldBe(["[8]", "[9]"]);
        (await Should.ThrowAsync<DataFormatException>(() => Read(path, new() { Rows = RowNumbers.Of([1, 10]) })))
            .Message.ShouldEndWith($"short{extension}: row 10 was asked for, and the table has 10, counted from 0");
    }

    [Fact]
    public async Task A_single_row_of_a_large_file_fetches_few_of_its_bytes()
    {
        var schema = new Schema([new("n", DataType.Int64), new("tags", DataType.ListOf(DataType.Int64))]);
        var batch = Some.Batch(new Random(1), schema, 100_000);
        var path = await Written("large.parquet", batch, new() { RowGroupRows = 20_000, PageRows = 500, Dictionaries = false });
        var counted = new CountedStream(await File.ReadAllBytesAsync(path));
        await using var reader = await Table.OpenAsync(counted, new() { Rows = RowNumbers.Of([77_777]) });
        var found = new List<string>();
        await foreach (var part in reader.ReadBatchesAsync()) found.AddRange(Some.Json(part["tags"]));
        found.ShouldBe([Some.Json(batch["tags"])[77_777]]);
        counted.Fetched.ShouldBeLessThan(counted.Length / 3);
    }

    [Fact]
    public async Task A_table_s_rows_are_counted()
    {
        (await Table.CountRowsAsync(await Numbers("count.parquet", 1_234, new()))).ShouldBe(1_234);
        (await Table.CountRowsAsync(await Numbers("count.csv", 321, new()))).ShouldBe(321);
    }

    static IEnumerable<string> Lines(int first, int count) => Enumerable.Range(first, count).Select(i => $"[{i}]");

    Task<string> Numbers(string name, int count, WriteOptions options) => Written(name, new(new([new("n", DataType.Int32)]),
        [new FixedColumn<int>(DataType.Int32, Enumerable.Range(0, count).ToArray())]), options);

    async Task<string> Written(string name, ColumnBatch batch, WriteOptions options)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var writer = Table.Create(path, batch.Schema, options);
        await writer.WriteAsync(batch);
        await writer.FinishAsync();
        return path;
    }

    static async Task<string[]> Read(string path, ReadOptions options) => (await Rows.Of(await Table.OpenAsync(path, options))).Rows;
}

using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Bloom filters: DuckDB probes ours, we pass over row groups by ours and by DuckDB's.</summary>
public sealed class BloomFilterTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anit");

    public void Dispose() => folder.Delete(recursive: true);

    [OracleFact]
    public async Task DuckDB_finds_every_value_in_our_filters_and_hardly_another()
    {
        var path = await Written(20_000, new() { BloomFilters = ["id", "n", "words.list.element"], RowGroupRows = 5_000 });
        foreach (var what in new[] { "'id', 'row 7'", "'id', 'row 19999'", "'n', 21", "'n', 59997" })
            (await Duck.Run($"select count(*), count(*) filter (where bloom_filter_excludes) from parquet_bloom_probe('{path}', {what})"))[0]
                .ShouldBe("[\"4\",\"3\"]", what);
        (await Duck.Run($"select count(*) from '{path}' where id = 'row 12345' or n = 3"))[0].ShouldBe("[\"2\"]");
    }

    [Fact]
    public async Task A_value_that_is_not_there_is_not_looked_for_and_no_other_is_missed()
    {
        var path = await Written(20_000, new() { BloomFilters = ["id", "n"], RowGroupRows = 2_000 });
        (await ParquetFooter.ReadAsync(path)).ShouldSatisfyAllConditions(f => f.Column("id").HasBloomFilter.ShouldBeTrue(),
            f => f.Column("words.list.element").HasBloomFilter.ShouldBeFalse());
        var bytes = await File.ReadAllBytesAsync(path);
        foreach (var (where, rows) in new[] { ("id = 'row 4711'", 1), ("n = 300", 1), ("n = 301", 0), ("id = 'row 4711x'", 0) })
        {
            var counted = new CountedStream(bytes);
            await using var reader = await Table.OpenAsync(counted, new() { Where = RowFilter.Parse(where) });
            var found = 0;
            await foreach (var batch in reader.ReadBatchesAsync()) found += batch.Rows;
            found.ShouldBe(rows, where);
            counted.Fetched.ShouldBeLessThan(bytes.Length / 2, where); // the filters themselves are some of it
        }
        for (var i = 0; i < 20_000; i += 577)
        {
            var options = new ReadOptions { Where = RowFilter.Parse($"id = 'row {i}'"), Columns = ["n"] };
            (await Rows.Of(await Table.OpenAsync(path, options))).Rows.ShouldBe([$"[{3 * i}]"]);
        }
    }

    [OracleFact]
    public async Task DuckDB_s_filters_are_read_and_taken_over()
    {
        var path = Path.Combine(folder.FullName, "theirs.parquet");
        await Duck.Run($"copy (select 'row ' || (r * 7919 % 1000) as id, r as n from range(100000) x(r)) to '{path}' (format parquet, "
            + "row_group_size 20000)");
        (await ParquetFooter.ReadAsync(path)).Column("id").HasBloomFilter.ShouldBeTrue();
        var copy = Path.Combine(folder.FullName, "copy.parquet");
        await using (var writer = await Table.AppendAsync(copy, [path, path])) await writer.FinishAsync();
        foreach (var file in (string[])[path, copy])
        {
            var bytes = await File.ReadAllBytesAsync(file);
            var counted = new CountedStream(bytes);
            (await Count(counted, "id = 'row 5000'")).ShouldBe(0);
            counted.Fetched.ShouldBeLessThan(bytes.Length / 4);
            (await Count(new MemoryStream(bytes), "id = 'row 500'")).ShouldBe(file == copy ? 200 : 100);
        }
        var probe = $"select count(*) filter (where bloom_filter_excludes) from parquet_bloom_probe('{copy}', 'id',";
        (await Duck.Run($"{probe} 'row 5000')"))[0].ShouldNotBe("[\"0\"]");
        (await Duck.Run($"{probe} 'row 500')"))[0].ShouldBe("[\"0\"]");
    }

    [Fact]
    public async Task Columns_without_a_filter_are_named()
    {
        (await Should.ThrowAsync<MissingColumnException>(() => Written(1, new() { BloomFilters = ["nothing"] })))
            .Message.ShouldContain("no column \"nothing\"");
        (await Should.ThrowAsync<UnsupportedTypeException>(() => Written(1, new() { BloomFilters = ["yes"] }))).Message
            .ShouldBe("column 'yes' has no bloom filter: text, bytes, numbers, dates and times do");
    }

    static async Task<int> Count(Stream file, string where)
    {
        await using var reader = await Table.OpenAsync(file, new() { Where = RowFilter.Parse(where) });
        var found = 0;
        await foreach (var batch in reader.ReadBatchesAsync()) found += batch.Rows;
        return found;
    }

    async Task<string> Written(int rows, WriteOptions options)
    {
        var schema = new Schema(
            [new("id", DataType.Utf8), new("n", DataType.Int64), new("words", DataType.ListOf(DataType.Utf8)), new("yes", DataType.Bool)]);
        var path = Path.Combine(folder.FullName, "ours.parquet");
        await using var writer = Table.Create(path, schema, options);
        // The order of values says nothing of where they are: statistics rule nothing out.
        var (ids, numbers) = (new Utf8Builder(), new FixedBuilder<long>(DataType.Int64));
        var (words, flags) = (new ListBuilder(DataType.Utf8), new BoolBuilder());
        for (var i = 0; i < rows; i++)
        {
            var at = (int)(i * 7_919L % rows);
            ids.Append($"row {at}");
            numbers.Append(3L * at);
            words.Append([$"w{i % 10}"]);
            flags.Append(true);
        }
        await writer.WriteAsync(new(schema, [ids.Build(), numbers.Build(), words.Build(), flags.Build()], rows));
        await writer.FinishAsync();
        return path;
    }
}

using Anit.Data.Parquet;
using Anit.Data.Parquet.Meta;
using Anit.Data.Parquet.Thrift;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Files that begin with the row groups of others.</summary>
public sealed class AppendTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anit");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Row_groups_taken_over_and_rows_behind_them_read_as_one_table_by_any_range()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var schema = new Schema([new("n", DataType.Int64), .. Some.Schema(random).Fields]);
            var files = new List<string>();
            var all = new List<string>();
            for (var part = 0; part < 3; part++)
            {
                var rows = random.Next(120);
                var batch = Some.Batch(random, schema, rows);
                batch = batch.With(schema["n"], new FixedColumn<long>(DataType.Int64, [.. Enumerable.Range(all.Count, rows).Select(i => (long)i)]));
                files.Add(await Written($"{seed}-{part}.parquet", batch, new()
                {
                    RowGroupRows = 1 + random.Next(60), PageRows = 1 + random.Next(20), PageV2 = random.Next(2) == 0,
                    Compression = random.Next(2) == 0 ? Compression.Snappy : Compression.Default,
                }));
                all.AddRange((await Rows.Of(files[^1])).Rows);
            }
            var last = (await Batches(files[2])).ToList();
            var target = Path.Combine(folder.FullName, $"{seed}.parquet");
            await using (var writer = await Table.AppendAsync(target, files[..2]))
            {
                foreach (var batch in last) await writer.WriteAsync(batch);
                await writer.FinishAsync();
            }
            (await Table.CountRowsAsync(target)).ShouldBe(all.Count);
            if (all.Count == 0) continue;
            var (from, to) = (random.Next(all.Count), random.Next(all.Count));
            var options = new ReadOptions { Where = RowFilter.Parse($"n between {from} and {to}") };
            (await Rows.Of(await Table.OpenAsync(target, options))).Rows.ShouldBe(all.Skip(from).Take(Math.Max(0, to - from + 1)), $"seed {seed}");
            await CheckPages(target);
        }
    }

    [OracleFact]
    public async Task Files_that_DuckDB_wrote_grow_and_DuckDB_reads_them()
    {
        string[] parts = [Path.Combine(folder.FullName, "a.parquet"), Path.Combine(folder.FullName, "b.parquet")];
        foreach (var (path, i) in parts.Select((path, i) => (path, i)))
            await Duck.Run(Duck.Copy($"select r + {i * 5000} as n, 'word ' || (r % 100) as t, r / 4.0 as x, date '2020-01-01' as d "
                + "from range(5000) x(r)", path));
        var target = Path.Combine(folder.FullName, "all.parquet");
        await using (var writer = await Table.AppendAsync(target, parts))
        {
            await foreach (var batch in (await Table.OpenAsync(parts[0])).ReadBatchesAsync()) await writer.WriteAsync(batch);
            await writer.FinishAsync();
        }
        var sums = "select count(*), sum(n), count(distinct t), sum(x), min(d)::varchar from";
        (await Duck.Run($"{sums} '{target}'"))[0].ShouldBe((await Duck.Run(
            $"{sums} (from '{parts[0]}' union all from '{parts[1]}' union all from '{parts[0]}')"))[0]);
        (await Duck.Run($"select t from '{target}' where n = 7777"))[0].ShouldBe("[\"word 77\"]");
    }

    [Fact]
    public async Task A_file_can_grow_in_its_own_place_and_keeps_its_metadata_but_not_its_receipts()
    {
        var path = Path.Combine(folder.FullName, "log.parquet");
        var schema = new Schema([new("n", DataType.Int32)], new Dictionary<string, string> { ["owner"] = "me", ["anit.receipts"] = "[]" });
        await Rows.Write(path, schema, new ColumnBatch(schema, [new FixedColumn<int>(DataType.Int32, [1, 2])]));
        for (var i = 3; i < 6; i++)
        {
            await using var writer = await Table.AppendAsync(path, [path]);
            await writer.WriteAsync(new ColumnBatch(new([new("n", DataType.Int32)]), [new FixedColumn<int>(DataType.Int32, [i])]));
            await writer.FinishAsync();
        }
        var (read, rows) = await Rows.Of(path);
        rows.ShouldBe(["[1]", "[2]", "[3]", "[4]", "[5]"]);
        read.Metadata.ShouldBe(new Dictionary<string, string> { ["owner"] = "me" });
        (await ParquetFooter.ReadAsync(path)).RowGroups.Select(g => g.Rows).ShouldBe([2L, 1, 1, 1]);
    }

    [Fact]
    public async Task Columns_stored_otherwise_are_refused_and_the_old_file_stays()
    {
        string[] paths = [.. ((string[])["a.parquet", "b.parquet", "c.csv"]).Select(name => Path.Combine(folder.FullName, name))];
        await Rows.Write(paths[0], "n", 1, 2);
        await Rows.Write(paths[1], "n", "x");
        await File.WriteAllTextAsync(paths[2], "n\n1\n");
        (await Should.ThrowAsync<DataFormatException>(() => Table.AppendAsync(paths[0], paths[..2]))).Message.ShouldEndWith(
            "b.parquet: the columns are not stored alike ('n', optional ByteArray String where the first file has 'n', optional Int32), so row "
                + "groups cannot be taken over as they are; write the rows instead");
        (await Should.ThrowAsync<DataFormatException>(() => Table.AppendAsync(paths[0], [paths[2]])))
            .Message.ShouldContain("which this is not");
        (await Rows.Of(paths[0])).Rows.ShouldBe(["[1]", "[2]"]);
        folder.GetFiles().Length.ShouldBe(3);
    }

    /// <summary>Every page that an offset index names begins where it says, and is as long.</summary>
    static async Task CheckPages(string path)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        await using var reader = (ParquetReader)await Table.OpenAsync(new MemoryStream(bytes));
        foreach (var chunk in reader.Meta.RowGroups.SelectMany(g => g.Chunks))
        {
            var at = chunk.DataPageOffset;
            foreach (var (offset, size) in Pages(reader.Index(chunk.OffsetIndexOffset, chunk.OffsetIndexLength)!))
            {
                offset.ShouldBe(at);
                var header = PageHeader.Read(bytes.AsSpan((int)offset), ReadLimits.Default, out var length);
                (length + header.CompressedSize).ShouldBe(size);
                at += size;
            }
        }
    }

    static List<(long Offset, int Size)> Pages(byte[] index)
    {
        var r = new CompactReader(index, ReadLimits.Default);
        var pages = new List<(long, int)>();
        r.Begin();
        while (r.Next(out _, out var list))
        {
            for (var n = r.List(list, Wire.Struct); n > 0; n--)
            {
                var (offset, size, outer) = (0L, 0, r.Begin());
                while (r.Next(out var id, out var type))
                {
                    if (id == 1) offset = r.Int64(type);
                    else if (id == 2) size = r.Int32(type);
                    else r.Skip(type);
                }
                r.End(outer);
                pages.Add((offset, size));
            }
        }
        return pages;
    }

    static async Task<IReadOnlyList<ColumnBatch>> Batches(string path)
    {
        await using var reader = await Table.OpenAsync(path);
        var batches = new List<ColumnBatch>();
        await foreach (var batch in reader.ReadBatchesAsync()) batches.Add(batch);
        return batches;
    }

    async Task<string> Written(string name, ColumnBatch batch, WriteOptions options)
    {
        var path = Path.Combine(folder.FullName, name);
        await using var writer = Table.Create(path, batch.Schema, options);
        await writer.WriteAsync(batch);
        await writer.FinishAsync();
        return path;
    }
}

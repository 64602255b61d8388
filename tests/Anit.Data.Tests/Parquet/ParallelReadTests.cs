using Anit.Data.Fuzz;
using Anit.Data.Parquet;
using Anit.Data.Parquet.Read;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Several threads read what one reads: the same batches, the same errors, and nothing goes on when it is over.</summary>
/// <remarks>No other class reads on several threads: the count of threads is the process's.</remarks>
public sealed class ParallelReadTests
{
    [Fact]
    public async Task Batches_are_those_of_one_thread_whatever_the_schema_the_cut_and_the_memory()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random);
            var rows = random.Next(600);
            var file = await Written(random, schema, rows);
            var options = new ReadOptions
            {
                BatchRows = 1 + random.Next(100),
                ReuseMemory = random.Next(2) == 0,
                AheadBytes = new[] { 0, 2_000, 32L << 20 }[random.Next(3)],
                Columns = random.Next(3) == 0 ? [schema.Fields[random.Next(schema.Fields.Count)].Name] : null,
                Rows = random.Next(3) == 0 && rows > 0 ? RowNumbers.Range(random.Next(rows), random.Next(rows)) : null,
            };
            var expected = await Read(file, options);
            for (var threads = 2; threads <= 5; threads++)
                (await Read(file, options with { Threads = threads })).ShouldBe(expected, $"seed {seed}, {threads} threads");
        }
        ParallelBatches.Running.ShouldBe(0);
    }

    [Fact]
    public async Task Damaged_files_give_the_rows_and_the_error_that_one_thread_gives()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var file = await Written(random, Some.Schema(random), 200);
            for (var i = 0; i < 15; i++)
            {
                var damaged = Mutator.Mutate(file, random);
                var options = new ReadOptions { BatchRows = 1 + random.Next(60), Name = "t.parquet", ReuseMemory = random.Next(2) == 0 };
                var expected = await Read(damaged, options);
                (await Read(damaged, options with { Threads = 2 + random.Next(3) })).ShouldBe(expected, $"seed {seed}, mutation {i}");
            }
        }
        ParallelBatches.Running.ShouldBe(0);
    }

    [SharedFact]
    public async Task Files_of_others_are_read_as_by_one_thread()
    {
        var files = Directory.EnumerateFiles(SharedData.Path("corpora"), "*.parquet", SearchOption.AllDirectories)
            .Where(f => new FileInfo(f).Length < 50_000 && !f.Contains("bomb", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file);
            var options = new ReadOptions { BatchRows = 100 };
            (await Read(bytes, options with { Threads = 3, ReuseMemory = true })).ShouldBe(await Read(bytes, options), file);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Whoever_stops_half_way_leaves_no_thread_behind(int after)
    {
        var schema = new Schema([new("a", DataType.Utf8), new("b", DataType.Int64), new("c", DataType.ListOf(DataType.Utf8))]);
        var file = await Written(new Random(1), schema, 2_000);
        var options = new ReadOptions { BatchRows = 50, Threads = 4 };

        await using (var left = await Table.OpenAsync(new MemoryStream(file), options))
        {
            var batches = 0;
            await foreach (var _ in left.ReadBatchesAsync())
                if (batches++ == after) break;
            ParallelBatches.Running.ShouldBe(0);
        }

        using var stop = new CancellationTokenSource();
        await using (var cancelled = await Table.OpenAsync(new MemoryStream(file), options))
        {
            var batches = 0;
            await Should.ThrowAsync<OperationCanceledException>(async () =>
            {
                await foreach (var _ in cancelled.ReadBatchesAsync(stop.Token))
                    if (batches++ == after) await stop.CancelAsync();
            });
            batches.ShouldBe(after + 1);
            ParallelBatches.Running.ShouldBe(0);
        }

        var forgotten = await Table.OpenAsync(new MemoryStream(file), options);
        var rows = forgotten.ReadBatchesAsync().GetAsyncEnumerator();
        for (var i = 0; i <= after; i++) (await rows.MoveNextAsync()).ShouldBeTrue();
        ParallelBatches.Running.ShouldBe(4);
        await forgotten.DisposeAsync();
        ParallelBatches.Running.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_decoded_ahead_of_a_slow_reader_is_bounded()
    {
        var file = await Written(new Random(3), new([new("a", DataType.Int64, false), new("b", DataType.Int64, false)]), 20_000, groupRows: 1_000);
        const int PartBytes = 100 * (sizeof(long) + 1) + 100; // a part of a field: values and what is around them
        foreach (var ahead in new[] { 0, 5_000, 50_000 })
        {
            await using var reader = (ParquetReader)await Table.OpenAsync(new MemoryStream(file),
                new() { BatchRows = 100, Threads = 3, AheadBytes = ahead });
            await foreach (var _ in reader.ReadBatchesAsync()) await Task.Delay(1);
            reader.Parallel!.MostAhead.ShouldBeInRange(1, (3 * ahead) + (4 * PartBytes), $"{ahead} bytes a thread");
        }
    }

    [Fact]
    public void A_page_s_buffer_goes_on_to_the_next_page_that_fits()
    {
        using var pages = new PagePool();
        var (small, large) = (pages.Rent(100), pages.Rent(100_000));
        pages.Return(large);
        pages.Return(small);
        pages.Rent(50).ShouldBeSameAs(small);
        pages.Rent(60).ShouldBeSameAs(large);
        pages.Rent(60).ShouldNotBeSameAs(large);
    }

    /// <summary>The batches as text, and the error that ended them.</summary>
    static async Task<List<string>> Read(byte[] file, ReadOptions options)
    {
        var found = new List<string>();
        try
        {
            await using var reader = await Table.OpenAsync(new MemoryStream(file), options);
            await foreach (var batch in reader.ReadBatchesAsync())
            {
                found.Add($"{batch.Rows} rows");
                foreach (var column in batch.Columns) found.Add(string.Join(' ', Some.Json(column)));
            }
        }
        catch (DataFormatException e)
        {
            found.Add(e.Message);
        }
        return found;
    }

    static async Task<byte[]> Written(Random random, Schema schema, int rows, int? groupRows = null)
    {
        var stream = new MemoryStream();
        var options = new WriteOptions
        {
            RowGroupRows = groupRows ?? 1 + random.Next(200),
            PageRows = 1 + random.Next(70),
            PageV2 = random.Next(2) == 0,
            Compression = new[] { Compression.None, Compression.Snappy, Compression.Zstd }[random.Next(3)],
        };
        await using (var writer = Table.Create(stream, TableFormat.Parquet, schema, options))
        {
            await writer.WriteAsync(Some.Batch(random, schema, rows));
            await writer.FinishAsync();
        }
        return stream.ToArray();
    }
}

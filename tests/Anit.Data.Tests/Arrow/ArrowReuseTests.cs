using Shouldly;

namespace Anit.Data.Tests.Arrow;

public sealed class ArrowReuseTests
{
    [Theory]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.ArrowFile)]
    public async Task Rows_read_one_batch_at_a_time_are_the_same_when_memory_is_reused(TableFormat format)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random);
            var batches = Enumerable.Range(0, 4).Select(_ => Some.Batch(random, schema, random.Next(50))).ToList();
            var bytes = await Arrows.Write(format, schema, batches);
            Stream stream = format == TableFormat.ArrowFile ? new MemoryStream(bytes) : new Pipe(bytes, seed);
            await using var reader = await Table.OpenAsync(stream, new ReadOptions { ReuseMemory = true, BatchRows = 20 });
            var rows = new List<string>();
            await foreach (var batch in reader.ReadBatchesAsync()) rows.AddRange(Arrows.Rows([batch]));
            rows.ToArray().ShouldBe(Arrows.Rows(batches), $"seed {seed}");
        }
    }
}

using System.Text;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

public sealed class ParquetRangeTests
{
    static readonly Schema Table = new(
    [
        new("n", DataType.Int64), new("x", DataType.Float64), new("word", DataType.Utf8), new("u", DataType.UInt32),
        new("tags", DataType.ListOf(DataType.Utf8)),
            new("pair", new StructType([new("a", DataType.Int32), new("b", DataType.ListOf(DataType.Int64))])),
    ]);

    [Fact]
    public async Task Every_row_inside_the_range_is_read_and_few_others()
    {
        var (read, all) = (0L, 0L);
        for (var seed = 0; seed < 120; seed++)
        {
            var random = new Random(seed);
            var rows = 1 + random.Next(1_500);
            var batch = Sorted(random, rows);
            var file = await Written(batch, new()
            {
                RowGroupRows = 1 + random.Next(700), PageRows = 1 + random.Next(60), PageV2 = random.Next(2) == 0, Dictionaries = random.Next(2) == 0,
            });
            var (least, most) = (random.Next(-5, rows), random.Next(-5, rows));
            var (range, inside) = Range(random.Next(4), least, most);
            var found = await Rows(file, new() { Ranges = [range], BatchRows = 1 + random.Next(300), Columns = random.Next(2) == 0 ? null
                : ["tags", "n", "pair", "word", "x", "u"] });
            var expected = Enumerable.Range(0, rows).Where(i => inside(batch, i)).Select(i => (long)i).ToList();
            found.Keys.Order().ToList().ShouldBe(found.Keys.ToList(), $"seed {seed}: in order");
            expected.Except(found.Keys).ShouldBeEmpty($"seed {seed}: {range}");
            var whole = await Rows(file, new());
            foreach (var (key, row) in found) row.ShouldBe(whole[key], $"seed {seed}");
            read += found.Count - expected.Count;
            all += rows - expected.Count;
        }
        ((double)read / all).ShouldBeLessThan(0.2, "rows read although they are outside");
    }

    [Fact]
    public async Task What_is_ruled_out_is_not_even_fetched()
    {
        var batch = Sorted(new Random(1), 50_000);
        var file = await Written(batch, new() { RowGroupRows = 10_000, PageRows = 500 });
        var counted = new CountedStream(file);
        await using var reader = await Data.Table.OpenAsync(counted, new() { Ranges = [ColumnRange.Equal("n", 25_250)] });
        var rows = 0;
        await foreach (var part in reader.ReadBatchesAsync()) rows += part.Rows;
        rows.ShouldBe(500);
        counted.Fetched.ShouldBeLessThan(file.Length / 3);
    }

    [Fact]
    public async Task Broken_indexes_and_footers_give_a_format_error_or_other_rows()
    {
        var file = await Written(Sorted(new Random(2), 400), new() { RowGroupRows = 150, PageRows = 20 });
        var behind = file.Length - 8 - BitConverter.ToInt32(file, file.Length - 8);
        var refused = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var broken = file.ToArray();
            // The page indexes lie before the footer.
            for (var i = random.Next(3); i >= 0; i--) broken[random.Next(behind - 3_000, file.Length - 8)] ^= (byte)(1 << random.Next(8));
            try
            {
                await using var reader = await Data.Table.OpenAsync(new MemoryStream(broken),
                    new() { Ranges = [ColumnRange.Between("n", 170, 290)] });
                await foreach (var _ in reader.ReadBatchesAsync())
                {
                }
            }
            catch (DataFormatException)
            {
                refused++;
            }
            catch (ArgumentException missing) when (missing.Message.StartsWith("no column 'n'", StringComparison.Ordinal))
            {
                // The name itself was hit.
            }
        }
        refused.ShouldBeGreaterThan(300);
    }

    [Fact]
    public async Task A_range_on_an_unknown_column_names_the_columns_there_are()
    {
        var file = await Written(Sorted(new Random(1), 10), new());
        (await Should.ThrowAsync<ArgumentException>(() =>
            Data.Table.OpenAsync(new MemoryStream(file), new() { Ranges = [ColumnRange.Equal("m", 1)] })))
            .Message.ShouldContain("no column 'm' to look for values in; the table has: n, x, word, u, tags.list.element, pair.a");
    }

    static (ColumnRange Range, Func<ColumnBatch, int, bool> Inside) Range(int kind, int least, int most) => kind switch
    {
        0 => (ColumnRange.Between("n", least, most), (b, i) => b["n"].Integer(i) is { } v && v >= least && v <= most),
        1 => (ColumnRange.Between("x", least / 2.0, most / 2.0), (b, i) => b["x"].Number(i) is { } v && v >= least / 2.0 && v <= most / 2.0),
        2 => (ColumnRange.Between("word", Word(least), Word(most)), (b, i) =>
            b["word"].Text(i) is { } v && string.CompareOrdinal(v, Word(least)) >= 0 && string.CompareOrdinal(v, Word(most)) <= 0),
        _ => (ColumnRange.Between("u", (long)least + int.MaxValue, (long)most + int.MaxValue), (b, i) =>
            b["u"].Integer(i) is { } v && v >= (long)least + int.MaxValue && v <= (long)most + int.MaxValue),
    };

    static string Word(int i) => $"word {i + 10:D9} and a tail that is longer than the statistics keep, by a good deal";

    /// <summary>Rows ordered by every flat column; some values are null.</summary>
    static ColumnBatch Sorted(Random random, int rows)
    {
        var builders = Table.Fields.Select(f => ColumnBuilder.For(f.Type)).ToArray();
        for (var i = 0; i < rows; i++)
        {
            var isNull = random.Next(20) == 0;
            if (isNull) foreach (var builder in builders[1..4]) builder.AppendNull();
            else
            {
                ((FixedBuilder<double>)builders[1]).Append(i / 2.0);
                ((Utf8Builder)builders[2]).Append(Word(i));
                ((FixedBuilder<uint>)builders[3]).Append((uint)i + int.MaxValue);
            }
            ((FixedBuilder<long>)builders[0]).Append(i);
        }
        return new(Table, [.. builders[..4].Select(b => b.Build()), Some.Column(random, Table.Fields[4].Type, rows),
            Some.Column(random, Table.Fields[5].Type, rows)], rows);
    }

    static async Task<byte[]> Written(ColumnBatch batch, WriteOptions options)
    {
        var stream = new MemoryStream();
        await using var writer = Data.Table.Create(stream, TableFormat.Parquet, batch.Schema, options);
        await writer.WriteAsync(batch);
        await writer.FinishAsync();
        return stream.ToArray();
    }

    /// <summary>Rows by their number, as text with the columns in one order.</summary>
    static async Task<Dictionary<long, string>> Rows(byte[] file, ReadOptions options)
    {
        await using var reader = await Data.Table.OpenAsync(new MemoryStream(file), options);
        var (rows, json) = (new Dictionary<long, string>(), new CanonicalJson());
        await foreach (var batch in reader.ReadBatchesAsync())
        {
            var ordered = batch.Select(Table.Fields.Select(f => f.Name));
            for (var i = 0; i < batch.Rows; i++) rows.Add(ordered["n"].Integer(i)!.Value, Encoding.UTF8.GetString(json.Row(ordered, i).Span));
        }
        return rows;
    }
}

using System.Globalization;
using Shouldly;

namespace Anit.Data.Tests.Parquet;

/// <summary>Rows, row groups and ranges by the footer alone, against what DuckDB counts.</summary>
public sealed class FooterTests : IDisposable
{
    const string Query = """
        select i as n, (i * 7919) % 1000 - 500 as m, case when i % 3 = 0 then null else 'word ' || (i % 977) end as t,
               i / 8.0 - 100 as x, cast(i + 0.25 as decimal(12, 2)) as d, date '2001-02-03' + cast(i % 1000 as integer) as day,
               timestamp '2020-01-01 00:00:00' + to_seconds(i) as at, i % 2 = 0 as even, [i, i + 1] as items, cast(null as integer) as nothing
        from range(50000) r(i)
        """;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anit");

    public void Dispose() => folder.Delete(recursive: true);

    [OracleFact]
    public async Task Ranges_and_nulls_are_those_that_DuckDB_finds_by_reading()
    {
        var (theirs, ours) = (Path.Combine(folder.FullName, "theirs.parquet"), Path.Combine(folder.FullName, "ours.parquet"));
        await Duck.Run($"copy ({Query}) to '{theirs}' (format parquet, row_group_size 10000)");
        await using (var reader = await Table.OpenAsync(theirs))
        await using (var writer = Table.Create(ours, reader.Schema, new() { RowGroupRows = 7_000 }))
        {
            await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
            await writer.FinishAsync();
        }
        foreach (var path in (string[])[theirs, ours])
        {
            var footer = await ParquetFooter.ReadAsync(path);
            footer.Rows.ShouldBe(50_000);
            footer.RowGroups.Sum(g => g.Rows).ShouldBe(50_000);
            footer.RowGroups.Count.ShouldBeGreaterThan(3);
            string[] columns = ["n", "m", "t", "x", "d", "day", "at"];
            // One statement: what DuckDB finds in the whole table and in each row group's rows.
            var parts = footer.RowGroups.Select(g => $"(from '{path}' limit {g.Rows} offset {g.FirstRow})").Prepend($"'{path}'");
            var asked = string.Join(", ", columns.Select(c => $"min(\"{c}\")::varchar, max(\"{c}\")::varchar, count(*) - count(\"{c}\")"));
            var told = await Duck.Run(string.Join(" union all ", parts.Select((part, i) => $"select {i}, {asked} from {part}")) + " order by 1");
            told.ShouldBe(footer.RowGroups.Select(g => (Func<string, ColumnChunkFacts>)g.Column).Prepend(footer.Column).Select((facts, i) => $"[{i},"
                + string.Join(",", columns.Select(facts).Select(f => $"\"{Shown(f.Min)}\",\"{Shown(f.Max)}\",\"{f.Nulls}\"")) + "]"), path);
            footer.Column("nothing").ShouldSatisfyAllConditions(c => c.Nulls.ShouldBe(50_000), c => c.Min.ShouldBeNull(), c => c.Max.ShouldBeNull());
            footer.Columns.ShouldContain(c => c.Column.StartsWith("items.list.", StringComparison.Ordinal) && c.Values == 100_000);
        }
    }

    [Fact]
    public async Task What_is_no_Parquet_and_a_column_that_is_not_there_are_named()
    {
        var path = Path.Combine(folder.FullName, "t.csv");
        await File.WriteAllTextAsync(path, "a,b\n1,2\n");
        (await Should.ThrowAsync<DataFormatException>(() => ParquetFooter.ReadAsync(path))).Message.ShouldEndWith("t.csv: not a Parquet file");
        path = Path.Combine(folder.FullName, "t.parquet");
        await Rows.Write(path, "a", 1, 2, 3);
        Should.Throw<MissingColumnException>(() => ParquetFooter.ReadAsync(path).GetAwaiter().GetResult().Column("b"))
            .Message.ShouldBe("no column 'b'; there is a");
    }

    static string Shown(object? value) => value switch
    {
        DateTime { TimeOfDay.Ticks: 0, Year: < 2010 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime at => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        double x => x.ToString("0.0###", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

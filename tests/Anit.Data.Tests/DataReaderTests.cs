using System.Data;
using Shouldly;

namespace Anit.Data.Tests;

/// <summary>ADO.NET's view of a table, by what the base library itself takes and gives: DataTable.</summary>
public sealed class DataReaderTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anit");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_DataTable_loads_a_table_and_gives_it_back()
    {
        DataType[] types = [DataType.Utf8, DataType.Binary, DataType.Bool, DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64,
            DataType.UInt8, DataType.UInt16, DataType.UInt32, DataType.UInt64, DataType.Float32, DataType.Float64, new DecimalType(18, 4)];
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var schema = new Schema(types.Select((type, i) => new Field($"c{i}", type, random.Next(3) != 0)));
            var batch = Some.Batch(random, schema, random.Next(300));
            var (path, back) = (At($"{seed}.parquet"), At($"{seed}.back.arrow"));
            await Rows.Write(path, schema, batch);
            using var table = new DataTable();
            using (var rows = (await Table.OpenAsync(path, new() { BatchRows = 1 + random.Next(50) })).AsDataReader()) table.Load(rows);
            table.Rows.Count.ShouldBe(batch.Rows);
            for (var i = 0; i < types.Length; i++) table.Columns[i].AllowDBNull.ShouldBe(schema.Fields[i].Nullable);
            using var reader = table.CreateDataReader();
            await using (var writer = Table.Create(back, DataReaders.SchemaOf(reader)))
            {
                (await writer.WriteRowsAsync(reader, batchRows: 37)).ShouldBe(batch.Rows);
                await writer.FinishAsync();
            }
            // A DataTable forgets how many digits its decimals have.
            var (read, _) = await Rows.Of(back);
            read.Fields[^1].Type.ShouldBe(new DecimalType(38, 9));
            var map = ColumnMap.All(read).Cast("c13", new DecimalType(18, 4));
            await using var again = await Table.OpenAsync(back);
            await Rows.Write(At($"{seed}.cast.parquet"), map.Schema, (await again.ReadBatchesAsync().ToListAsync()).Select(map.Apply));
            // A DataTable's default value has no sign.
            (await Rows.Of(At($"{seed}.cast.parquet"))).Rows.ShouldBe((await Rows.Of(path)).Rows
                .Select(row => row.Replace("-0.0,", "0.0,", StringComparison.Ordinal)), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Dates_times_and_nested_values_are_those_of_the_base_library()
    {
        var path = At("t.jsonl");
        await File.WriteAllTextAsync(path,
            """{"day":"2024-02-29","at":"2024-02-29T12:30:00.5Z","tags":["a",null],"who":{"age":7},"big":null}""" + "\n");
        var types = new Dictionary<string, DataType>
        {
            ["day"] = DataType.Date, ["at"] = new TimestampType(TimeUnit.Microsecond, "UTC"), ["big"] = new DecimalType(38, 0),
        };
        await using var rows = (await Table.OpenAsync(path, new() { Types = types })).AsDataReader();
        rows.HasRows.ShouldBeTrue();
        (await rows.ReadAsync()).ShouldBeTrue();
        rows["DAY"].ShouldBe(new DateTime(2024, 2, 29));
        rows.GetFieldValue<DateOnly>(0).ShouldBe(new DateOnly(2024, 2, 29));
        rows.GetDateTime(1).ShouldBe(new DateTime(2024, 2, 29, 12, 30, 0, 500, DateTimeKind.Utc));
        rows.GetFieldValue<DateTimeOffset>(1).Offset.ShouldBe(TimeSpan.Zero);
        rows.GetFieldValue<string?[]>(2).ShouldBe(["a", null]);
        rows.GetFieldValue<Dictionary<string, object?>>(3)["age"].ShouldBe(7L);
        rows.GetString(3).ShouldBe("{\"age\":7}");
        rows.IsDBNull(4).ShouldBeTrue();
        rows[4].ShouldBe(DBNull.Value);
        Should.Throw<InvalidCastException>(() => rows.GetDecimal(4)).Message.ShouldBe("column 'big' is null in this row; ask IsDBNull first");
        Should.Throw<MissingColumnException>(() => rows["nothing"]).Message.ShouldContain("no column \"nothing\"; there is day, at");
        (await rows.ReadAsync()).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => rows.GetValue(0)).Message.ShouldBe("there is no row; call Read first");
    }

    [Fact]
    public async Task What_the_base_library_cannot_hold_is_an_error_and_readable_as_text()
    {
        var (digits, at) = (new DecimalType(38, 10), new TimestampType(TimeUnit.Second));
        var schema = new Schema([new("d", digits), new("at", at), new("ns", new DurationType(TimeUnit.Nanosecond))]);
        var batch = new ColumnBatch(schema, [new FixedColumn<Int128>(digits, [Int128.Parse("12345678901234567890123456789012345678", null)]),
            new FixedColumn<long>(at, [long.MaxValue / 10_000_000]), new FixedColumn<long>(schema["ns"].Type, [-150])]);
        await Rows.Write(At("t.arrow"), schema, batch);
        using var rows = (await Table.OpenAsync(At("t.arrow"))).AsDataReader();
        rows.Read().ShouldBeTrue();
        Should.Throw<OverflowException>(() => rows.GetValue(0)).Message.ShouldContain("more digits than System.Decimal has (28)");
        rows.GetString(0).ShouldBe("1234567890123456789012345678.9012345678");
        Should.Throw<OverflowException>(() => rows.GetValue(1)).Message.ShouldContain("outside of the years 1 to 9999");
        rows.GetValue(2).ShouldBe(new TimeSpan(-2)); // downwards, in units of 100 ns
    }

    [Fact]
    public async Task A_decimal_of_too_many_digits_names_its_column()
    {
        using var table = new DataTable();
        table.Columns.Add("d", typeof(decimal));
        table.Rows.Add(1.0000000001m);
        using var rows = table.CreateDataReader();
        await using var writer = Table.Create(At("d.parquet"), DataReaders.SchemaOf(rows));
        (await Should.ThrowAsync<OverflowException>(async () => await writer.WriteRowsAsync(rows)))
            .Message.ShouldBe("column 'd': 1.0000000001 has more digits than decimal(38,9)");
    }

    string At(string name) => Path.Combine(folder.FullName, name);
}

using System.Runtime.CompilerServices;
using System.Text;
using Anit.Data.Arrow.C;
using Shouldly;

namespace Anit.Data.Tests.Arrow;

/// <summary>The Arrow C data and stream interfaces, against DuckDB in this process and against themselves.</summary>
[Collection("handed over")] // what is handed over is counted
public sealed class ArrowCTests
{
    readonly int schemas = CMemory.Schemas; // DuckDB leaves some

    static readonly DataType[] Theirs =
    [
        DataType.Utf8, DataType.Binary, DataType.Bool, DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64, DataType.UInt8,
        DataType.UInt16, DataType.UInt32, DataType.UInt64, DataType.Float32, DataType.Float64, DataType.Date, DataType.Dictionary,
        new FixedBinaryType(3), new DecimalType(5, 2), new DecimalType(18, 4), new DecimalType(38, 10), new TimeType(TimeUnit.Microsecond),
        DataType.ListOf(DataType.Int32), DataType.ListOf(DataType.Utf8), DataType.ListOf(DataType.ListOf(new DecimalType(18, 4))),
        new StructType([new("a", DataType.Utf8), new("b", DataType.ListOf(DataType.Float64))]),
    ];

    [OracleFact]
    public void DuckDB_takes_a_stream_and_gives_back_the_same_values()
    {
        using var duck = new DuckInProcess();
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            // Some types in each table, and the row's number to order by.
            var types = Theirs.Where(_ => random.Next(3) > 0).ToArray();
            var schema = new Schema([new("n", DataType.Int64, Nullable: false), .. types.Select((type, i) => new Field($"c{i}", type))]);
            var rows = random.Next(1, 5_000);
            var batch = Some.Batch(random, schema, rows).With(schema["n"], new FixedColumn<long>(DataType.Int64, [.. Enumerable.Range(0, rows)
                .Select(i => (long)i)]));
            var stream = ArrowC.NewStream();
            ArrowC.Export(new Batches(schema, [.. Cut(batch, random)]), stream);
            duck.Scan($"v{seed}", stream);
            duck.Run($"create table t{seed} as from v{seed}");
            ArrowC.FreeStream(stream);
            CMemory.Arrays.ShouldBe(0, $"seed {seed}: all is released"); // but the schema, which duckdb_arrow_scan leaves
            Json(duck.Run($"from t{seed} order by n")).ShouldBe(Json([batch]), $"seed {seed}");
            var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            duck.Run(Duck.Copy($"from t{seed} order by n", path));
            Rows.Of(path).GetAwaiter().GetResult().Rows.ShouldBe(Json([batch]), $"seed {seed}: also by a file");
            File.Delete(path);
        }
    }

    [OracleFact]
    public void What_DuckDB_computes_is_taken_over_in_all_its_types()
    {
        using var duck = new DuckInProcess();
        var batch = duck.Run("""
            select 42 as i, 'text' as t, [1, null, 3] as l, {a: 1, b: 'x'} as s, map {'k': 1} as m, timestamp '2020-01-02 03:04:05.678' as at,
                   timestamptz '2020-01-02 03:04:05+00' as z, interval 1 month as y, 1.25::decimal(9, 3) as d, 'ä'::enum('a', 'ä') as e,
                   [1, 2, 3]::integer[3] as a, '12345678-1234-1234-1234-123456789abc'::uuid as u, null as nothing, true as yes,
                   170141183460469231731::hugeint as h,
                   union_value(num := 7)::union(num integer, str varchar) as un
            """).ShouldHaveSingleItem();
        var cells = Encoding.UTF8.GetString(new CanonicalJson().Row(batch.Select(batch.Schema.Fields.Select(f => f.Name)
            .Where(name => name is not ("y" or "u" or "h"))), 0).Span);
        cells.ShouldBe("[42,\"text\",[1,null,3],{\"a\":1,\"b\":\"x\"},[[\"k\",1]],\"2020-01-02T03:04:05.678000\","
            + "\"2020-01-02T03:04:05.000000Z\",\"1.250\",\"ä\",[1,2,3],null,true,7]\n");
        batch.Schema["e"].Type.ShouldBeOfType<DictionaryType>();
        batch["y"].Value(0).ShouldNotBeNull();
    }

    [Fact]
    public unsafe void Every_type_comes_back_through_arrays_also_from_their_middle()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var schema = Some.Schema(random);
            var batch = Some.Batch(random, schema, random.Next(200));
            CArray array;
            CSchema described;
            ArrowC.Export(batch, (nint)(&array));
            ArrowC.Export(schema.WithMetadata("key", "värde"), (nint)(&described));
            // A part of the rows, as a producer hands over a slice: its children keep their lengths and an offset of their own.
            var (from, count) = (random.Next(batch.Rows + 1), 0);
            count = random.Next(batch.Rows - from + 1);
            (array.Offset, array.Length, array.NullCount) = (from, count, -1);
            var back = ArrowC.Import((nint)(&array), (nint)(&described));
            back.Schema.SameColumns(schema).ShouldBeTrue($"seed {seed}: {back.Schema} instead of {schema}");
            back.Schema.Metadata["key"].ShouldBe("värde");
            Json([back]).ShouldBe(Json([batch]).Skip(from).Take(count), $"seed {seed}");
            (CMemory.Arrays, CMemory.Schemas - schemas).ShouldBe((0, 0));
        }
    }

    [Fact]
    public unsafe void A_child_taken_out_outlives_its_parent()
    {
        var schema = new Schema([new("a", DataType.Int32), new("b", DataType.Utf8)]);
        CArray array;
        ArrowC.Export(new ColumnBatch(schema, [new FixedColumn<int>(DataType.Int32, [1, 2, 3]), Utf8Column.Of(["x", "y", null])]), (nint)(&array));
        var taken = *array.Children[0];
        array.Children[0]->Release = null;
        array.Release(&array);
        CMemory.Arrays.ShouldBe(1);
        GC.Collect();
        new ReadOnlySpan<int>(taken.Buffers[1], 3).ToArray().ShouldBe([1, 2, 3]);
        taken.Release(&taken);
        (CMemory.Arrays, CMemory.Schemas - schemas).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_stream_hands_its_errors_over_in_its_own_words()
    {
        var stream = ArrowC.NewStream();
        ArrowC.Export(new Broken(), stream);
        await using (var reader = ArrowC.Import(stream, "their stream"))
        {
            var seen = 0;
            (await Should.ThrowAsync<DataFormatException>(async () =>
            {
                await foreach (var batch in reader.ReadBatchesAsync()) seen += batch.Rows;
            })).Message.ShouldBe("their stream: the stream failed: row group 7 is broken");
            seen.ShouldBe(2);
        }
        ArrowC.FreeStream(stream);
        (CMemory.Arrays, CMemory.Schemas - schemas).ShouldBe((0, 0));
        Should.Throw<ArgumentException>(() => ArrowC.Import(ArrowC.NewStream())).Message.ShouldContain("is released");
    }

    [Theory]
    [InlineData("q", "the Arrow C data interface has no type \"q\"")]
    [InlineData("i", "a struct of columns was expected, and the ArrowSchema is of type \"i\"")]
    public unsafe void A_type_that_is_not_in_the_format_is_named(string format, string expected)
    {
        CSchema schema;
        CArray array;
        var one = new Schema([new("a", DataType.Int32)]);
        ArrowC.Export(one, (nint)(&schema));
        ArrowC.Export(new ColumnBatch(one, [new FixedColumn<int>(DataType.Int32, [1])]), (nint)(&array));
        *(format == "i" ? schema.Format : schema.Children[0]->Format) = (byte)format[0];
        if (format == "i") schema.Format[1] = 0;
        var (arrayAt, schemaAt) = ((nint)(&array), (nint)(&schema));
        Should.Throw<DataFormatException>(() => ArrowC.Import(arrayAt, schemaAt)).Message.ShouldBe(expected);
        (CMemory.Arrays, CMemory.Schemas - schemas).ShouldBe((0, 0));
    }

    [Fact]
    public unsafe void What_Arrow_does_not_have_is_refused_and_nothing_is_left_behind()
    {
        var type = new TimestampType(TimeUnit.Nanosecond);
        var schema = new Schema([new("words", DataType.Utf8), new("at", type)]);
        CArray array;
        var at = (nint)(&array);
        Should.Throw<UnsupportedTypeException>(() => ArrowC.Export(new ColumnBatch(schema, [Utf8Column.Of(["x"]),
            new FixedColumn<Int128>(type, [Int128.MaxValue])]), at)).Message.ShouldBe(
                "column 'at' holds timestamps beyond 64 bits, which Arrow does not have");
        (CMemory.Arrays, CMemory.Schemas - schemas).ShouldBe((0, 0));
    }

    static IEnumerable<ColumnBatch> Cut(ColumnBatch batch, Random random)
    {
        for (var at = 0; at < batch.Rows;)
        {
            var count = Math.Min(batch.Rows - at, random.Next(1, 1_500));
            yield return batch.Slice(at, count);
            at += count;
        }
    }

    static string[] Json(IReadOnlyList<ColumnBatch> batches)
    {
        var json = new CanonicalJson();
        return [.. batches.SelectMany(batch => Enumerable.Range(0, batch.Rows)
            .Select(i => Encoding.UTF8.GetString(json.Row(batch, i).Span).TrimEnd()))];
    }

    sealed class Batches(Schema schema, IReadOnlyList<ColumnBatch> batches) : ITableReader
    {
        public Schema Schema => schema;
        public IReadOnlyDictionary<string, string> LateMetadata { get; } = new Dictionary<string, string>();
        public ValueTask DisposeAsync() => default;

        public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
        {
            await Task.CompletedTask;
            foreach (var batch in batches) yield return batch;
        }
    }

    sealed class Broken : ITableReader
    {
        public Schema Schema { get; } = new([new("n", DataType.Int32)]);
        public IReadOnlyDictionary<string, string> LateMetadata { get; } = new Dictionary<string, string>();
        public ValueTask DisposeAsync() => default;

        public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stop = default)
        {
            await Task.CompletedTask;
            yield return new(Schema, [new FixedColumn<int>(DataType.Int32, [1, 2])]);
            throw new DataFormatException("row group 7 is broken");
        }
    }
}

using Shouldly;

namespace Anit.Data.Tests.Transforms;

/// <summary>Random tables sorted, joined, deduplicated and partitioned, as DuckDB does it; with memory for all rows and for next to none.</summary>
public sealed class TransformOracleTests : IDisposable
{
    static readonly DataType[] Types = [DataType.Int64, DataType.Int16, DataType.UInt32, DataType.Float64, DataType.Utf8, DataType.Dictionary,
        DataType.Bool, DataType.Date, new TimestampType(TimeUnit.Microsecond), new DecimalType(12, 3)];

    readonly string folder = Directory.CreateTempSubdirectory("anit-transform-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [OracleFact]
    public async Task Rows_are_sorted_as_DuckDB_sorts_them()
    {
        const int Tables = 40;
        var statements = new List<string>();
        for (var seed = 0; seed < Tables; seed++)
        {
            var random = new Random(seed);
            await Write(random, At($"{seed}.parquet"), 1 + random.Next(900));
            var keys = Keys(random);
            statements.Add(Duck.Copy($"from read_parquet('{At($"{seed}.parquet")}') order by {string.Join(", ", keys.Select(Sql))}, n",
                At($"{seed}.theirs")));
        }
        await Duck.Run(statements);
        for (var seed = 0; seed < Tables; seed++)
        {
            var random = new Random(seed);
            await Write(random, At("again.parquet"), 1 + random.Next(900));
            var keys = Keys(random);
            SortKey.Parse(string.Join(", ", keys)).ShouldBe(keys);
            foreach (var memory in new[] { RowTransforms.Memory, 1_000 })
            {
                await using var reader = await Table.OpenAsync(At($"{seed}.parquet"), new() { BatchRows = memory < 2_000 ? 8 : 50 });
                Same(await Json(reader.SortAsync(keys, memory)), (await Rows.Of(At($"{seed}.theirs"))).Rows,
                    $"seed {seed}: {string.Join(", ", keys)}");
            }
        }
    }

    [OracleFact]
    public async Task Second_tables_are_joined_as_DuckDB_joins_them()
    {
        const int Tables = 30;
        var statements = new List<string>();
        for (var seed = 0; seed < Tables; seed++)
        {
            var random = new Random(seed);
            await Write(random, At($"{seed}.left"), 1 + random.Next(500));
            await Write(random, At($"{seed}.all"), 1 + random.Next(500));
            var key = Key(seed);
            statements.Add(Duck.Copy($"select {key}, n as other_n, c3 as more, c9 as much from read_parquet('{At($"{seed}.all")}') qualify "
                + $"row_number() over (partition by {key} order by n) = 1", At($"{seed}.right")));
            foreach (var how in new[] { "inner", "left" })
                statements.Add(Duck.Copy($"select l.*, r.* exclude ({key}) from read_parquet('{At($"{seed}.left")}') l {how} join "
                    + $"read_parquet('{At($"{seed}.right")}') r on l.{key} = r.{key} order by l.n", At($"{seed}-{how}")));
        }
        await Duck.Run(statements);
        for (var seed = 0; seed < Tables; seed++)
        {
            foreach (var kind in new[] { JoinKind.Inner, JoinKind.Left })
            {
                foreach (var memory in new[] { RowTransforms.Memory, 3_000 })
                {
                    await using var left = await Table.OpenAsync(At($"{seed}.left"), new() { BatchRows = 50 });
                    await using var right = await Table.OpenAsync(At($"{seed}.right"), new() { BatchRows = 50 });
                    var join = new LookupJoin(left.Schema, right.Schema, [Key(seed)], kind);
                    var theirs = await Rows.Of(At($"{seed}-{kind.ToString().ToLowerInvariant()}"));
                    join.Schema.Fields.Select(f => f.Name).ShouldBe(theirs.Schema.Fields.Select(f => f.Name));
                    Same(await Json(join.RowsAsync(left.ReadBatchesAsync(), right.ReadBatchesAsync(), memory)), theirs.Rows,
                        $"seed {seed}, {kind}, {memory}");
                }
            }
        }
    }

    [OracleFact]
    public async Task The_first_of_equal_rows_is_kept_as_DuckDB_keeps_it()
    {
        const int Tables = 30;
        var statements = new List<string>();
        for (var seed = 0; seed < Tables; seed++)
        {
            var random = new Random(seed);
            await Write(random, At($"{seed}.parquet"), 1 + random.Next(700));
            statements.Add(Duck.Copy($"from read_parquet('{At($"{seed}.parquet")}') qualify row_number() over (partition by {Key(seed)}, c6 "
                + $"order by n) = 1 "
                + "order by n", At($"{seed}.theirs")));
        }
        await Duck.Run(statements);
        for (var seed = 0; seed < Tables; seed++)
        {
            string[] by = [Key(seed), "c6"];
            await using var keys = await Table.OpenAsync(At($"{seed}.parquet"), new() { Columns = by });
            using var repeated = await RepeatedRows.FindAsync(keys.ReadBatchesAsync(), by);
            await using var reader = await Table.OpenAsync(At($"{seed}.parquet"), new() { BatchRows = 30 });
            Same(await Json(repeated.LeaveOutAsync(reader.ReadBatchesAsync())), (await Rows.Of(At($"{seed}.theirs"))).Rows, $"seed {seed}");
        }
    }

    [OracleFact]
    public async Task A_partitioned_folder_is_read_by_DuckDB_and_by_us_as_the_table_it_was()
    {
        const int Tables = 12;
        var statements = new List<string>();
        for (var seed = 0; seed < Tables; seed++)
        {
            var random = new Random(seed);
            await Write(random, At($"{seed}.parquet"), 1 + random.Next(300));
            await using var reader = await Table.OpenAsync(At($"{seed}.parquet"), new() { BatchRows = 40 });
            await using var writer = PartitionedWriter.Create(At($"{seed}.parts"), reader.Schema, By(seed));
            await foreach (var batch in reader.ReadBatchesAsync()) await writer.WriteAsync(batch);
            Directory.Exists(At($"{seed}.parts")).ShouldBeFalse();
            await writer.FinishAsync();
            statements.Add(Duck.Copy($"select n, c0 from read_parquet('{At($"{seed}.parts")}/**/*.parquet', hive_partitioning=true) order by n",
                At($"{seed}.theirs")));
        }
        await Duck.Run(statements);
        for (var seed = 0; seed < Tables; seed++)
        {
            await using var parts = await Table.OpenAsync(At($"{seed}.parts"));
            var whole = await Rows.Of(At($"{seed}.parquet"));
            parts.Schema.Fields.Select(f => (f.Name, f.Type.Decoded)).ShouldBe(whole.Schema.Fields.Select(f => (f.Name, f.Type.Decoded)));
            (await Json(parts.SortAsync([new("n")]))).ShouldBe(whole.Rows, $"seed {seed}: {string.Join(", ", By(seed))}");
            (await Rows.Of(At($"{seed}.theirs"))).Rows.ShouldBe(
                (await Rows.Of(await Table.OpenAsync(At($"{seed}.parquet"), new() { Columns = ["n", "c0"] }))).Rows);
        }
    }

    static string[] By(int seed) => (seed % 4) switch { 0 => ["c5"], 1 => ["c6", "c5"], 2 => ["c1"], _ => ["c4", "c6"] };

    static string Key(int seed) => new[] { "c0", "c1", "c4", "c7", "c9" }[seed % 5];

    static SortKey[] Keys(Random random)
    {
        var columns = Enumerable.Range(0, Types.Length).ToArray();
        random.Shuffle(columns);
        return [.. columns[..(1 + random.Next(3))].Select(i => new SortKey($"c{i}", random.Next(2) == 0, random.Next(2) == 0))];
    }

    static string Sql(SortKey key) => $"{key.Column} {(key.Descending ? "desc" : "asc")} nulls {(key.NullsFirst ? "first" : "last")}";

    static async Task Write(Random random, string path, int rows)
    {
        var schema = new Schema([new("n", DataType.Int64, false), .. Types.Select((type, i) => new Field($"c{i}", type))]);
        var builders = schema.Fields.Select(f => ColumnBuilder.For(f.Type)).ToArray();
        for (var row = 0; row < rows; row++)
        {
            ((FixedBuilder<long>)builders[0]).Append(row);
            foreach (var builder in builders[1..])
                if (random.Next(6) == 0) builder.AppendNull();
                else Cell(random, builder);
        }
        await using var writer = Table.Create(path, schema, new() { Format = TableFormat.Parquet });
        await writer.WriteAsync(new(schema, [.. builders.Select(b => b.Build())], rows));
        await writer.FinishAsync();
    }

    static void Cell(Random random, ColumnBuilder builder)
    {
        string[] words = ["", "a", "ab", "b", "\u00e9", "zz/=%", "z", "\u65e5", "0", "A"];
        switch (builder)
        {
            case FixedBuilder<long> { Type: IntType } b: b.Append(random.Next(2) == 0 ? random.Next(-5, 5)
                : random.NextInt64() >> random.Next(60)); break;
            case FixedBuilder<long> b: b.Append(random.NextInt64(1_000_000_000_000_000)); break;
            case FixedBuilder<short> b: b.Append((short)random.Next(-6, 6)); break;
            case FixedBuilder<uint> b: b.Append((uint)random.NextInt64(uint.MaxValue)); break;
            case FixedBuilder<double> b: b.Append(random.Next(4) switch { 0 => double.NaN, 1 => double.NegativeInfinity, 2 => 0.25, _ =>
                random.NextDouble() - 0.5 }); break;
            case FixedBuilder<int> b: b.Append(random.Next(-20, 20)); break;
            case FixedBuilder<Int128> b: b.Append(random.Next(-9, 9) * 1_000_000_007L); break;
            case BoolBuilder b: b.Append(random.Next(2) == 0); break;
            case Utf8Builder b: b.Append(words[random.Next(words.Length)] + words[random.Next(words.Length)]); break;
            case DictionaryBuilder b: b.Append("k" + words[random.Next(words.Length)]); break;
        }
    }

    static async Task<string[]> Json(IAsyncEnumerable<ColumnBatch> batches)
    {
        var (rows, json) = (new List<string>(), new CanonicalJson());
        await foreach (var batch in batches)
            for (var i = 0; i < batch.Rows; i++) rows.Add(System.Text.Encoding.UTF8.GetString(json.Row(batch, i).Span).TrimEnd());
        return [.. rows];
    }

    static void Same(string[] ours, string[] theirs, string which)
    {
        for (var i = 0; i < Math.Min(ours.Length, theirs.Length); i++) ours[i].ShouldBe(theirs[i], $"{which}, row {i}");
        ours.Length.ShouldBe(theirs.Length, which);
    }

    string At(string name) => Path.Combine(folder, name);
}

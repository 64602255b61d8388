using System.Globalization;
using System.Text;
using Shouldly;

namespace Anit.Data.Tests.Transforms;

public sealed class RowFilterTests
{
    static readonly Schema Columns = new([
        new("n", DataType.Int64, false), new("i", DataType.Int64), new("small", DataType.Int16), new("d", DataType.Float64), new("f",
            DataType.Float32),
        new("t", DataType.Utf8), new("k", DataType.Dictionary), new("b", DataType.Bool), new("day", DataType.Date),
        new("at", new TimestampType(TimeUnit.Microsecond)), new("m", new DecimalType(9, 2)), new("two words", DataType.Int32),
        new("s", new StructType([new("x", DataType.Int32), new("y", DataType.Utf8)])), new("l", DataType.ListOf(DataType.Int32))]);

    [OracleFact]
    public async Task Random_filters_choose_the_rows_that_DuckDB_chooses()
    {
        const int Tables = 6, Filters = 60;
        var folder = Directory.CreateTempSubdirectory("anit-filter-").FullName;
        try
        {
            var (statements, texts) = (new List<string>(), new Dictionary<string, string>());
            for (var table = 0; table < Tables; table++)
            {
                var random = new Random(table);
                var path = Path.Combine(folder, $"{table}.parquet");
                await using (var writer = Table.Create(path, Columns, new() { RowGroupRows = 100 + random.Next(300), PageRows = 30 }))
                {
                    for (var first = 0; first < 700; first += 100) await writer.WriteAsync(Batch(random, first, 100));
                    await writer.FinishAsync();
                }
                for (var i = 0; i < Filters; i++)
                {
                    var (text, name) = (Truth(random, 3), $"{folder}/{table}-{i}.theirs");
                    texts[name] = text;
                    statements.Add(Duck.Copy($"select n from read_parquet('{path}') where {text}", name));
                }
            }
            await Duck.Run(statements);
            foreach (var (name, text) in texts)
            {
                var path = name[..name.LastIndexOf('-')] + ".parquet";
                var theirs = (await Rows.Of(name)).Rows;
                var options = new ReadOptions { Where = RowFilter.Parse(text), Columns = ["n"] };
                (await Rows.Of(await Table.OpenAsync(path, options))).Rows.ShouldBe(theirs, text);
                var canonical = options.Where.ToString();
                RowFilter.Parse(canonical).ToString().ShouldBe(canonical, text);
                (await Rows.Of(await Table.OpenAsync(path, new() { Where = RowFilter.Parse(canonical), Columns = ["n"], BatchRows = 64 }))).Rows
                    .ShouldBe(theirs, canonical);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("i = 9007199254740993", "[1]")] // as doubles the two next integers would be equal
    [InlineData("i > 9007199254740992.5", "[1]")]
    [InlineData("d = 0.1", "[0]")]
    [InlineData("f = 0.1", "[0]")] // the float next to 0.1
    [InlineData("d < i", "[0],[1]")]
    [InlineData("d != d", "[2]")] // NaN
    [InlineData("is_nan(d)", "[2]")]
    [InlineData("not (d > 0)", "[2],[3]")]
    [InlineData("i in (5, null)", "[0]")]
    [InlineData("i not in (5, null)", "")]
    [InlineData("i is null or t like 'd_r %'", "[2],[3]")]
    [InlineData("\"t\" = 'it''s'", "[0]")]
    [InlineData("upper(t) like 'IT%' and length(t) = 4", "[0]")]
    [InlineData("i + 1 = 6 and i * 0.5 = 2.5 and i - 1 between 3 and 4", "[0]")]
    [InlineData("i / 2 = 2.5 and i % 3 = 2 and -i = -5", "[0]")]
    [InlineData("coalesce(i, 7) = 7", "[2],[3]")]
    [InlineData("contains(t, '\u00fc') and starts_with(t, 'd') and ends_with(t || '!', 'e!')", "[3]")]
    [InlineData("d / 0 is null and abs(d) = 0", "[3]")]
    [InlineData("NOT I = 5 OR TRUE AND FALSE", null)]
    public async Task Filters_are_exact(string text, string? rows)
    {
        var schema = new Schema([new("n", DataType.Int32), new("i", DataType.Int64), new("d", DataType.Float64), new("f", DataType.Float32),
            new("t", DataType.Utf8)]);
        var (i, d, f) = (new FixedBuilder<long>(DataType.Int64), new FixedBuilder<double>(DataType.Float64),
            new FixedBuilder<float>(DataType.Float32));
        foreach (var value in new long?[] { 5, 9007199254740993, null, null }) i.Append(value);
        foreach (var value in new double?[] { 0.1, 9007199254740992, double.NaN, -0.0 }) d.Append(value);
        foreach (var value in new float?[] { 0.1f, 1, 2, null }) f.Append(value);
        var batch = new ColumnBatch(schema, [new FixedColumn<int>(DataType.Int32, [0, 1, 2, 3]), i.Build(), d.Build(), f.Build(),
            Utf8Column.Of(["it's", "no", "der x", "d\u00fcr e"])]);
        if (rows is null)
        {
            Should.Throw<ExpressionException>(() => RowFilter.Parse(text).Bind(schema))
                .Message.ShouldStartWith("character 5: no column \"I\"; there is n, ");
            return;
        }
        string.Join(',', RowFilter.Parse(text).Bind(schema).Rows(batch).Select(row => $"[{row}]")).ShouldBe(rows);
        var stream = new MemoryStream();
        await using (var writer = Table.Create(stream, TableFormat.Parquet, schema, new() { PageRows = 1, RowGroupRows = 2 }))
        {
            await writer.WriteAsync(batch);
            await writer.FinishAsync();
        }
        stream.Position = 0;
        var read = await Rows.Of(await Table.OpenAsync(stream, new() { Where = RowFilter.Parse(text), Columns = ["n"] }));
        string.Join(',', read.Rows).ShouldBe(rows);
    }

    [Theory]
    [InlineData("", "character 1: found the end, expected a column, a value or (")]
    [InlineData("i =", "character 4: found the end, expected a column, a value or (")]
    [InlineData("i = 5 j = 6", "character 7: found j, expected and, or, or the end")]
    [InlineData("i = 'x", "character 5: a text without its closing '")]
    [InlineData("(i = 5", "character 7: found the end, expected , or )")]
    [InlineData("i ? 5", "character 3: found '?', which begins nothing")]
    [InlineData("i = 5x", "character 5: found 5x, expected a number")]
    [InlineData("i = 1.2.3", "character 5: found 1.2.3, expected a number")]
    [InlineData("j = 5", "character 1: no column \"j\"; there is n, i, small, d, f, t, k, b, day, at, m, two words, s, l")]
    [InlineData("i = 'five'", "character 5: i is i64 and 'five' is a text; they cannot be compared")]
    [InlineData("t > 5", "character 5: t is utf8 and 5 is a number; they cannot be compared")]
    [InlineData("l = 5", "character 5: l is list<i32> and 5 is a number; they cannot be compared")]
    [InlineData("i", "character 1: expected something true or false, such as a comparison")]
    [InlineData("i and b", "character 1: expected something true or false, such as a comparison")]
    [InlineData("day > 'yesterday'", "character 7: 'yesterday' is no date or time; expected one as in '2024-12-31' or '2024-12-31T23:59:59'")]
    [InlineData("size(t) = 5", "character 1: no function size; there is length, lower, upper, contains, starts_with, ends_with, abs, is_nan, "
        + "coalesce")]
    [InlineData("lower(i) = 'x'", "character 1: lower takes a text, found a number")]
    [InlineData("t like k", "character 8: like takes a text in quotes, such as 'ner%'")]
    [InlineData("i in (d)", "character 7: in takes constants")]
    [InlineData("i is 5", "character 6: found 5, expected null or not null after is")]
    [InlineData("s.z = 1", "character 1: no field \"z\"; there is x, y")]
    [InlineData("t + 1 > 2", "character 1: t is utf8; + takes numbers")]
    public void What_cannot_be_read_is_refused_with_its_place(string text, string message) =>
        Should.Throw<ExpressionException>(() => RowFilter.Parse(text).Bind(Columns)).Message.ShouldBe(message);

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        foreach (var text in new[] { new string('(', 100_000), string.Concat(Enumerable.Repeat("not ", 100_000)), new string('-', 100_000) })
            Should.Throw<ExpressionException>(() => RowFilter.Parse(text)).Message.ShouldContain("levels of nesting");
    }

    [Fact]
    public void Statistics_see_the_ranges_of_a_filter()
    {
        string Ranges(string text) => string.Join("; ", RowFilter.Parse(text).Ranges(Columns).Select(range => range switch
        {
            IntegerRange r => $"{r.Column} {r.Least}..{r.Most}", NumberRange r => $"{r.Column} {r.Least:g3}..{r.Most:g3}",
            TextRange r => $"{r.Column} {Encoding.UTF8.GetString(r.Least ?? [])}..{Encoding.UTF8.GetString(r.Most ?? [])}", _ => "?",
        }));
        Ranges("i = 5 and k in ('ner', 're') and (d > 1 or d < 0)").ShouldBe("i 5..5; k ner..re");
        Ranges("5 < i and t >= 'b' and d between 1 and 2").ShouldBe($"i 5..{long.MaxValue}; t b..; d 1..{double.PositiveInfinity}; "
            + $"d {double.NegativeInfinity}..2");
        Ranges("not i = 5").ShouldBe("");
    }

    static ColumnBatch Batch(Random random, int first, int rows)
    {
        var builders = Columns.Fields.Select(f => ColumnBuilder.For(f.Type)).ToArray();
        for (var row = 0; row < rows; row++)
        {
            foreach (var (builder, field) in builders.Zip(Columns.Fields))
            {
                if (field.Nullable && random.Next(5) == 0) builder.AppendNull();
                else Cell(random, builder, first + row);
            }
        }
        return new(Columns, [.. builders.Select(b => b.Build())], rows);
    }

    static void Cell(Random random, ColumnBuilder builder, int n)
    {
        switch (builder)
        {
            case FixedBuilder<long> { Type: IntType } b: b.Append(b.Length == n % 100 && random.Next(1) == 0 && n < 0 ? n : Number(random, n)); break;
            case FixedBuilder<long> b: b.Append(1_700_000_000_000_000 + 43_200_000_000 * random.Next(20)); break;
            case FixedBuilder<short> b: b.Append((short)random.Next(-9, 9)); break;
            case FixedBuilder<int> { Type: DateType } b: b.Append(19_675 + random.Next(10)); break;
            case FixedBuilder<int> b: b.Append(random.Next(10)); break;
            case FixedBuilder<double> b: b.Append(random.Next(-20, 20) * 0.25 + n / 50); break;
            case FixedBuilder<float> b: b.Append(random.Next(-20, 20) * 0.1f); break;
            case FixedBuilder<Int128> b: b.Append(random.Next(-500, 500)); break;
            case BoolBuilder b: b.Append(random.Next(2) == 0); break;
            case Utf8Builder b: b.Append(Word(random)); break;
            case DictionaryBuilder b: b.Append(Word(random)[..1]); break;
            case StructBuilder b:
                Cell(random, b.Children[0], n);
                Cell(random, b.Children[1], n);
                b.EndStruct();
                break;
            case ListBuilder b:
                for (var i = random.Next(4); i > 0; i--) Cell(random, b.Items, n);
                b.EndList();
                break;
        }
    }

    static long Number(Random random, int n) => random.Next(3) == 0 ? n : random.Next(-20, 20);

    static string Word(Random random) => new[] { "apple", "b\u00e4r", "Cat", "dog", "a%b", "e_f", "gr\u00fcn", "z" }[random.Next(8)];

    static string Truth(Random random, int depth)
    {
        if (depth > 0 && random.Next(2) == 0)
            return random.Next(3) switch
            {
                0 => $"({Truth(random, depth - 1)} and {Truth(random, depth - 1)})",
                1 => $"({Truth(random, depth - 1)} or {Truth(random, depth - 1)})",
                _ => $"not ({Truth(random, depth - 1)})",
            };
        var sign = new[] { "=", "!=", "<", "<=", ">", ">=", "<>" }[random.Next(7)];
        return random.Next(13) switch
        {
            0 => $"{Numeric(random, 2)} {sign} {Numeric(random, 2)}",
            1 => $"{Numeric(random, 1)} {(random.Next(2) == 0 ? "not " : "")}between {Constant(random)} and {Constant(random)}",
            2 => $"{Name(random)} is {(random.Next(2) == 0 ? "not " : "")}null",
            3 => $"{Text(random)} {sign} {Text(random)}",
            4 => $"{Text(random)} {(random.Next(2) == 0 ? "not " : "")}like "
                + $"'{new[] { "%a%", "_p%", "d__", "%", "b_r", "%r", "e__%" }[random.Next(7)]}'",
            5 => $"{Text(random)} {(random.Next(2) == 0 ? "not " : "")}in ('{Word(random)}', '{Word(random)}', '{Word(random)[..1]}')",
            6 => $"{Numeric(random, 0)} in ({Constant(random)}, {Constant(random)}, {random.Next(10)})",
            7 => "b",
            8 => $"day {sign} '2023-11-{10 + random.Next(20)}'",
            9 => $"\"at\" {sign} '2023-11-{10 + random.Next(20)}T12:00:00'",
            10 => $"{(random.Next(2) == 0 ? "contains" : "starts_with")}({Text(random)}, '{Word(random)[..1]}')",
            11 => $"length({Text(random)}) {sign} {random.Next(6)}",
            _ => $"{Constant(random)} {sign} {Numeric(random, 1)}",
        };
    }

    static string Name(Random random) => $"\"{Columns.Fields[random.Next(1, Columns.Fields.Count)].Name}\"";

    static string Text(Random random) => random.Next(5) switch
    {
        0 => "k", 1 => $"lower({Text(random)})", 2 => "s.y", 3 => $"'{Word(random)}'", _ => "t",
    };

    static string Numeric(Random random, int depth) => random.Next(depth > 0 ? 10 : 8) switch
    {
        0 => "i", 1 => "d", 2 => "f", 3 => "m", 4 => "small", 5 => "\"two words\"", 6 => "s.x",
        8 => $"({Numeric(random, depth - 1)} {"+-*"[random.Next(3)]} {Constant(random)})",
        9 => $"abs({Numeric(random, depth - 1)})",
        _ => Constant(random),
    };

    // Quarters, which all of double, float and decimal hold exactly.
    static string Constant(Random random) => random.Next(3) == 0 ? $"{random.Next(-20, 20)}"
        : (random.Next(-40, 40) * 0.25).ToString("0.00", CultureInfo.InvariantCulture);
}

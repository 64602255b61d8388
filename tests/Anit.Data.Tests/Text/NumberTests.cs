using System.Globalization;
using System.Text;
using Anit.Data.Json;
using Anit.Data.Tests.Arrow;
using Shouldly;

namespace Anit.Data.Tests.Text;

/// <summary>No digit of an integer is lost silently, and types can be named.</summary>
public sealed class NumberTests
{
    [Theory]
    [InlineData("123456789012345678901")]
    [InlineData("-123456789012345678901")]
    [InlineData("9007199254740993 0.5")]
    [InlineData("0.5 9007199254740993")]
    [InlineData("1 -9007199254740993 2.5e3")]
    [InlineData("1e400")]
    public async Task Integers_that_lose_digits_are_refused_with_what_to_do(string numbers)
    {
        var each = numbers.Split(' ');
        foreach (var text in new[] { Jsonl(each), $"[{string.Join(',', each.Select(n => $"{{\"n\":{n}}}"))}]",
            $"{{\"n\":[{string.Join(',', each)}]}}\n", Csv(each) })
        {
            if (text.StartsWith('n') && each[0] == "1e400") continue; // CSV takes it for text
            var error = await Should.ThrowAsync<DataFormatException>(() => Read(text));
            error.Message.ShouldContain("digits", customMessage: text);
            error.Message.ShouldContain("--type n");
        }
    }

    [Theory]
    [InlineData("0.5", "9007199254740993")]
    [InlineData("0.5", "123456789012345678901")]
    [InlineData("0.5", "1e400")]
    public async Task Late_integers_that_lose_digits_are_refused_too(string first, string late)
    {
        foreach (var text in new[] { Jsonl(first, late), Csv(first, late) })
        {
            var error = await Should.ThrowAsync<DataFormatException>(() => Read(text, new ReadOptions { InferRows = 1 }));
            error.Message.ShouldContain("row 2");
            error.Message.ShouldContain("--type n=text");
        }
    }

    [Theory]
    [InlineData("9007199254740992 0.5", "9007199254740992")]
    [InlineData("123456789012345680000 1", "123456789012345680000")] // as JavaScript writes a double
    [InlineData("100000000000000000000 1", "100000000000000000000")]
    [InlineData("9223372036854775808 0.5", "9223372036854776000")] // 2^63
    [InlineData("18446744073709551615 1", "18446744073709551615")]
    [InlineData("-9223372036854775808 1", "-9223372036854775808")]
    public async Task Integers_that_keep_their_digits_stay_numbers(string numbers, string first)
    {
        (await Read(Jsonl(numbers.Split(' '))))[0].ShouldBe($"[{first}]\n");
        (await Read(Csv(numbers.Split(' '))))[0].ShouldBe($"[{first}]\n");
    }

    [Fact]
    public void Doubles_as_we_write_them_are_never_refused()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            // Half of them large integers, which are written without point or exponent.
            var value = i % 2 == 0 ? BitConverter.Int64BitsToDouble(random.NextInt64())
                : Math.Round(random.NextDouble() * Math.Pow(10, random.Next(14, 22)));
            if (!double.IsFinite(value)) continue;
            var text = new ByteBuffer();
            JsonText.Double(text, value);
            JsonNumbers.Keeps(text.Written).ShouldBeTrue(Encoding.UTF8.GetString(text.Written));
        }
    }

    [Theory]
    [InlineData("text", "123456789012345678901 0.50 true", "\"123456789012345678901\" \"0.50\" \"true\"")]
    [InlineData("decimal(38,0)", "123456789012345678901 -5 1e3", "\"123456789012345678901\" \"-5\" \"1000\"")]
    [InlineData("decimal(10,2)", "1.5 -0.25 100", "\"1.50\" \"-0.25\" \"100.00\"")]
    [InlineData("decimal(60,3)", "123456789012345678901234567890123456789012345.125", "\"123456789012345678901234567890123456789012345.125\"")]
    [InlineData("double", "9007199254740993 0.5", "9007199254740992 0.5")]
    [InlineData("uint64", "18446744073709551615", "18446744073709551615")]
    [InlineData("int8", "-128 127", "-128 127")]
    [InlineData("uint8", "255", "255")]
    [InlineData("int16", "-32768", "-32768")]
    [InlineData("uint16", "65535", "65535")]
    [InlineData("int32", "-2147483648", "-2147483648")]
    [InlineData("uint32", "4294967295", "4294967295")]
    [InlineData("bool", "true false", "true false")]
    public async Task Columns_are_read_as_the_type_they_are_given(string type, string cells, string expected)
    {
        var each = cells.Split(' ');
        var options = Types(("n", type)) with { InferRows = 1 };
        (await Read(Jsonl(each), options)).ShouldBe(expected.Split(' ').Select(cell => $"[{cell}]\n"));
        (await Read(Csv(each), options)).ShouldBe(expected.Split(' ').Select(cell => $"[{cell}]\n"));
        if (type is not ("text" or "bool" or "double")) // the same in quotes
            (await Read(Jsonl([.. each.Select(cell => $"\"{cell}\"")]), options)).ShouldBe(expected.Split(' ').Select(cell => $"[{cell}]\n"));
    }

    [Theory]
    [InlineData("int64", "9223372036854775808")]
    [InlineData("int8", "128")]
    [InlineData("uint16", "-1")]
    [InlineData("decimal(5,2)", "1000")]
    [InlineData("decimal(5,2)", "1.234")]
    [InlineData("decimal(5,2)", "1e999999999")]
    [InlineData("double", "1e400")]
    [InlineData("bool", "1")]
    [InlineData("date", "2026-13-01")]
    public async Task A_cell_that_is_not_of_the_given_type_is_refused(string type, string cell)
    {
        var jsonCell = type == "date" ? $"\"{cell}\"" : cell;
        (await Should.ThrowAsync<DataFormatException>(() => Read(Jsonl(jsonCell), Types(("n", type))))).Message.ShouldContain("row 1");
        (await Should.ThrowAsync<DataFormatException>(() => Read(Csv(cell), Types(("n", type))))).Message.ShouldContain("row 1");
    }

    [Fact]
    public async Task Late_columns_late_types_and_nested_values_can_be_named()
    {
        const string Rows = """
            {"a":1,"who":{"age":1},"ids":[1],"mixed":{"x":1},"text":"t"}
            {"a":"two","who":{"age":1.5,"late":true},"ids":["12345678901234567890"],"mixed":[2, 3],"text":3,"new":7}

            """;
        (await Should.ThrowAsync<DataFormatException>(() => Read(Rows, new ReadOptions { InferRows = 1 }))).Message.ShouldContain("--type a=text");
        var said = new List<string>();
        var options = Types(("a", "text"), ("who.age", "double"), ("who.late", "bool"), ("ids.element", "uint64"), ("mixed", "text"),
            ("text", "text"), ("new", "int32"));
        (await Read(Rows, options with { InferRows = 1, Warn = said.Add, Name = "in" })).ShouldBe(
        [
            "[\"1\",{\"age\":1.0,\"late\":null},[1],\"{\\\"x\\\":1}\",\"t\",null]\n",
            "[\"two\",{\"age\":1.5,\"late\":true},[12345678901234567890],\"[2, 3]\",\"3\",7]\n",
        ]);
        said.ShouldBe(["in: no who.late, new in the first 1 rows; added as named by --type"]);
    }

    [Fact]
    public async Task Types_are_for_formats_without_types_and_for_columns_that_are_there()
    {
        var parquet = await Arrows.Write(TableFormat.Parquet, new Schema([new("n", DataType.Int64)]), []);
        (await Should.ThrowAsync<DataFormatException>(() => Table.OpenAsync(new MemoryStream(parquet), Types(("n", "text"))))).Message.ShouldContain(
            "this is Parquet");
        (await Should.ThrowAsync<ArgumentException>(() => Read("a,b\n1,2\n", Types(("c", "text"))))).Message.ShouldContain("no column \"c\"");
    }

    [Theory]
    [InlineData("text", "utf8")]
    [InlineData("Int64", "i64")]
    [InlineData("double", "f64")]
    [InlineData("decimal(12,3)", "decimal(12,3)")]
    [InlineData("timestamp(us)", "timestamp(us)")]
    [InlineData("timestamp(ms, UTC)", "timestamp(ms,UTC)")]
    [InlineData("list<list<u8>>", "list<list<u8>>")]
    [InlineData("decimal(3,4)", null)]
    [InlineData("decimal(77,0)", null)]
    [InlineData("timestamp(h)", null)]
    [InlineData("list<nothing>", null)]
    [InlineData("", null)]
    public void Types_have_names(string name, string? type)
    {
        DataType.TryParse(name, out var parsed).ShouldBe(type is not null);
        parsed?.ToString().ShouldBe(type);
    }

    [Fact]
    public async Task UTF_16_is_named_with_what_to_do()
    {
        foreach (var text in new[] { "{\"a\":1}\n", "[{\"a\":1}]", "a,b\n1,2\n", "grüße,x\n1,2\n" })
            foreach (var encoding in new Encoding[] { new UnicodeEncoding(false, true), new UnicodeEncoding(true, true),
                new UnicodeEncoding(false, false), new UnicodeEncoding(true, false) })
            {
                byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
                (await Should.ThrowAsync<DataFormatException>(() => Table.OpenAsync(new Pipe(bytes)))).Message.ShouldContain(
                    "UTF-16 text; convert it first (iconv -f UTF-16 -t UTF-8)");
            }
    }

    static ReadOptions Types(params (string Column, string Type)[] types) => new()
    {
        Types = types.ToDictionary(t => t.Column, t => DataType.TryParse(t.Type, out var type) ? type : throw new FormatException(t.Type)),
    };

    static string Jsonl(params string[] cells) =>
        string.Concat(cells.Select(cell => string.Create(CultureInfo.InvariantCulture, $"{{\"n\":{cell}}}\n")));

    static string Csv(params string[] cells) => $"n\n{string.Join('\n', cells)}\n";

    static async Task<string[]> Read(string text, ReadOptions? options = null)
    {
        await using var reader = await Table.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), options);
        return await Arrows.Rows(reader);
    }
}

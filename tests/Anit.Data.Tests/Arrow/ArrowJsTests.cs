using System.Text;
using Shouldly;

namespace Anit.Data.Tests.Arrow;

/// <summary>Apache Arrow JS reads what we write and we read what it writes, through real pipes.</summary>
public sealed class ArrowJsTests
{
    const string Script = "arrow.mjs";

    static readonly Schema schema = new(
    [
        new("id", DataType.Utf8), new("task", DataType.Dictionary), new("options", DataType.ListOf(DataType.Utf8)),
        new("distance", DataType.Int32), new("seed", DataType.Int64), new("beta", DataType.Float64), new("unchanged", DataType.Bool),
    ]);

    [OracleTheory]
    [InlineData(TableFormat.ArrowStream)]
    [InlineData(TableFormat.ArrowFile)]
    public async Task Our_tables_have_the_same_rows_there(TableFormat format)
    {
        var batches = Rows(batches: 5);
        var bytes = await Arrows.Write(format, schema.WithMetadata("k", "ümlaut"), batches, new Dictionary<string, string> { ["late"] = "1" });
        var lines = Encoding.UTF8.GetString(await Oracle.Run(Script, bytes, "read")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldContain("\"k\":\"ümlaut\"");
        lines[0].ShouldContain("[\"task\",\"Dictionary<Int32, Utf8>\"]");
        if (format == TableFormat.ArrowFile) lines[0].ShouldContain("\"late\":\"1\"");
        lines[1..].ShouldBe(Arrows.Rows(batches).Select(row => row.TrimEnd('\n').Replace(".0,", ",", StringComparison.Ordinal)));
    }

    [OracleTheory]
    [InlineData("stream")]
    [InlineData("file")]
    public async Task Its_tables_have_the_same_rows_here(string format)
    {
        var batches = Rows(batches: 5);
        var kind = format == "file" ? "text" : "label"; // its files cannot hold more than one dictionary
        var columns = """{"batch": 40, "columns": [["id","text"],["task",""" + $"\"{kind}\"" // one line
            + """],["options","texts"],["distance","i32"],["seed","i64"],["beta","f64"],["unchanged","bool"]]}""";
        var input = columns + "\n" + string.Concat(Arrows.Rows(batches));
        using var process = Oracle.Start(Script, "write", format);
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input)); // it reads all before it writes
        process.StandardInput.Close();
        try
        {
            await using var reader = await Table.OpenAsync(process.StandardOutput.BaseStream);
            (await Arrows.Rows(reader)).ShouldBe(Arrows.Rows(batches));
        }
        catch (DataFormatException fault)
        {
            throw new InvalidOperationException(await errors, fault);
        }
    }

    [OracleFact]
    public async Task Its_stream_cut_short_is_an_error_here()
    {
        var bytes = await Arrows.Write(TableFormat.ArrowStream, schema, Rows(batches: 3));
        await using var reader = await Table.OpenAsync(new Pipe(bytes[..^8]));
        await Should.ThrowAsync<DataFormatException>(() => Arrows.Batches(reader));
    }

    // Seeds within 53 bits and no NaN, because the lines travel as JavaScript's JSON.
    static List<ColumnBatch> Rows(int batches)
    {
        var random = new Random(11);
        var result = new List<ColumnBatch>();
        for (var b = 0; b < batches; b++)
        {
            var builders = schema.Fields.Select(field => ColumnBuilder.For(field.Type)).ToArray();
            for (var i = 0; i < 40; i++)
            {
                ((Utf8Builder)builders[0]).Append($"conll2003/train/{b * 40 + i:000000}");
                if (i % 7 == 3) foreach (var builder in builders[1..]) builder.AppendNull();
                else
                {
                    ((DictionaryBuilder)builders[1]).Append($"task {random.Next(3 + b)}");
                    var options = (ListBuilder)builders[2];
                    for (var k = random.Next(4); k > 0; k--) ((Utf8Builder)options.Items).Append(Some.Text(random));
                    options.EndList();
                    ((FixedBuilder<int>)builders[3]).Append(random.Next());
                    ((FixedBuilder<long>)builders[4]).Append(random.NextInt64(1L << 53));
                    ((FixedBuilder<double>)builders[5]).Append(random.NextDouble());
                    ((BoolBuilder)builders[6]).Append(random.Next(2) == 0);
                }
            }
            result.Add(new ColumnBatch(schema, [.. builders.Select(builder => builder.Build())]));
        }
        return result;
    }
}

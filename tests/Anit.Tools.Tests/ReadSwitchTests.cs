using System.Text;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Switches on how tables are read, and names that are there twice, over real processes.</summary>
public sealed class ReadSwitchTests
{
    [Fact]
    public void Every_reading_tool_takes_damaged_cut_and_large_input_only_when_told()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(3));
        bench.Bash("anit-data convert rows.jsonl --compression none -o rows.parquet -q && anit-data convert rows.jsonl --to arrows | head -c -8 "
            + "> cut.arrows").Code.ShouldBe(0);
        var bytes = File.ReadAllBytes(bench["rows.parquet"]);
        var at = bytes.AsSpan().IndexOf("Find"u8);
        at.ShouldBeGreaterThan(0);
        bytes[at] = (byte)'B';
        File.WriteAllBytes(bench["damaged.parquet"], bytes);
        foreach (var tool in new[] { "anit-data cat", "anit-data show", "anit-noise --to jsonl" })
        {
            Refused(bench, $"{tool} damaged.parquet", "--no-verify-checksums");
            Taken(bench, $"{tool} damaged.parquet --no-verify-checksums");
            Refused(bench, $"cat cut.arrows | {tool} -", "--allow-truncated");
            Taken(bench, $"cat cut.arrows | {tool} - --allow-truncated");
            Refused(bench, $"{tool} rows.parquet --read-limit CellBytes=5", "(--read-limit CellBytes=N)");
            Taken(bench, $"{tool} rows.parquet --read-limit CellBytes=1K --read-limit pagebytes=64M");
        }
    }

    [Theory]
    [InlineData("--read-limit Bytes=5", "--read-limit has no Bytes; expected MetadataBytes, PageBytes")]
    [InlineData("--read-limit CellBytes=much", "--read-limit CellBytes is much; expected a number from 1")]
    [InlineData("--read-limit CellBytes=8G", "--read-limit CellBytes is 8G; expected a number from 1")]
    [InlineData("--read-limit 5", "--read-limit is 5; expected name=n")]
    [InlineData("--type n", "--type is n; expected column=type")]
    [InlineData("--type n=number", "--type n is number; expected text, bool")]
    [InlineData("--type n=text --type n=int64", "--type names n twice")]
    public void A_switch_that_says_nothing_is_a_wrong_command_line(string option, string message)
    {
        using var bench = new Workbench();
        var run = bench.Bash($"anit-data cat rows.jsonl {option}");
        run.Code.ShouldBe(2, run.ToString());
        run.Error.ShouldContain(message);
    }

    [Fact]
    public void Types_of_columns_are_named_where_digits_or_late_columns_need_it()
    {
        using var bench = new Workbench();
        bench.Write("ids.jsonl", "{\"id\":123456789012345678901,\"x\":1}\n{\"id\":2,\"x\":0.5}\n");
        bench.Write("ids.csv", "id,x\n123456789012345678901,1\n2,0.5\n");
        foreach (var file in new[] { "ids.jsonl", "ids.csv" })
        {
            Refused(bench, $"anit-data cat {file}", "anit-data convert --type id=text");
            Taken(bench, $"anit-data cat {file} --type id=text").ShouldBe("{\"id\":\"123456789012345678901\",\"x\":1.0}\n{\"id\":\"2\",\"x\":0.5}\n");
            Taken(bench, $"anit-data convert {file} --type 'id=decimal(38,0)' -o ids.parquet -q && anit-data cat ids.parquet --to "
                + "canonical | head -2")
                .ShouldBe("{\"columns\":[{\"name\":\"id\",\"type\":\"decimal(38,0)\"},{\"name\":\"x\",\"type\":\"f64\"}],"
                    + "\"rows\":2}\n[\"123456789012345678901\",1.0]\n");
        }
        Taken(bench, "cat ids.jsonl | anit-data cat - --type id=text --to canonical | tail -1").ShouldBe("[\"2\",0.5]\n");
        Refused(bench, "anit-data cat ids.parquet --type id=text", "this is Parquet");
    }

    [Fact]
    public void Columns_of_one_name_are_shown_and_converted_both()
    {
        using var bench = new Workbench();
        bench.Write("twice.csv", "a,b,a\n1,x,2\n");
        Taken(bench, "anit-data show twice.csv").ShouldContain("1  x  2");
        Refused(bench, "anit-data cat twice.csv", "column 'a' is there twice");
        foreach (var output in new[] { "t.parquet", "t.arrow", "t.arrows" })
        {
            Taken(bench, $"anit-data convert twice.csv -o {output} -q && anit-data cat {output} --to canonical | tail -1").ShouldBe("[1,\"x\",2]\n");
            Taken(bench, $"anit-data cat {output} --to canonical --columns a a b | tail -1").ShouldBe("[1,1,\"x\"]\n");
            Taken(bench, $"cat {output} | anit-data cat - --to canonical | tail -1").ShouldBe("[1,\"x\",2]\n");
        }
    }

    [Fact]
    public void UTF_16_is_named()
    {
        using var bench = new Workbench();
        foreach (var (name, text) in new[] { ("a.jsonl", "{\"a\":1}\n"), ("a.csv", "a,b\n1,2\n") })
        {
            File.WriteAllText(bench[name], text, Encoding.Unicode);
            Refused(bench, $"anit-data cat {name}", $"{name}: UTF-16 text; convert it first (iconv -f UTF-16 -t UTF-8)");
        }
    }

    static void Refused(Workbench bench, string line, string message)
    {
        var run = bench.Bash(line);
        run.Code.ShouldBe(3, $"{line}: {run}");
        run.Error.ShouldContain(message, customMessage: line);
        run.Error.TrimEnd().Split('\n').Length.ShouldBe(1, $"{line}: {run}");
    }

    static string Taken(Workbench bench, string line)
    {
        var run = bench.Bash(line);
        run.Code.ShouldBe(0, $"{line}: {run}");
        return run.Output;
    }
}

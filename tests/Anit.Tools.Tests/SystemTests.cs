using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Closed streams, odd places and long names: each is one line and the right exit code, never a trace or a wait.</summary>
public sealed class SystemTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Fact]
    public void A_file_name_may_be_as_long_as_the_system_allows_and_a_longer_one_is_refused_at_once()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", "{\"id\":\"a\"}\n");
        var name = new string('é', 124) + ".arrow"; // 254 bytes
        bench.Bash($"anit-data convert rows.jsonl -o {name} && anit-data show {name}").Code.ShouldBe(0);
        var refused = bench.Bash($"anit-data convert rows.jsonl -o xx{name}");
        (refused.Code, refused.Error).ShouldBe((1, $"anit-data: xx{name}: the name has 256 bytes, expected at most 255; choose a shorter one\n"));
        Directory.GetFiles(bench.Folder).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("anit-data show")]
    [InlineData("anit-data import sst2 -")]
    [InlineData("anit-noise")]
    [InlineData("anit-score")]
    [InlineData("anit-train - --model MODEL --out out")]
    [InlineData("anit-eval - --model MODEL")]
    public void A_closed_standard_input_is_no_input(string line)
    {
        using var bench = new Workbench();
        var run = bench.Bash($"{line.Replace("MODEL", model.Base, StringComparison.Ordinal)} <&-", seconds: 60);
        run.Code.ShouldBe(2, run.ToString());
        run.Error.ShouldEndWith(": no input: standard input is closed; name a file or pipe a table in\n");
    }

    [Fact]
    public void A_closed_standard_output_is_an_error_that_says_so_and_a_closed_standard_error_changes_no_exit_code()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", "{\"id\":\"a\",\"instruction\":\"Name the places.\"}\n");
        foreach (var line in new[] { "anit-data stats rows.jsonl", "anit-data show rows.jsonl", "anit-data cat rows.jsonl --to jsonl",
            "anit-noise rows.jsonl --quiet", "anit-eval --help", "anit-train --version" })
        {
            var run = bench.Bash($"{line} >&-");
            (run.Code, run.Error).ShouldBe((1, $"{line.Split(' ')[0]}: standard output is closed; redirect it to a file or a pipe\n"), line);
        }
        foreach (var (line, code) in new[] { ("anit-data show missing", 3), ("anit-noise --omega", 2), ("anit-noise rows.jsonl -o noisy.arrow", 0) })
            foreach (var error in new[] { "2>&-", "2> /dev/full" }) bench.Bash($"{line} {error}").Code.ShouldBe(code, line + error);
    }

    [Fact]
    public void A_place_where_no_file_can_be_made_is_named_with_the_reason()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", "{\"id\":\"a\"}\n");
        bench.Bash("anit-data convert rows.jsonl -o /proc/rows.arrow").Error.ShouldBe("anit-data: /proc/rows.arrow: no file can be written in /proc: "
            + "its file system makes no new files there\n");
        bench.Bash("anit-data convert rows.jsonl -o none/rows.arrow").Error.ShouldStartWith("anit-data: none/rows.arrow: there is no directory ");
        var run = bench.Bash("anit-data convert rows.jsonl -o rows.parquet && cat rows.parquet | TMPDIR=/nowhere anit-data stats -");
        (run.Code, run.Error).ShouldBe((1, "anit-data: what comes from a pipe is kept in a temporary file, and /nowhere/ takes none: there is no "
            + "such directory; set TMPDIR to a folder with room\n"));
    }

    [Fact]
    public void A_FIFO_named_as_output_is_written_and_stays_one()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", "{\"id\":\"a\"}\n");
        var run = bench.Bash("mkfifo out.jsonl; anit-data convert rows.jsonl -o out.jsonl & cat out.jsonl; wait $! && test -p out.jsonl");
        (run.Code, run.Output).ShouldBe((0, "{\"id\":\"a\"}\n"), run.ToString());
    }
}

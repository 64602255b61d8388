using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>What users meet when something is wrong: one line, the right exit code, nothing half-written.</summary>
public sealed class BadInputTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData("anit-data show junk.parquet")]
    [InlineData("anit-noise junk.parquet")]
    [InlineData("anit-score junk.parquet")]
    [InlineData("anit-train junk.parquet --model {base} --out never")]
    [InlineData("anit-eval junk.parquet --model {base}")]
    public void A_file_that_is_no_table_is_named(string line)
    {
        using var bench = new Workbench();
        File.WriteAllBytes(bench["junk.parquet"], [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 37 ^ i >> 3))]);
        Fails(bench, line, code: 3, "junk.parquet");
    }

    [Theory]
    [InlineData("anit-noise rows.jsonl", "instruction")]
    [InlineData("anit-score rows.jsonl", "instruction")]
    [InlineData("anit-train rows.jsonl --model {base} --out never", "instruction")]
    [InlineData("anit-eval rows.jsonl --model {base}", "instruction")]
    public void A_missing_column_is_named_with_those_that_are_there(string line, string column)
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", """{"id": "a", "task": "ner", "target": "None"}""" + "\n");
        var run = Fails(bench, line, code: 3, column);
        run.Error.ShouldContain("target");
    }

    [Theory]
    [InlineData("anit-noise {rows} --omega 1.5", "--omega")]
    [InlineData("anit-noise {rows} --omega -0.1", "--omega")]
    [InlineData("anit-noise {rows} --phi 2", "--phi")]
    [InlineData("anit-noise {rows} --omga 0.2", "--omga")]
    [InlineData("anit-noise {rows} --noise scramble", "scramble")]
    [InlineData("anit-train {rows} --model {base} --out never --beta 2", "--beta")]
    [InlineData("anit-train {rows} --out never", "--model")]
    [InlineData("anit-train {rows} --model {base} --out never --init random", "--tune full")]
    public void A_wrong_command_line_ends_with_code_2(string line, string named)
    {
        using var bench = new Workbench();
        var run = bench.Bash(Filled(line));
        run.Code.ShouldBe(2, run.ToString());
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain(named);
    }

    [Theory]
    [InlineData("anit-train {rows} --model broken --out never")]
    [InlineData("anit-eval {rows} --model broken")]
    public void A_model_folder_without_weights_says_which_file_is_missing(string line)
    {
        using var bench = new Workbench();
        bench.Bash($"mkdir broken && cp {model.Base}/*.json broken").Code.ShouldBe(0);
        Fails(bench, line, code: 3, "model.safetensors");
    }

    [Theory]
    [InlineData("anit-train {rows} --model broken --out never")]
    [InlineData("anit-eval {rows} --model broken")]
    public void Weights_of_another_shape_are_named_with_the_shape_expected(string line)
    {
        using var bench = new Workbench();
        bench.Bash($"cp -r {model.Base} broken && sed -i 's/\"intermediate_size\": [0-9]*/\"intermediate_size\": 80/' "
            + "broken/config.json").Code.ShouldBe(0);
        var run = Fails(bench, line, code: 3, "_proj.weight");
        run.Error.ShouldContain("80");
    }

    [Fact]
    public void A_row_with_no_trainable_token_is_refused_before_the_model_is_loaded()
    {
        using var bench = new Workbench();
        bench.Bash($"sed '5s/\"target\":\"[^\"]*\"/\"target\":\"\"/' {model.Rows} > rows.jsonl").Code.ShouldBe(0);
        Fails(bench, "anit-train rows.jsonl --model {base} --out never", code: 3, "tiny/train/000004");
    }

    [Fact]
    public void Noisy_rows_without_beta_are_sent_to_anit_score()
    {
        using var bench = new Workbench();
        Fails(bench, "anit-noise {rows} | anit-train - --model {base} --out never", code: 3, "anit-score");
    }

    [Theory]
    [InlineData("anit-noise {rows}")]
    [InlineData("anit-data cat {rows} --to jsonl")]
    public void A_full_disk_is_said(string line)
    {
        using var bench = new Workbench();
        var run = bench.Bash(Filled(line) + " > /dev/full");
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldContain("no space left");
    }

    [Theory]
    [InlineData("anit-data cat many.jsonl --to jsonl")]
    [InlineData("anit-noise many.jsonl")]
    [InlineData("anit-noise many.jsonl | anit-score")]
    [InlineData("anit-data show many.jsonl -n 10000")]
    public void A_reader_that_has_enough_ends_the_pipe_quietly(string line)
    {
        using var bench = new Workbench();
        bench.Write("many.jsonl", Samples.Rows(20_000));
        var run = bench.Bash($"set -o pipefail; {line} | head -c 1 > /dev/null");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldNotContain("bug");
    }

    [Theory]
    [InlineData("anit-score > out.arrows")]
    [InlineData("anit-score -o out.arrow")]
    [InlineData("anit-train - --model {base} --out never")]
    public void A_pipe_that_breaks_off_is_an_error_and_leaves_no_output(string reader)
    {
        using var bench = new Workbench();
        var run = bench.Bash(Filled($"anit-noise {{rows}} | anit-score | head -c 9000 | {reader}"));
        run.Code.ShouldBe(3, run.ToString());
        run.Error.ShouldContain("ended early");
        File.Exists(bench["out.arrow"]).ShouldBeFalse();
        Directory.Exists(bench["never"]).ShouldBeFalse();
    }

    [Fact]
    public void A_failed_run_keeps_the_output_of_the_one_before()
    {
        using var bench = new Workbench();
        bench.Bash(Filled("anit-noise {rows} -o out.arrow && cp out.arrow kept.arrow")).Code.ShouldBe(0);
        bench.Bash(Filled("head -c 3000 {rows} > cut.jsonl; anit-noise cut.jsonl --seed 9 -o out.arrow")).Code.ShouldBe(3);
        bench.Bash("cmp out.arrow kept.arrow && ls | grep -v -E '^(out.arrow|kept.arrow|cut.jsonl)$'").Output.ShouldBeEmpty();
    }

    Run Fails(Workbench bench, string line, int code, string named)
    {
        var run = bench.Bash("set -o pipefail; " + Filled(line));
        run.Code.ShouldBe(code, run.ToString());
        run.Error.ShouldContain(named);
        run.Error.Trim().Split('\n').Length.ShouldBe(1, run.ToString());
        run.Error.ShouldNotContain("   at "); // a stack trace
        Directory.Exists(bench["never"]).ShouldBeFalse();
        return run;
    }

    string Filled(string line) =>
        line.Replace("{rows}", model.Rows, StringComparison.Ordinal).Replace("{base}", model.Base, StringComparison.Ordinal);
}

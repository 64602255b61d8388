using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>"Up to date" is said of a file that is the one written, and of no other.</summary>
public sealed class UpToDateTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData("arrow")]
    [InlineData("arrows")]
    public void Rows_changed_behind_a_receipt_are_noticed_in_outputs_and_in_inputs(string extension)
    {
        using var bench = new Workbench();
        var noise = $"anit-noise {model.Rows} -q -o noisy.{extension} --explain";
        var score = $"anit-score noisy.{extension} -q -o scored.{extension} --explain";
        bench.Bash($"{noise}; {score}").Code.ShouldBe(0);
        bench.Bash($"{noise}; {score}").Error.ShouldBe($"anit-noise: noisy.{extension} is up to date (64 rows)\nanit-score: scored.{extension} is up "
            + "to date (64 rows)\n");

        // In place, so that length and receipts stay.
        var bytes = File.ReadAllBytes(bench[$"noisy.{extension}"]);
        bytes[bytes.AsSpan().IndexOf("The band visited"u8)] = (byte)'X';
        File.WriteAllBytes(bench[$"noisy.{extension}"], bytes);
        bench.Bash(score).Error.ShouldContain($"scored.{extension} is made anew: another input");
        bench.Bash(noise).Error.ShouldContain($"noisy.{extension} is made anew: its rows are not those that were written");
        bench.Bash($"anit-data verify noisy.{extension}").Code.ShouldBe(0);
        bench.Bash(score).Code.ShouldBe(0);
        bench.Bash($"anit-data verify scored.{extension}").Code.ShouldBe(0);
    }

    [Fact]
    public void Another_encoding_of_the_same_rows_is_up_to_date_and_a_current_file_is_touched()
    {
        using var bench = new Workbench();
        var line = $"anit-noise {model.Rows} -q -o noisy.parquet";
        bench.Bash($"{line} && anit-data convert noisy.parquet --compression snappy -q -o snappy.parquet && mv snappy.parquet noisy.parquet && touch "
            + "-d 2001-01-01 noisy.parquet && touch mark").Code.ShouldBe(0);
        bench.Bash($"sleep 0.02; {line} --explain; [ noisy.parquet -nt mark ]").ShouldSatisfyAllConditions(
            run => run.Error.ShouldBe("anit-noise: noisy.parquet is up to date (64 rows)\n"), run => run.Code.ShouldBe(0));
    }

    [Fact]
    public void Predictions_have_a_receipt_and_when_up_to_date_give_the_same_scores_without_the_model()
    {
        using var bench = new Workbench();
        var line = $"anit-eval {model.Rows} --model {model.Base} --max-new-tokens 8 --limit 10 --predictions answers.parquet";
        var first = bench.Bash($"{line} -q");
        first.Code.ShouldBe(0, first.ToString());
        var second = bench.Bash(line);
        (second.Code, second.Output, second.Error).ShouldBe((0, first.Output, "anit-eval: answers.parquet is up to date (10 rows)\n"));
        bench.Bash($"{line} --max-new-tokens 9 --explain".Replace("--max-new-tokens 8 ", "", StringComparison.Ordinal)).Error
            .ShouldContain("answers.parquet is made anew: max_new_tokens was 8, now 9");
        bench.Bash("anit-data verify answers.parquet").Output.ShouldContain("verified  anit-eval 1  10 rows");
    }

    [Fact]
    public void An_evaluation_that_was_killed_goes_on_where_it_was_and_ends_as_one_that_never_was()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(600));
        var line = $"anit-eval rows.jsonl --model {model.Base} --max-new-tokens 4 --threads 1 --instruction raw,empty";
        var run = bench.Bash($"{Workbench.Faults()} && {line} -q --predictions whole.parquet; FAULT=KILL FAULT_AT=4 "
            + $"FAULT_UNDER=$PWD/cut.parquet.journal LD_PRELOAD=$PWD/fault.so {line} -q --predictions cut.parquet; echo $? > code; "
            + $"printf '{{\"Key\":\"00' >> cut.parquet.journal; {line} --predictions cut.parquet && cmp whole.parquet cut.parquet && ls");
        File.ReadAllText(bench["code"]).ShouldBe("137\n", run.ToString());
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain("anit-eval: going on with 256 answers that a run which was cut off left\n");
        run.Output.ShouldEndWith("code\ncut.parquet\nfault.so\nrows.jsonl\nwhole.parquet\n"); // no journal is left

        bench.Write("other.parquet.journal", "Dear diary,\n");
        run = bench.Bash($"{line} -q --predictions other.parquet");
        (run.Code, run.Error).ShouldBe((1, "anit-eval: other.parquet.journal is there already and is no journal of anit-eval; move it away, or name "
            + "another file for --predictions\n"));
        File.ReadAllText(bench["other.parquet.journal"]).ShouldBe("Dear diary,\n");
    }
}

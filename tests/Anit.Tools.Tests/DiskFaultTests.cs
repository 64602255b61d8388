using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Disks that are full, fail, or let nobody write: one line, exit code 1, and what was there before still is.</summary>
public sealed class DiskFaultTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    const string Preload = "FAULT_UNDER=out LD_PRELOAD=$PWD/fault.so";

    // Each change by turns on a full disk, with an error of the disk, on a file system that turned read-only, and without permission.
    static string Loop(string changes, string line, string after) =>
        $"{Workbench.Faults()}; modes=(ENOSPC EIO EROFS EACCES); for at in {changes}; do "
        + $"FAULT=${{modes[n++ % 4]}} FAULT_AT=$at {Preload} {line} 2> error; "
        + "code=$?; sed -i '/: goes on after step/d' error; lines=$(wc -l < error); "
        + "[ $code$lines = 11 ] || [ $code$lines = 00 ] || { echo \"change $at: code $code\"; cat error; }; [ $code = 1 ] && failed=$((failed + 1)); "
        + $"{after}; done; echo failed $failed";

    [Fact]
    public void A_table_is_replaced_whole_or_not_at_all()
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(5));
        var run = bench.Bash("anit-data convert rows.jsonl -o out.parquet; cp out.parquet before; "
            + Loop("{1..9}", "anit-data sample rows.jsonl --rows 3 --force -o out.parquet",
                "[ $code = 0 ] || cmp out.parquet before; cp before out.parquet") + "; ls -A | grep tmp | wc -l");
        run.Code.ShouldBe(0, run.ToString());
        // Where the file system lets nothing be changed, what was begun cannot be removed either.
        run.Output.ShouldMatch("^failed [7-9]\n[0-4]\n$", run.ToString());
    }

    [Fact]
    public void A_result_folder_is_replaced_whole_or_not_at_all()
    {
        using var bench = new Workbench();
        string Line(int size, string place) => $"anit-train tokenizer {model.Rows} --vocab-size {size} --out {place} --force";
        var run = bench.Bash($"{Line(300, "a")} && {Line(310, "b")} && cp -r a out; "
            + Loop("{2..19..2}", Line(310, "out"), "diff -r a out > /dev/null || diff -r b out; rm -rf out*; cp -r a out"));
        run.Output.ShouldMatch("^failed [7-9]\n$", run.ToString());
    }

    [Fact]
    public void A_training_goes_on_from_its_last_checkpoint_when_the_disk_is_well_again()
    {
        using var bench = new Workbench();
        string Line(string place) => $"anit-train {model.Rows} --model {model.Base} --method plain --max-steps 4 --batch 4 --accumulate 1 "
            + $"--threads 1 --save-every 2 --log-every 1 --quiet --out {place}";
        var run = bench.Bash($"{Line("whole")}; {Loop("5 9 12 17 21", Line("out"), "true")}; {Line("out")}; echo $?; diff -r whole out; "
            + "ls -d out*");
        run.Output.ShouldBe("failed 5\n0\nout\n", run.ToString());
        run.Error.ShouldContain("goes on after step 2 of 4, from out.checkpoint");
    }

    [Theory]
    [InlineData("anit-data convert rows.jsonl -o out.arrow")]
    [InlineData("anit-data convert rows.jsonl -o out.parquet")]
    [InlineData("anit-train ROWS --model MODEL --method plain --max-steps 2 --save-every 1 --quiet --out out")]
    public void What_the_disk_does_not_take_at_the_last_moment_is_no_result(string line)
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(5));
        var run = bench.Bash($"{Workbench.Faults()}; NO_SYNC=1 {Preload} "
            + line.Replace("ROWS", model.Rows, StringComparison.Ordinal).Replace("MODEL", model.Base, StringComparison.Ordinal));
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldMatch("^anit-[a-z]+: .*: the disk failed \\(input/output error\\); see the system's log, choose another disk\n$");
        bench.Bash("ls -A").Output.ShouldBe(".bin\nfault.so\nrows.jsonl\n");
    }

    [Theory]
    [InlineData("ulimit -n 30", "only 30 files may be open; raise the limit to 128 or more (ulimit -n)")]
    [InlineData("ulimit -f 4",
        "the output: the file would be larger than its file system or the limit of this process allows; see ulimit -f")]
    public void Limits_of_the_shell_are_named(string limit, string message)
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(64));
        // As make leaves it: a script beside the build.
        bench.Bash($"mkdir clone clone/bin && ln -s {SharedData.Repository}/artifacts clone && sed s/@TOOL@/anit-data/g "
            + $"{SharedData.Repository}/build/launcher > clone/bin/anit-data && chmod +x clone/bin/anit-data").Code.ShouldBe(0);
        bench.Bash($"{limit}; clone/bin/anit-data convert rows.jsonl -o out.jsonl").ShouldBe(new Run(1, "", $"anit-data: {message}\n"));
        bench.Bash("ulimit -n 128; clone/bin/anit-data convert rows.jsonl -o out.jsonl && cmp rows.jsonl out.jsonl").Code.ShouldBe(0);
        bench.Bash("ls -A").Output.ShouldBe(".bin\nclone\nout.jsonl\nrows.jsonl\n");
    }
}

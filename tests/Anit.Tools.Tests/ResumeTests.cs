using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Runs that were killed, and what the same command does afterwards.</summary>
public sealed class ResumeTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    string Line(string place, string more = "", int epochs = 3) =>
        $"anit-train noisy.arrow --model {model.Base} --method nrm --epochs {epochs} --batch 16 --accumulate 1 --lr 1e-3 "
            + $"{(more.Contains("--log-every", StringComparison.Ordinal) ? "" : "--threads 1 --log-every 5 --save-every 2")} --out {place} {more}";

    [Fact]
    public void A_run_that_is_killed_again_and_again_ends_as_one_that_never_was_bit_for_bit()
    {
        using var bench = new Workbench();
        bench.Bash($"anit-noise {model.Rows} --phi 0.5 | anit-score -o noisy.arrow && {Line("whole")}").Code.ShouldBe(0);
        // Each life ends before some change on the disk: in checkpoints, between their renames, in the log, while the adapter is written.
        var run = bench.Bash($"{Workbench.Faults()}; for at in 30 35 40 46 58 48; do "
            + "FAULT=KILL FAULT_UNDER=$PWD/cut FAULT_AT=$at LD_PRELOAD=$PWD/fault.so "
            + $"{Line("cut")} 2> /dev/null; echo $?; done; " +
            $"{Line("cut")} && diff -r whole cut && ls -d cut*", seconds: 240);
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldStartWith("137\n137\n137\n");
        run.Output.ShouldEndWith("\ncut\n");
    }

    [Fact]
    public void A_checkpoint_of_the_same_run_goes_on_by_itself_and_another_run_s_needs_fresh()
    {
        using var bench = new Workbench();
        bench.Bash($"anit-noise {model.Rows} --phi 0.5 | anit-score -o noisy.arrow && {Line("whole")}").Code.ShouldBe(0);
        // Stopped when two checkpoints are there.
        var stopped = bench.Bash($"{Line("cut", epochs: 400)} & pid=$!; until [ -e cut.checkpoint.old ] || ! kill -0 $pid; do sleep 0.05; done; kill "
            + "-TERM $pid; wait $pid");
        stopped.Code.ShouldBe(75, stopped.ToString());
        stopped.Error.ShouldContain("run the same command again to go on from cut.checkpoint");
        bench.Bash("ls -d cut*").Output.ShouldBe("cut.checkpoint\ncut.checkpoint.old\n");

        var other = bench.Bash($"{Line("cut", "--seed 7")}; ls -d cut*");
        other.Error.ShouldEndWith("cut.checkpoint: the checkpoint was made with other options or data (Epochs, Seed); --fresh discards it, or choose "
            + "another --out\n");
        other.Output.ShouldBe("cut.checkpoint\ncut.checkpoint.old\n");

        // What cannot change the result makes no other run: threads, how often is logged and saved.
        var same = bench.Bash($"{Line("cut", "--threads 2 --log-every 7 --save-every 0", epochs: 400)} & pid=$!; until [ -e cut.part/train.jsonl ] "
            + "|| ! kill -0 $pid; do sleep 0.05; done; kill -TERM $pid; wait $pid");
        same.Code.ShouldBe(75, same.ToString());
        same.Error.ShouldContain("goes on after step");

        bench.Bash($"{Line("cut", "--fresh")} && diff -r whole cut && ls -d cut*")
            .ShouldSatisfyAllConditions(r => r.Code.ShouldBe(0, r.ToString()), r => r.Output.ShouldBe("cut\n"));
    }
}

using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Trainings by several processes of one machine.</summary>
public sealed class RankTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    string Line(string place, string more = "", int epochs = 3) => $"anit-train noisy.arrow --model {model.Base} --method nrm --epochs {epochs} "
        + $"--batch 8 --accumulate 2 --lr 1e-3 --log-every 1 --threads 1 --out {place} {more}";

    [Fact]
    public void Two_ranks_train_what_one_process_does_also_from_a_pipe()
    {
        using var bench = new Workbench();
        bench.Bash($"anit-noise {model.Rows} --phi 0.5 | anit-score -o noisy.arrow && {Line("one", "--quiet")}").Code.ShouldBe(0);
        var run = bench.Bash($"anit-data cat noisy.arrow | {Line("two", "--nproc 2").Replace("noisy.arrow", "", StringComparison.Ordinal)}");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain(", 2 ranks\n");
        // Rank 0 alone speaks.
        run.Error.Split('\n').Count(line => line.Contains("holds the result", StringComparison.Ordinal)).ShouldBe(1, run.Error);
        var (one, two) = (Weights(bench["one"]), Weights(bench["two"]));
        Math.Sqrt(one.Zip(two, (x, y) => Math.Pow(x - y, 2)).Sum() / one.Sum(x => Math.Pow(x, 2))).ShouldBeLessThan(1e-4);
        Losses(bench["two"]).Zip(Losses(bench["one"])).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-4);
        bench.Bash("diff one/config.yaml two/config.yaml && ls").ShouldBe(new Run(0, "noisy.arrow\none\ntwo\n", ""));
        // How many there were is no part of the result.
        bench.Bash($"{Line("one", "--nproc 2")}").Error.ShouldBe("anit-train: one is up to date\n");
    }

    [Fact]
    public void A_rank_that_is_killed_ends_all_with_one_line_and_the_rest_goes_on_with_another_number()
    {
        using var bench = new Workbench();
        bench.Bash($"anit-noise {model.Rows} --phi 0.5 | anit-score -o noisy.arrow && {Line("whole", "--quiet")}").Code.ShouldBe(0);
        const string UnderWay = "until [ -s cut.part/train.jsonl ] || ! kill -0 $all; do sleep 0.05; done; ";
        var killed = bench.Bash($"{Line("cut", "--quiet --nproc 2")} & all=$!; {UnderWay}for one in $(pgrep -P $all); do "
            + "tr '\\0' '\\n' < /proc/$one/environ | grep -qx RANK=1 && kill -9 $one; done; wait $all");
        killed.Code.ShouldBe(137, killed.ToString());
        killed.Error.ShouldMatch("^anit-train: rank 1 of 2 is gone; the state after step [0-9]+ of [0-9]+ is in cut.checkpoint: run the same command "
            + "again, with as many ranks as there are, to go on\n$");
        bench.Bash("ls -d cut*").Output.ShouldBe("cut.checkpoint\n");

        const string GoesOn = "until [ $(cat cut.part/train.jsonl 2> /dev/null | wc -l) -gt $(wc -l < cut.checkpoint/train.jsonl) ] || "
            + "! kill -0 $all; do sleep 0.05; done; ";
        var stopped = bench.Bash($"{Line("cut", "--nproc 3")} & all=$!; {GoesOn}kill -TERM $all; wait $all");
        if (stopped.Code != 0) stopped.Code.ShouldBe(75, stopped.ToString()); // 0: done before the signal came
        stopped.Error.ShouldContain("goes on after step");
        bench.Bash($"{Line("cut", "--quiet")}").Code.ShouldBe(0);
        Losses(bench["cut"]).Zip(Losses(bench["whole"])).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-4);
        Losses(bench["cut"]).Count.ShouldBe(Losses(bench["whole"]).Count);
    }

    [Fact]
    public void Ranks_that_would_do_different_work_or_fail_say_one_line()
    {
        using var bench = new Workbench();
        var line = $"{model.Rows} --model {model.Base} --method plain --max-steps 1 --quiet";
        var other = bench.Bash("export WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=$((20000 + $$ % 10000)); "
            + $"RANK=0 anit-train {line} --out never & RANK=1 anit-train {line} --out never --seed 3; echo $?; wait $!; echo $?; ls");
        other.Error.ShouldBe("anit-train: rank 1 has other options or data than rank 0 (seed); give all ranks the same command, model and rows\n");
        other.Output.ShouldBe("3\n1\n");
        bench.Bash($"echo '{{\"id\":\"x\"}}' > bad.jsonl; anit-train {model.Rows} bad.jsonl --model {model.Base} --quiet --out never --nproc 2")
            .ShouldSatisfyAllConditions(r => r.Code.ShouldBe(3), r => r.Error.Split('\n').Length.ShouldBe(2, r.Error));
        bench.Bash($"RANK=1 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1 anit-train {line} --out never --nproc 2").ShouldBe(new Run(2, "",
            "anit-train: --nproc 2 starts ranks itself, but this is already rank 1 of 2 by its environment; leave --nproc out, or start anit-train "
            + "without torchrun or srun\n"));
    }

    [Fact]
    public void Without_Gloo_the_line_says_what_to_install()
    {
        using var bench = new Workbench();
        var run = bench.Bash("echo 'int anit_group_backends(void) { return 0; }' | cc -shared -fPIC -x c - -o libanit_torch.so && ANIT_NATIVE=$PWD "
            + $"anit-train {model.Rows} --model {model.Base} --out never --nproc 2");
        run.ShouldBe(new Run(1, "", "anit-train: several processes on the CPU need Gloo, without which this libtorch's shim was built: install its "
            + "headers (Debian: apt-get install libgloo-dev) and build the shim anew (make native), or train in one process\n"));
    }

    static List<double> Losses(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "train.jsonl")).Select(line => (double)JsonNode.Parse(line)!["loss"]!)];

    // All numbers behind the header of the safetensors file.
    static float[] Weights(string folder)
    {
        var bytes = File.ReadAllBytes(Path.Combine(folder, "adapter_model.safetensors"));
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes))).ToArray();
    }
}

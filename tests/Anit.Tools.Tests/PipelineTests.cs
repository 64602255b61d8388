using System.Text.Json;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>The pipe as a user types it, from rows to scores.</summary>
public sealed class PipelineTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Fact]
    public void Noise_score_and_train_work_as_one_pipe_and_the_adapter_is_evaluated()
    {
        using var bench = new Workbench();
        bench.Bash($"set -o pipefail; anit-noise {model.Rows} --noise replace --omega 0.2 --phi 0.5 --seed 42 | anit-score | " +
            $"anit-train - --model {model.Base} --method nrm --epochs 2 --batch 8 --accumulate 2 --lr 1e-3 --threads 1 --log-every 1 "
                + "--out adapter").Code.ShouldBe(0);

        Directory.GetFiles(bench["adapter"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["README.md", "adapter_config.json", "adapter_model.safetensors", "anit-train.json", "config.yaml",
                "events.out.tfevents.0.anit", "report.html", "train.jsonl"]);
        var log = File.ReadAllLines(bench["adapter/train.jsonl"]).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        log.Length.ShouldBe(8); // 64 rows / (8 · 2) = 4 steps an epoch
        log.ShouldAllBe(l => l.GetProperty("cosine").GetDouble() > 0.5 && l.GetProperty("degenerate").GetInt32() == 0);
        Directory.Exists(bench["adapter.part"]).ShouldBeFalse();

        var eval = bench.Bash($"anit-noise {model.Rows} --phi 1 --seed 7 -o test.arrow && anit-eval test.arrow --model {model.Base} --adapter "
            + "adapter --instruction raw,noisy --predictions predictions.jsonl");
        eval.Code.ShouldBe(0, eval.ToString());
        eval.Output.ShouldContain("ner");
        File.ReadLines(bench["predictions.jsonl"]).Count().ShouldBe(128);
    }

    [Fact]
    public void The_same_run_twice_writes_the_same_bytes_and_the_second_says_it_is_up_to_date()
    {
        using var bench = new Workbench();
        var line = $"anit-train {model.Rows} --model {model.Base} --method plain --epochs 1 --threads 1 --seed 5";
        bench.Bash($"{line} --out a && {line} --out b && diff -r a b").Code.ShouldBe(0);
        var again = bench.Bash($"{line} --out a");
        again.Code.ShouldBe(0);
        again.Error.ShouldContain("up to date");
    }

    [Fact]
    public void A_dry_run_shows_the_first_batch_and_what_the_loss_covers_and_writes_nothing()
    {
        using var bench = new Workbench();
        var run = bench.Bash($"anit-train {model.Rows} --model {model.Base} --out never --dry-run");
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("Answer:");
        run.Output.ShouldContain("loss on       \" place:");
        Directory.GetFileSystemEntries(bench.Folder).Select(Path.GetFileName).ShouldBe([".bin"]);
    }

    [Fact]
    public void A_run_signalled_300_times_and_terminated_leaves_a_checkpoint_and_the_resumed_one_ends_as_if_nothing_had_happened()
    {
        using var bench = new Workbench();
        var line = $"anit-train {model.Rows} --model {model.Base} --method plain --epochs 40 --batch 8 --accumulate 1 --threads 1 --log-every 1";
        var stopped = bench.Bash($"{line} --out cut & pid=$!; until [ -s cut.part/train.jsonl ]; do sleep 0.05; done; {Signals} kill -TERM "
            + "$pid; wait $pid");
        stopped.Code.ShouldBe(75, stopped.ToString());
        Directory.Exists(bench["cut"]).ShouldBeFalse();
        bench.Bash($"{line} --out cut --resume && {line} --out whole").Code.ShouldBe(0);
        bench.Bash("cmp cut/adapter_model.safetensors whole/adapter_model.safetensors && cmp cut/train.jsonl whole/train.jsonl").Code.ShouldBe(0);
    }

    [Fact]
    public void Three_hundred_signals_change_no_generated_answer()
    {
        using var bench = new Workbench();
        var line = $"anit-eval {model.Rows} --model {model.Base} --threads 1 --batch 8 --quiet --predictions";
        var signalled = bench.Bash($"{line} signalled.jsonl & pid=$!; until grep -qs anit-signals /proc/$pid/task/*/comm; do sleep 0.05; done; "
            + $"{Signals} wait $pid && {line} quiet.jsonl");
        signalled.Code.ShouldBe(0, signalled.ToString());
        File.ReadAllText(bench["signalled.jsonl"]).ShouldBe(File.ReadAllText(bench["quiet.jsonl"]));
    }

    // What fg and bg send, to the process $pid, a millisecond apart.
    const string Signals = "exec 3<> <(:); for i in {1..300}; do kill -CONT $pid; read -t 0.001 -u 3; done;";

    [Fact]
    public void A_merged_folder_answers_as_base_and_adapter_do_and_keeps_the_base_s_config()
    {
        using var bench = new Workbench();
        bench.Bash($"anit-train {model.Rows} --model {model.Base} --method plain --epochs 3 --lr 1e-2 --threads 1 --out "
            + "adapter --quiet").Code.ShouldBe(0);
        var merged = bench.Bash($"anit-train merge --model {model.Base} --adapter adapter --out merged && " +
            $"anit-eval {model.Rows} --model {model.Base} --adapter adapter --predictions apart.jsonl --max-new-tokens 12 --quiet && " +
            "anit-eval " + model.Rows + " --model merged --predictions whole.jsonl --max-new-tokens 12 --quiet");
        merged.Code.ShouldBe(0, merged.ToString());

        Directory.GetFiles(bench["merged"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["anit-train.json", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]);
        JsonDocument.Parse(File.ReadAllText(bench["merged/config.json"])).RootElement.GetProperty("torch_dtype").GetString().ShouldBe("float32");
        File.ReadAllText(bench["whole.jsonl"]).Replace("\"whole\"", "\"apart\"", StringComparison.Ordinal)
            .Replace("\"merged\"", "\"adapter\"", StringComparison.Ordinal)
            .ShouldBe(File.ReadAllText(bench["apart.jsonl"]));

        var again = bench.Bash($"anit-train merge --model {model.Base} --adapter adapter --out merged");
        again.Code.ShouldBe(1);
        again.Error.ShouldBe("anit-train: merged is already there; choose another --out, or replace it with --force\n");
        bench.Bash($"anit-train merge --model {model.Base} --adapter {model.Base} --out other").Error.ShouldEndWith("no adapter_config.json; is this "
            + "a PEFT adapter folder?\n");
        Directory.Exists(bench["other.part"]).ShouldBeFalse();
    }

    [Fact]
    public void Options_can_come_from_a_file_and_flags_win()
    {
        using var bench = new Workbench();
        bench.Write("run.yaml", "method: plain\nepochs: 3\nbatch: 64\nlr: 0.001\n");
        var run = bench.Bash($"anit-train {model.Rows} --model {model.Base} --out adapter --config run.yaml --epochs 1 --accumulate 1 --threads 1");
        run.Code.ShouldBe(0, run.ToString());
        File.ReadAllText(bench["adapter/anit-train.json"]).ShouldContain("\"epochs\": 1");
        bench.Write("bad.yaml", "epoch: 3\n");
        var bad = bench.Bash($"anit-train {model.Rows} --model {model.Base} --out adapter --config bad.yaml");
        bad.Code.ShouldBe(2);
        bad.Error.ShouldContain("bad.yaml: unknown option 'epoch'; did you mean epochs?");
    }
}

using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Stages as pattern rules, by Makefile.anit.</summary>
public sealed class MakefileTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    Run Make(string goals = "") => model.Bench.Bash($"env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory {goals}");

    void Write(string name, string options, string score = "") => model.Bench.Write("Makefile", $"""
        anit.noise := {options}
        anit.score := {score}
        anit.all :=
        include {SharedData.Repository}/Makefile.anit
        all: {name}/rows.scored.parquet
        {name}/rows.parquet: rows.jsonl ; anit-data head $< -n 20 -o $@
        """);

    [Fact]
    public void What_is_current_is_left_alone_and_what_options_or_inputs_changed_is_made()
    {
        Directory.CreateDirectory(model.Bench["a"]);
        Write("a", "--noise swap --omega 0.3");
        var first = Make();
        first.Code.ShouldBe(0, first.ToString());
        model.Bench.Bash("anit-data verify a/rows.scored.parquet").Code.ShouldBe(0);
        Make().Output.ShouldBe("make: Nothing to be done for 'all'.\n");

        Write("a", "--noise swap --omega 0.3", "--normalize length");
        Make().Output.ShouldBe("anit-score a/rows.noisy.parquet --normalize length -o a/rows.scored.parquet \n");
        Write("a", "--noise 'swap' --omega 0.5", "--normalize length");
        Make().Output.Split('\n')[0].ShouldBe("anit-noise a/rows.parquet --noise 'swap' --omega 0.5 -o a/rows.noisy.parquet ");
        Make().Output.ShouldBe("make: Nothing to be done for 'all'.\n");

        // Newer, but the same: the tools see it, and make does not come again.
        var touched = model.Bench.Bash("touch a/rows.parquet; env -u MAKEFLAGS -u MAKELEVEL make");
        touched.Error.ShouldContain("rows.noisy.parquet is up to date (20 rows)");
        Make().Output.ShouldBe("make: Nothing to be done for 'all'.\n");
    }

    [Fact]
    public void A_chain_from_native_files_to_scores_runs_by_one_goal()
    {
        Directory.CreateDirectory(model.Bench["b"]);
        model.Bench.Write("b/train.json", """
            [{"instruction": "Say yes.", "input": "", "output": "yes"}, {"instruction": "Say no.", "input": "", "output": "no"}]
            """);
        model.Bench.Write("b/test.json", """[{"instruction": "Say maybe.", "input": "", "output": "maybe"}]""");
        model.Bench.Write("Makefile", $"""
            anit.import := alpaca --name mine
            anit.noise := --noise swap
            anit.train := --model base --method plain --epochs 1 --batch 2 --accumulate 1 --threads 1
            anit.eval := --model base --adapter a=b/train.adapter --max-new-tokens 4
            include {SharedData.Repository}/Makefile.anit
            b/test.answers.parquet: b/train.adapter/anit-train.json
            """);
        var run = Make("b/test.answers.parquet");
        run.Code.ShouldBe(0, run.ToString());
        model.Bench.Bash("anit-data cat b/test.answers.parquet | wc -l; test -s b/test.scores.txt").ShouldBe(new Run(0, "1\n", ""));
        Make("b/test.answers.parquet").Output.ShouldBe("make: 'b/test.answers.parquet' is up to date.\n");
        model.Bench.Bash("echo '[' > b/train.json");
        run = Make("b/test.answers.parquet");
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("b/train.json");
    }

    [Fact]
    public void Our_own_reproduction_trains_by_its_recipes()
    {
        var run = model.Bench.Bash("mkdir -p d/{conll2003,agnews,14res}; touch d/conll2003/eng.{train,testa} d/agnews/{train,valid}.csv "
            + $"d/14res/{{train,dev}}_triplets.txt; env -u MAKEFLAGS -u MAKELEVEL make -n -f {SharedData.Repository}/reproduce/carried.mk MODEL=m "
            + "DATA=d OUT=o SEEDS=1");
        run.Code.ShouldBe(0, run.ToString());
        run.Output.Split('\n').Count(l => l.StartsWith("anit-train o/", StringComparison.Ordinal)).ShouldBeGreaterThan(6);
        run.Output.ShouldContain("--method plain --epochs 3 --seed 1 --out o/adapters/plain-noisy-3x-1 --quiet");
    }
}

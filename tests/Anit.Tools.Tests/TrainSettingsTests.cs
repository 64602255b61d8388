using System.Text.Json.Nodes;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>What a training was told: config.yaml that makes the same result again, and an adapter that a training goes on from.</summary>
public sealed class TrainSettingsTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Fact]
    public void The_config_of_a_result_is_accepted_as_it_is_and_makes_the_same_result_with_every_kind_of_method()
    {
        using var bench = new Workbench();
        foreach (var (name, options) in new[]
                 {
                     ("nrm", "--beta 0.2 --scope instruction --target-gain 0.1 --targets q_proj v_proj --rslora --prompt inline"),
                     ("freelb", "--norm linf --steps 2 --adv-warmup 1 --dora"), ("plain", "--tune full --save-dtype bfloat16"),
                 })
        {
            var run = bench.Bash($"anit-train {model.Rows} --model {model.Base} --method {name} {options} --max-steps 2 --threads 1 "
                + $"--quiet --out {name} && anit-train {model.Rows} --config {name}/config.yaml --threads 1 --out again-{name} --quiet "
                + $"&& diff -r {name} again-{name}");
            run.ShouldBe(new Run(0, "", ""), name);
        }
        var record = JsonNode.Parse(File.ReadAllText(bench["nrm/anit-train.json"]))!;
        record["radius"]!.ToString().ShouldBe("responsive");
        record["scope"]!.ToString().ShouldBe("instruction");
        record["epsilon-relative"]!.ToString().ShouldBe("0.003");
        record.AsObject().ShouldNotContain(pair => pair.Key.Any(char.IsUpper));
    }

    [Fact]
    public void Weighted_inputs_and_a_token_budget_train_the_same_again()
    {
        using var bench = new Workbench();
        var run = bench.Bash($"anit-data head {model.Rows} -n 12 -o a.parquet --quiet && sed 's/\"id\": *\"/&other-/' {model.Rows} > b.jsonl && "
            + $"anit-train a.parquet b.jsonl --weights 3,1 --model {model.Base} --method plain --tokens 900 --schedule linear --epochs 1 --threads 1 "
            + "--out x && anit-train a.parquet b.jsonl --config x/config.yaml --threads 1 --quiet --out y && diff -r x y && cat x/config.yaml");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain("76 rows, ");
        foreach (var line in new[] { "weights: \"3,1\"\n", "tokens: 900\n", "schedule: \"linear\"\n" }) run.Output.ShouldContain(line);
        run.Output.ShouldNotContain("batch: ");
    }

    [Fact]
    public void A_training_goes_on_from_an_adapter_with_its_rank_and_prompt_and_refuses_to_change_it_by_name()
    {
        using var bench = new Workbench();
        var train = $"anit-train {model.Rows} --model {model.Base} --method plain --max-steps 2 --threads 1 --quiet";
        bench.Bash($"{train} --rank 4 --lora-alpha 8 --targets v_proj --prompt inline --out a").Code.ShouldBe(0);
        bench.Bash($"{train} --init-adapter a --rank 4 --out b").Code.ShouldBe(0);
        var (first, second) = (JsonNode.Parse(File.ReadAllText(bench["a/adapter_config.json"]))!.ToJsonString(),
            JsonNode.Parse(File.ReadAllText(bench["b/adapter_config.json"]))!.ToJsonString());
        second.ShouldBe(first);
        var record = JsonNode.Parse(File.ReadAllText(bench["b/anit-train.json"]))!;
        record["prompt"]!.ToString().ShouldBe("inline");
        record["adapter-digest"]!.ToString().ShouldMatch("^[0-9a-f]{64}$");
        // It goes on from there: the loss begins where it ended, not where it began.
        Loss("b", 0).ShouldBeLessThan(Loss("a", 0));

        foreach (var (options, line) in new[]
                 {
                     ("--rank 8", "--rank is 8, but the adapter a has 4, which stays what it is; leave --rank out, or begin anew without "
                         + "--init-adapter"),
                     ("--targets q_proj", "--targets is q_proj, but the adapter a has v_proj, which stays what it is; leave --targets out, or begin "
                         + "anew without --init-adapter"),
                     ("--dora", "--dora is true, but the adapter a has false, which stays what it is; leave --dora out, or begin anew without "
                         + "--init-adapter"),
                     ("--tune full", "--init-adapter has no effect with --tune full; leave it out or change --tune"),
                 })
            bench.Bash($"{train} --init-adapter a {options} --out never").ShouldBe(new Run(2, "", $"anit-train: {line}\n"));
        bench.Bash($"{train} --init-adapter a --out a --force").Error.ShouldContain("--out a is the adapter (a); name a folder of its own");

        double Loss(string folder, int record) =>
            (double)JsonNode.Parse(File.ReadAllLines(bench[folder + "/train.jsonl"])[record])!["loss"]!;
    }
}

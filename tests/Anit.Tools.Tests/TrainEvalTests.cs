using System.Text.Json.Nodes;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>A training that is watched by development rows.</summary>
public sealed class TrainEvalTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Fact]
    public void The_best_weights_are_kept_and_their_scores_are_those_that_anit_eval_gives()
    {
        using var bench = new Workbench();
        var run = bench.Bash($"anit-noise {model.Rows} --phi 0.5 --quiet | anit-data head - -n 24 -o dev.parquet --quiet && anit-train {model.Rows} "
            + $"--model {model.Base} --method plain --lr 1e-2 --max-steps 4 --eval dev.parquet --eval-every 2 --max-new-tokens 24 --threads 1 "
            + $"--out a && anit-eval dev.parquet --model {model.Base} --adapter a --instruction raw,noisy --max-new-tokens 24 "
            + "--json --threads 1 --quiet");
        run.Code.ShouldBe(0, run.ToString());
        var looks = File.ReadLines(bench["a/train.jsonl"]).Select(line => JsonNode.Parse(line)!).Where(r => r["eval_f1"] is not null).ToList();
        looks.Select(l => (int)l["step"]!).ShouldBe([2, 4]);
        var best = looks.Last(l => (bool)l["best"]!);
        run.Error.ShouldContain($"anit-train: kept the weights after step {best["step"]}, the best on development rows: Micro-F1 ");
        run.Error.ShouldContain("24 of the rows of --eval are among those trained on");
        var scores = JsonNode.Parse(run.Output)!.ToJsonString();
        foreach (var f1 in new[] { (double)best["eval_f1"]!, (double)best["eval_f1_noisy"]! })
            Numbers(JsonNode.Parse(run.Output)!).ShouldContain(f1, scores);
        var page = File.ReadAllText(bench["a/report.html"]);
        page.ShouldContain("<strong>Development F1</strong>");
        page.ShouldContain("best development F1");
        page.ShouldContain("The first development rows, raw instructions");
        page.ShouldContain($">{JsonNode.Parse(File.ReadLines(model.Rows).First())!["id"]}</th>");

        // TensorBoard's file says the same as the log, by a reader of our tests' own.
        TensorBoardFile.Crc("123456789"u8).ShouldBe(0xE3069283); // RFC 3720's check value
        var (version, scalars) = TensorBoardFile.Read(File.ReadAllBytes(bench["a/events.out.tfevents.0.anit"]));
        version.ShouldBe("brain.Event:2");
        scalars.ShouldBe([.. File.ReadLines(bench["a/train.jsonl"]).Select(line => JsonNode.Parse(line)!.AsObject()).SelectMany(record => record
            .Where(value => value.Key != "step" && value.Value!.GetValueKind() == System.Text.Json.JsonValueKind.Number)
            .Select(value => ((long)record["step"]!, record.ContainsKey("eval_f1") ? value.Key.StartsWith("eval_", StringComparison.Ordinal)
                ? "eval/" + value.Key[5..] : "eval/" + value.Key : "train/" + value.Key, (float)value.Value!)))]);
        scalars.ShouldContain(s => s.Tag == "eval/f1_noisy" && s.Step == 4);

        // The card's head is what PEFT's cards have.
        var card = File.ReadAllText(bench["a/README.md"]);
        card.ShouldStartWith("---\nbase_model: base\nlibrary_name: peft\npipeline_tag: text-generation\ntags:\n- base_model:adapter:base\n- lora\n- "
            + "transformers\n- anit\n---\n\n# base, an adapter\n");
        card.ShouldContain($"| weights after step | {best["step"]}, the best on development rows |");
    }

    [Theory]
    [InlineData("--patience 2", "--patience has no effect without --eval; name development rows or leave it out")]
    [InlineData("--eval -", "--eval is standard input; name a file, it is read beside the rows")]
    public void Options_without_development_rows_are_refused(string options, string line)
    {
        using var bench = new Workbench();
        bench.Bash($"anit-train {model.Rows} --model {model.Base} --out never {options}").ShouldBe(new Run(2, "", $"anit-train: {line}\n"));
    }

    static IEnumerable<double> Numbers(JsonNode? node) => node switch
    {
        JsonObject all => all.SelectMany(p => p.Key.Contains("f1", StringComparison.OrdinalIgnoreCase) && p.Value is JsonValue value
            && value.TryGetValue<double>(out var number) ? [number] : Numbers(p.Value)),
        JsonArray all => all.SelectMany(Numbers),
        _ => [],
    };
}

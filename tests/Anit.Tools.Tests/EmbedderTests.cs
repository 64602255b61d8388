using System.Text.Json;
using System.Text.RegularExpressions;
using Anit.Data;
using Anit.Data.Receipts;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary><c>anit-score --method lme</c> with a model on this machine: scores, receipts, and the vectors that are kept.</summary>
public sealed partial class EmbedderTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    const int Rows = 700;

    /// <summary>A table of 700 different noisy texts, and the line that scores it.</summary>
    string Prepare(Workbench bench)
    {
        bench.Write("rows.jsonl", Samples.Rows(Rows));
        bench.Bash("anit-noise rows.jsonl --noise replace --omega 0.4 --phi 1 -q -o noisy.arrow").Code.ShouldBe(0);
        return $"anit-score noisy.arrow --method lme --embedder model:{model.Base} --threads 1";
    }

    static (int Embedded, int Found) Cost(Run run)
    {
        var said = Summary().Match(run.Error.Replace(",", "", StringComparison.Ordinal));
        said.Success.ShouldBeTrue(run.ToString());
        return (int.Parse(said.Groups[1].Value), int.Parse(said.Groups[2].Value));
    }

    [GeneratedRegex(@"(\d+) texts embedded (\d+) found in the cache")]
    private static partial Regex Summary();

    [Fact]
    public async Task A_model_s_score_says_whose_it_is_and_not_where_it_lay()
    {
        using var bench = new Workbench();
        var line = Prepare(bench);
        var run = bench.Bash($"{line} -o scored.arrow && cp -r {model.Base} moved && anit-score noisy.arrow --method lme --embedder model:moved -o "
            + "scored.arrow && anit-data verify scored.arrow");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain("scored.arrow is up to date");
        await using var table = await Table.OpenAsync(bench["scored.arrow"]);
        var facts = table.Schema.Metadata["anit.distortion"];
        var receipt = Chain.Read(table.Schema.Metadata)[^1].Options;
        foreach (var text in (string[])[facts, receipt])
        {
            text.ShouldMatch("llama@[0-9a-f]{16},32d");
            text.ShouldNotContain(model.Base);
            text.ShouldNotContain("moved");
        }
        var (sum, beta) = (0.0, JsonDocument.Parse(facts).RootElement.GetProperty("beta").GetDouble());
        await foreach (var batch in table.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++)
            {
                sum += batch["distortion"].Number(row)!.Value;
                batch["distortion"].Number(row)!.Value.ShouldBeInRange(0, 1);
                batch["beta"].Number(row).ShouldBe(beta);
            }
        beta.ShouldBe(sum / Rows, 1e-12);
        beta.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_text_is_embedded_once_and_then_found()
    {
        using var bench = new Workbench();
        var line = Prepare(bench);
        Cost(bench.Bash($"{line} -o alone.arrow")).ShouldBe((Rows + 1, 0));
        Cost(bench.Bash($"{line} -o kept.arrow --cache kept")).ShouldBe((Rows + 1, 0));
        var again = bench.Bash($"ANIT_CACHE=kept {line} --scope row -o row.arrow");
        Cost(again).ShouldBe((0, Rows + 1), again.ToString());
        bench.Bash("cmp alone.arrow kept.arrow").Code.ShouldBe(0);
    }

    [Fact]
    public void Processes_that_share_a_cache_and_are_killed_in_it_lose_no_vector_that_was_written()
    {
        using var bench = new Workbench();
        var line = Prepare(bench);
        bench.Bash($"{line} -q -o alone.arrow").Code.ShouldBe(0);
        // Each life ends before some change below kept/vectors: its folders, its file, the header, one of the appends.
        var lives = bench.Bash($"{Workbench.Faults()}; for at in 1 2 3 4 5 4; do FAULT=KILL FAULT_UNDER=$PWD/kept/vectors FAULT_AT=$at "
            + $"LD_PRELOAD=$PWD/fault.so {line} --cache kept -q -o cut.arrow 2> /dev/null; echo $?; done");
        lives.Output.ShouldBe("137\n137\n137\n137\n137\n137\n", lives.ToString());
        File.Exists(bench["cut.arrow"]).ShouldBeFalse();

        var both = bench.Bash($"{line} --cache kept -o one.arrow 2> one & {line} --cache kept -o two.arrow 2> two; wait $!; cat one two");
        var first = Cost(new(0, "", File.ReadAllText(bench["one"])));
        first.Found.ShouldBeGreaterThanOrEqualTo(256, both.ToString()); // what the killed ones left
        bench.Bash("cmp alone.arrow one.arrow && cmp alone.arrow two.arrow").Code.ShouldBe(0);
        Cost(bench.Bash($"{line} --cache kept --scope row -o row.arrow")).Embedded.ShouldBe(0);
    }

    [Fact]
    public void A_score_in_words_needs_neither_models_nor_engines()
    {
        using var bench = new Workbench();
        Prepare(bench);
        var run = bench.Bash("cp -r $(dirname $(readlink -f .bin/anit-score)) bare && cd bare && rm *.deps.json Anit.Models.dll Anit.Torch.dll "
            + "Anit.Remote.dll Polly.Core.dll Microsoft.Extensions.AI.*.dll libanit_torch.so && cd .. "
            + "&& dotnet bare/anit-score.dll noisy.arrow -q -o scored.arrow");
        (run.Code, run.Error).ShouldBe((0, ""), run.ToString());
        bench.Bash($"dotnet bare/anit-score.dll noisy.arrow --method lme --embedder model:{model.Base} -o lme.arrow").Code.ShouldNotBe(0);
    }

    [SmolLm2Fact] // numpy and the shared models
    public void Matched_token_states_score_as_another_program_computes_them()
    {
        const int Count = 24;
        using var bench = new Workbench();
        var folder = SharedData.Path("models", "all-MiniLM-L6-v2");
        var texts = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Path.Combine(folder, "reference", "texts.json")))!;
        bench.Write("pairs.jsonl", string.Concat(Enumerable.Range(0, Count).Select(i =>
            JsonSerializer.Serialize(new { instruction = texts[i], noisy_instruction = texts[i + 1] }) + "\n")));
        var run = bench.Bash($"anit-score pairs.jsonl --method bertscore --embedder model:{folder} --threads 1 --to jsonl -q");
        var oracle = bench.Bash($"/usr/bin/python3 {Path.Combine(SharedData.Repository, "tests", "oracles", "bertscore.py")} {folder} {Count}");
        (run.Code, oracle.Code).ShouldBe((0, 0), $"{run} {oracle}");
        var ours = run.Output.Trim().Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("distortion").GetDouble()).ToArray();
        var theirs = oracle.Output.Trim().Split('\n').Select(double.Parse).ToArray();
        ours.Length.ShouldBe(Count);
        for (var i = 0; i < Count; i++) ours[i].ShouldBe(1 - theirs[i], 2e-6, texts[i]);
    }

    [Fact]
    public void Every_method_gives_a_distortion_and_a_beta_that_is_its_mean()
    {
        using var bench = new Workbench();
        Prepare(bench);
        foreach (var method in (string[])["chars", "bleu", "rouge-l", "chrf", $"bertscore --embedder model:{model.Base}"])
        {
            var run = bench.Bash($"anit-score noisy.arrow --method {method} --threads 2 -q -o s.arrow --force && anit-data verify s.arrow > v "
                + "&& anit-data cat s.arrow --to jsonl");
            run.Code.ShouldBe(0, $"{method}: {run}");
            var rows = run.Output.Trim().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
            rows.Length.ShouldBe(Rows);
            var mean = rows.Average(r => r.GetProperty("distortion").GetDouble());
            mean.ShouldBeInRange(0.001, 0.999, method);
            rows.ShouldAllBe(r => Math.Abs(r.GetProperty("beta").GetDouble() - mean) < 1e-9);
            rows.ShouldAllBe(r => r.GetProperty("distance").ValueKind == JsonValueKind.Number == (method == "chars"));
        }
    }

    [SharedFact]
    public void A_real_encoder_that_is_killed_while_it_embeds_goes_on_where_it_was()
    {
        using var bench = new Workbench();
        Prepare(bench);
        var line = $"anit-score noisy.arrow --method lme --embedder model:{SharedData.Path("models", "all-MiniLM-L6-v2")} --cache kept --threads 1";
        var killed = bench.Bash($"{line} -q -o cut.arrow & until [ -n \"$(find kept/vectors -name '*.vectors' -size +300k 2> /dev/null)\" ] "
            + "|| ! kill -0 $!; do sleep 0.05; done; kill -9 $!; wait $!; echo $?");
        killed.Output.ShouldBe("137\n", killed.ToString());
        var after = bench.Bash($"{line} -o whole.arrow");
        var (embedded, found) = Cost(after);
        (embedded + found).ShouldBe(Rows + 1);
        found.ShouldBeGreaterThanOrEqualTo(256);
        bench.Bash("anit-data verify whole.arrow").Output.ShouldContain("verified");
    }
}

using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>What a training says of its rows and of its adversary before anybody reads a log.</summary>
public sealed class TrainWarningTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    const string OneBeta = "in every noisy row, so the noise response only rescales epsilon";

    [Fact]
    public void The_start_counts_distinct_noisy_texts_and_tells_when_beta_is_one_constant()
    {
        // One instruction, a fixed count of edits, one of five words at two places: few texts, one beta.
        var one = Start("--omega 0.1 --phi 0.5", "", "--method nrm");
        one.ShouldContain("64 rows, 32 of them noisy with ");
        one.ShouldContain($" {OneBeta} by ");
        System.Text.RegularExpressions.Regex.Match(one, "beta is ([0-9.]+) in").Groups[1].Value
            .ShouldBe(System.Text.RegularExpressions.Regex.Match(one, @"\(beta ([0-9.]+)\)").Groups[1].Value);

        var several = Start("--omega 0.5 --count uniform --phi 1", "--scope row", "--method nrm");
        several.ShouldContain("(mean beta ");
        several.ShouldNotContain(OneBeta);
        Start("--omega 0.1 --phi 0.5", "", "--method fgm").ShouldNotContain(OneBeta); // which does not read beta
        Start("--omega 0.1 --phi 0", "", "--method nrm").ShouldContain("64 rows, none of them noisy;");
    }

    [Fact]
    public void Distinct_noisy_texts_are_counted_exactly()
    {
        using var bench = new Workbench();
        var texts = bench.Bash($"anit-noise {model.Rows} --omega 0.2 --phi 1 -o n.jsonl --quiet; "
            + "grep -o '\"noisy_instruction\":\"[^\"]*\"' n.jsonl | sort -u | wc -l").Output.Trim();
        var run = bench.Bash($"anit-train n.jsonl --model {model.Base} --method freelb --dry-run --out never --threads 1");
        run.Error.ShouldContain($"64 of them noisy with {texts} distinct texts", customMessage: run.ToString());
    }

    [Theory]
    [InlineData("--method paper --beta 0.2", "so beta changes nothing; --radius responsive")]
    [InlineData("--method nrm --beta 0.2 --alpha 0", "the perturbation is random: its cosine with the gradient is ")]
    [InlineData("--method freelb --steps 1", "its cosine with the gradient is 0.000; raise --steps for an adversary")]
    public void An_adversary_that_is_none_is_named(string options, string message)
    {
        using var bench = new Workbench();
        var run = bench.Bash($"anit-noise {model.Rows} --phi 1 --quiet | anit-train - --model {model.Base} {options} --max-steps 2 --log-every 1 "
            + "--threads 1 --out adapter");
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain(message);
    }

    string Start(string noise, string score, string train)
    {
        using var bench = new Workbench();
        var run = bench.Bash($"set -o pipefail; anit-noise {model.Rows} {noise} --quiet | anit-score {score} --quiet | "
            + $"anit-train - --model {model.Base} {train} --dry-run --out never --threads 1");
        run.Code.ShouldBe(0, run.ToString());
        return run.Error;
    }
}

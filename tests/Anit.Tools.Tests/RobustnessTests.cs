using System.Text.Json;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary><c>anit-eval --noise</c> and the conditions without an instruction, over the base model.</summary>
public sealed class RobustnessTests : IDisposable
{
    static readonly string Data = Path.Combine(SharedData.Repository, "data"), Base = Path.Combine(Data, "base");
    readonly Workbench bench = new();

    public void Dispose() => bench.Dispose();

    static string Rows(int n) => $"head -{n} {Data}/samples/tc.test.jsonl";

    [Fact]
    public void A_grid_of_noises_is_asked_scored_and_scored_again_from_the_predictions()
    {
        var eval = $"{Rows(6)} | anit-eval --model {Base} --instruction raw,empty,swapped --noise replace,swap --omega 0.2,0.4 --noise-seed 1,2 "
            + "--max-new-tokens 8 --predictions p.jsonl --quiet";
        var run = bench.Bash(eval);
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("Mean F1 by noise and strength:");
        run.Output.ShouldContain("Instruction dependence");

        // From another reader's side: the table again from the predictions, and the noise that anit-noise makes.
        var again = bench.Bash("anit-eval score p.jsonl");
        again.Output[again.Output.IndexOf("Robustness,", StringComparison.Ordinal)..]
            .ShouldBe(run.Output[run.Output.IndexOf("Robustness,", StringComparison.Ordinal)..]);
        using var json = JsonDocument.Parse(bench.Bash("anit-eval score p.jsonl --json").Output);
        var robustness = json.RootElement.GetProperty("robustness")[0];
        robustness.GetProperty("curve").EnumerateArray().Select(p => (p.GetProperty("noise").GetString(), p.GetProperty("omega").GetDouble(),
            p.GetProperty("draws").GetInt32())).ShouldBe([("replace", 0.2, 2), ("replace", 0.4, 2), ("swap", 0.2, 2), ("swap", 0.4, 2)]);

        bench.Bash($"{Rows(6)} | anit-noise --noise swap --omega 0.4 --seed 2 --to jsonl > n.jsonl").Code.ShouldBe(0);
        Column("p.jsonl", "instruction", e => e.GetProperty("condition").GetString() == "swap@0.4#2")
            .ShouldBe(Column("n.jsonl", "noisy_instruction"));
        Column("p.jsonl", "instruction", e => e.GetProperty("condition").GetString() == "empty").Distinct().ShouldBe(["Please."]);
    }

    string[] Column(string file, string name, Func<JsonElement, bool>? where = null) =>
        [.. File.ReadLines(bench[file]).Select(line => JsonDocument.Parse(line).RootElement).Where(e => where?.Invoke(e) ?? true)
            .Select(e => e.GetProperty(name).GetString()!)];

    [Theory]
    [InlineData("--noise quake", "'quake' is no noise")]
    [InlineData("--noise paraphrase", "paraphrase needs a table")]
    [InlineData("--noise pad", "--noise pad needs --pool")]
    [InlineData("--omega 0.2", "--omega is for --noise")]
    [InlineData("--noise swap --omega 0.2:0.1:0.1", "--omega is 0.2:0.1:0.1; expected shares from 0 to 1")]
    [InlineData("--noise swap --omega 0:1:0", "--omega is 0:1:0; expected shares from 0 to 1")]
    [InlineData("--noise swap --noise-seed one", "--noise-seed is one; expected whole numbers")]
    public void A_grid_that_cannot_be_is_a_wrong_command_line(string options, string message)
    {
        var run = bench.Bash($"{Rows(1)} | anit-eval --model {Base} {options}");
        run.Code.ShouldBe(2, run.ToString());
        run.Error.ShouldContain(message);
        run.Error.TrimEnd('\n').ShouldNotContain('\n');
    }
}

using System.Text.Json;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Scoring and comparing with <c>anit-eval</c>, which needs no model.</summary>
public sealed class EvalScoreTests : IDisposable
{
    readonly Workbench bench = new();

    public EvalScoreTests()
    {
        bench.Write("a.jsonl", """{"id":"x/test/0","task":"ner","options":["person","location"],"text":"Ann left Rome",""" + """
            "target":"person: Ann; location: Rome","prediction":"person: Ann; loca","truncated":true}
            {"id":"x/test/1","task":"tc","options":["a","b"],"text":"t","target":"label: a","prediction":"a"}
            {"id":"x/test/2","task":"tc","options":["a","b"],"text":"t","target":"label: b","prediction":"label: c"}
            """);
        bench.Bash("sed 's/; loca\"/; location: Rome\"/' a.jsonl > b.jsonl");
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Scores_are_a_table_for_people() => bench.Bash("anit-eval score a.jsonl").Output.ShouldBe("""
        instruction  task  rows      P      R     F1  macro F1  lenient F1  malformed  no such label  not in text  cut off
        raw          ner      1  50.00  50.00  50.00     50.00       50.00     100.00           0.00         0.00   100.00
        raw          tc       2  50.00  50.00  50.00     50.00       50.00       0.00          50.00            -     0.00
        raw          all      3  50.00  50.00  50.00     50.00       50.00      33.33          33.33         0.00    33.33
        All in per cent. F1 is micro-F1 over items in strict spelling; for tc and other it is the accuracy.

        """);

    [Fact]
    public void Scores_are_json_for_programs()
    {
        using var json = JsonDocument.Parse(bench.Bash("anit-eval score a.jsonl b.jsonl --json --legacy").Output);
        var runs = json.RootElement.GetProperty("runs");
        runs.GetArrayLength().ShouldBe(2);
        var ner = runs[1].GetProperty("conditions")[0].GetProperty("groups")[0];
        ner.GetProperty("strict").GetProperty("f1").GetDouble().ShouldBe(1);
        ner.GetProperty("legacy_f1").GetProperty("all").GetDouble().ShouldBe(1);
        ner.GetProperty("labels").GetProperty("person").GetProperty("tp").GetInt32().ShouldBe(1);
        json.RootElement.GetProperty("spread")[0].GetProperty("mean_f1").GetDouble().ShouldBe(0.75);
    }

    [Fact]
    public void Two_runs_are_compared_over_the_same_rows()
    {
        bench.Bash("anit-eval compare a.jsonl b.jsonl").Output.Split('\n')[1..3].ShouldBe(
        [
            "raw          ner       1  50.00  100.00  +50.00  [+50.00, +50.00]  0.000",
            "raw          tc        2  50.00   50.00    0.00      [0.00, 0.00]  1.000",
        ]);
        var fewer = bench.Bash("head -2 b.jsonl > c.jsonl; anit-eval compare a.jsonl c.jsonl");
        fewer.Code.ShouldBe(3);
        fewer.Error.ShouldBe("anit-eval: 1 rows stand in one of a.jsonl and c.jsonl only, the first is x/test/2 (raw); compare two runs over the "
            + "same rows\n");
    }

    [Fact]
    public void Answers_made_elsewhere_are_scored_against_a_gold_table()
    {
        bench.Bash("sed 's/\"task\"/\"instruction\":\"i\",\"task\"/; s/\"prediction\"/\"other\"/' a.jsonl > gold.jsonl");
        bench.Write("mine.jsonl", "{\"id\":\"x/test/1\",\"prediction\":\"label: a\"}\n");
        bench.Bash("anit-eval score mine.jsonl --gold gold.jsonl --json").Output.ShouldContain("\"f1\": 1,");
        bench.Bash("anit-eval score mine.jsonl").Error.ShouldContain("mine.jsonl: no column \"task\"");
    }

    [Theory]
    [InlineData("anit-eval a.jsonl", 2, "Option '--model' is required")]
    [InlineData("sed 's/\"task\"/\"instruction\":\"i\",\"task\"/' a.jsonl > rows.jsonl; anit-eval rows.jsonl --model nofolder", 3, "nofolder")]
    [InlineData("anit-eval a.jsonl --model . --instruction both", 2, "--instruction is both; expected raw, noisy, empty or swapped")]
    [InlineData("anit-eval score nofile", 3, "nofile: no such file")]
    [InlineData("anit-eval score a.jsonl --alias PER", 2, "--alias is PER; expected name=label")]
    [InlineData("anit-eval compare a.jsonl#plain b.jsonl", 2, "a.jsonl: no run plain")]
    [InlineData("anit-eval score a.jsonl > /dev/full", 1, "no space left")]
    public void What_is_wrong_ends_with_one_line_and_its_exit_code(string line, int code, string message)
    {
        var run = bench.Bash(line);
        run.Code.ShouldBe(code, run.ToString());
        run.Error.ShouldContain(message);
        run.Error.ShouldNotContain("   at ");
    }
}

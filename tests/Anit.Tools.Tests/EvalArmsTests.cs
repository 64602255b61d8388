using System.Globalization;
using System.Text.Json;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Arms over seeds with <c>anit-eval arms</c>, from predictions made here.</summary>
public sealed class EvalArmsTests : IDisposable
{
    readonly Workbench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Arms_are_lines_with_mean_and_deviation_over_seeds_and_their_differences_are_paired_by_seed()
    {
        // Accuracies of ten rows: plain 0.5, 0.6, 0.7 and nrm 0.6, 0.6, 0.9 raw; noisy seen and unseen one seed each.
        Write("seen.1.jsonl", ("plain/1", "raw", 5), ("plain/2", "raw", 6), ("plain/3", "raw", 7), ("plain/1", "noisy", 3));
        Write("seen.2.jsonl", ("nrm/1", "raw", 6), ("nrm/2", "raw", 6), ("nrm/3", "raw", 9), ("nrm/1", "noisy", 4));
        Write("unseen.jsonl", ("plain/1", "noisy", 2), ("nrm/1", "noisy", 1));
        // Differences +10, 0, +20 points: mean 10, sd 10, t(2) 4.303: ± 24.8.
        bench.Bash("anit-eval arms seen.1.jsonl seen.2.jsonl unseen.jsonl").Output.ShouldBe("""
            arm    seeds          raw  seen  unseen
            plain      3  60.0 ± 10.0  30.0    20.0
            nrm        3  70.0 ± 17.3  40.0    10.0
            F1 in per cent over all rows, mean ± standard deviation over seeds.

            points against plain                   raw   seen  unseen
            nrm                   +10.0 [-14.8, +34.8]  +10.0   -10.0
            Differences by seed, mean and 95 % interval (Student's t); an interval that holds 0 shows no difference.

            """);
        bench.Bash("anit-eval arms *.jsonl --best").Output.ShouldBe("nrm\n"); // (70 + 40 + 10) / 3 against (60 + 30 + 20) / 3
        using var json = JsonDocument.Parse(bench.Bash("anit-eval arms *.jsonl --against nrm --json").Output);
        var cells = json.RootElement.GetProperty("arms").EnumerateArray().ToDictionary(c => $"{c.GetProperty("arm")} {c.GetProperty("column")}");
        cells["plain raw"].GetProperty("difference").GetDouble().ShouldBe(-0.1, 1e-9);
        cells["plain raw"].GetProperty("half_interval").GetDouble().ShouldBe(0.2484, 1e-4);
        cells["nrm raw"].GetProperty("seeds").GetProperty("3").GetDouble().ShouldBe(0.9, 1e-9);
    }

    [Fact]
    public void The_best_trial_of_each_arm_is_named_by_what_stands_before_the_at_sign()
    {
        Write("dev.jsonl", ("plain@1/1", "raw", 5), ("plain@2/1", "raw", 7), ("nrm@1/1", "raw", 6), ("nrm@2/1", "raw", 6), ("nrm@3/1", "raw", 4));
        bench.Bash("anit-eval arms dev.jsonl --best").Output.ShouldBe("plain@2\nnrm@1\n"); // of equals the first
    }

    [Fact]
    public void Runs_that_cannot_be_compared_are_refused_in_one_line()
    {
        Write("a.jsonl", ("plain", "raw", 5));
        bench.Bash("anit-eval arms a.jsonl").ShouldBe(new Run(3, "", "anit-eval: a.jsonl: the run is called \"plain\"; expected arm/seed, as "
            + "--adapter arm/seed=folder names it\n"));
        Write("b.jsonl", ("plain/1", "raw", 5));
        bench.Bash("anit-eval arms b.jsonl --against nrm").ShouldBe(new Run(2, "", "anit-eval: --against is nrm; there is plain\n"));
        bench.Bash("head -9 b.jsonl | sed 's/plain/nrm/' > c.jsonl");
        bench.Bash("anit-eval arms b.jsonl c.jsonl").ShouldBe(new Run(3, "", "anit-eval: c.jsonl: nrm/1 was asked other rows than the runs before "
            + "it (raw: 9 and 10); compare runs over the same rows\n"));
        Write("d.jsonl", ("plain/1", "raw", 4));
        bench.Bash("anit-eval arms b.jsonl d.jsonl").Error.ShouldStartWith("anit-eval: d.jsonl: plain/1 stands twice in the column raw");
    }

    // Ten rows of each run, of which some are answered right.
    void Write(string name, params (string Run, string Condition, int Right)[] runs) => bench.Write(name, string.Concat(runs.SelectMany(run =>
        Enumerable.Range(0, 10).Select(i => JsonSerializer.Serialize(new
        {
            id = string.Create(CultureInfo.InvariantCulture, $"x/test/{i}"), task = "tc", options = new[] { "a", "b" }, text = "t",
            target = "label: a", prediction = i < run.Right ? "label: a" : "label: b", run = run.Run, condition = run.Condition,
        }) + "\n"))));
}

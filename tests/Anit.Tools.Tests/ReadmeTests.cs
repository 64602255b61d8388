using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>README's tour, run as it stands on the first rows of the samples.</summary>
public sealed partial class ReadmeTests
{
    const int LearnedRows = 24, AnsweredRows = 4; // answers cost the time

    [Fact]
    public void The_tour_runs_as_pasted()
    {
        var tour = Tour().Matches(File.ReadAllText(Path.Combine(SharedData.Repository, "README.md"))).Single().Groups[1].Value;
        tour.ShouldStartWith("make\nexport PATH=\"$PWD/bin:$PATH\"\n"); // done already: the tools are on the path
        tour = tour.Split('\n', 3)[2];

        using var bench = new Workbench();
        Directory.CreateDirectory(bench["data/samples"]);
        var data = Path.Combine(SharedData.Repository, "data");
        File.CreateSymbolicLink(bench["data/base"], Path.Combine(data, "base"));
        foreach (var name in Sample().Matches(tour).Select(m => m.Groups[1].Value).Distinct())
            File.WriteAllLines(bench[$"data/samples/{name}"], File.ReadLines(Path.Combine(data, "samples", name))
                .Take(name.Contains("test", StringComparison.Ordinal) ? AnsweredRows : LearnedRows));

        var run = bench.Bash("set -e -o pipefail\n" + tour, seconds: 600);
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldNotContain("0/0"); // Eq. 1 means something on these rows
        run.Output.ShouldContain("F1 noisy");
        foreach (var made in new[] { "noisy.parquet", "scored.parquet", "test.parquet", "answers.parquet", "adapter/adapter_model.safetensors" })
            File.Exists(bench[$"out/{made}"]).ShouldBeTrue(made);
        bench.Bash("anit-data verify out/scored.parquet").Code.ShouldBe(0);
    }

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Tour();

    [GeneratedRegex(@"data/samples/([\w.]+)")]
    private static partial Regex Sample();
}

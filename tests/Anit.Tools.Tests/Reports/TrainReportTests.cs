using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Tools.Tests.Reports;

/// <summary>What a training leaves for people: report.html, the progress line, the summary.</summary>
public sealed partial class TrainReportTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Fact]
    public void A_training_leaves_its_curves_its_beta_and_its_settings_as_one_file_of_its_result()
    {
        using var bench = new Workbench();
        var run = bench.Bash($"anit-noise {model.Rows} --phi 0.5 --omega 0.5 --count uniform | anit-score --scope row -o n.arrow "
            + $"&& anit-train n.arrow --model {model.Base} --epochs 2 --batch 16 --accumulate 1 --threads 1 --log-every 2 --out nrm");
        run.Code.ShouldBe(0, run.ToString());
        var page = File.ReadAllText(bench["nrm/report.html"]);
        foreach (var title in new[] { "Loss", "Adversarial gain", "Cosine of δ₁ and the gradient", "Norm of the perturbation",
            "Samples at the radius", "Learning rate", "Gradient norm", "Noisy rows by β" }) page.ShouldContain($"<strong>{title}</strong>");
        page.ShouldContain("<dt>epsilon-relative</dt>");
        page.ShouldContain("32 of them noisy with ");
        page.ShouldNotContain(bench.Folder); // no path,
        page.ShouldNotContain(model.Base);
        Reference().Matches(page).Select(m => m.Groups[1].Value).ShouldAllBe(to => to.StartsWith('#') || to == "data:,"); // nothing elsewhere
        File.ReadAllText(bench["nrm/anit-train.json"]).ShouldMatch("\"report.html\": \"[0-9a-f]{64}\"");

        run.Error.ShouldMatch(@"anit-train: loss \d\.\d{3} at the beginning, \d\.\d{3} at the end; adversarial gain -?\d\.\d{3}, cosine -?\d\.\d\d\n"
            + @"anit-train: 8 steps in [\d.]+ s, [\d.]+ s/step, [\d,]+ tokens/s; peak memory \d\.\d\d GB\n"
            + @"anit-train: nrm holds the result; .*report\.html.*\nanit-train: next: anit-eval TEST\.parquet --model \S+/base --adapter nrm ");
    }

    [Fact]
    public void One_beta_for_all_rows_is_said_and_a_plain_training_has_no_curves_of_an_adversary()
    {
        using var bench = new Workbench();
        var run = bench.Bash($"anit-noise {model.Rows} --phi 0.5 -q | anit-score -q -o n.arrow && for method in plain nrm; do anit-train "
            + $"n.arrow --model {model.Base} --method $method --max-steps 2 --batch 16 --accumulate 1 --threads 1 -q --out $method; done");
        run.ShouldBe(new Run(0, "", "")); // quiet is quiet
        var (plain, nrm) = (File.ReadAllText(bench["plain/report.html"]), File.ReadAllText(bench["nrm/report.html"]));
        nrm.ShouldContain("so the noise response only rescales epsilon");
        nrm.ShouldContain("Adversarial gain");
        plain.ShouldContain("<strong>Loss</strong>");
        plain.ShouldNotContain("Adversarial gain");
    }

    [Theory]
    [InlineData(40)]
    [InlineData(200)]
    public void The_progress_line_fits_the_terminal(int columns)
    {
        using var bench = new Workbench();
        var line = $"stty cols {columns}; anit-train {model.Rows} --model {model.Base} --method plain --epochs 30 --batch 8 --accumulate 1 "
            + "--threads 1 --out out";
        var run = bench.Bash($"script -qec '{line}' /dev/null < /dev/null");
        run.Code.ShouldBe(0, run.ToString());
        var lines = Live().Matches(run.Output).Select(m => m.Groups[1].Value).Where(shown => shown.Length > 0).ToList();
        lines.ShouldNotBeEmpty(run.ToString());
        lines.ShouldAllBe(shown => shown.Length < columns);
        if (columns == 200) lines.ShouldAllBe(shown => Whole().IsMatch(shown), string.Join('\n', lines));
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("\r\u001b\\[K(?!anit-train:)([^\r\n]*)")]
    private static partial Regex Live();

    [GeneratedRegex(@"^\d+/240 steps \(\d+ %\), ([\d,]+/s|[\d.]+ s/step), \d+ (s|min) left, loss \d\.\d{3}, [\d,]+ tokens/s$")]
    private static partial Regex Whole();
}

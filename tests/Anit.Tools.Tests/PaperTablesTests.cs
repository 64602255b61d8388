using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>What <c>make table1</c> and its like would do, told by <c>make -n</c>: no training here.</summary>
public sealed partial class PaperTablesTests
{
    static readonly string[] All = ["table1", "table2", "table3", "table4", "figure2a", "figure2bc"];

    static readonly string[] Noisy =
    [
        "plain", "plain-2x", "plain-3x", "plain-4x", "neftune", "fgsm", "fgm", "pgd", "freelb", "freeat", "paper", "nrm", "nrm-beta0",
    ];

    [Fact]
    public void Smoke_scale_trains_every_arm_on_clean_and_on_noisy_rows_and_writes_each_table()
    {
        var plan = Plan(string.Join(' ', All));
        foreach (var name in All) plan.ShouldContain($"> results/smoke/{name}.md\n");
        var runs = Trained().Matches(plan).Select(m => m.Groups[1].Value).ToList();
        runs.ShouldBeUnique();
        foreach (var wording in new[] { "concise", "detailed" })
        {
            Methods(runs, $"samples-tc/{wording}/full/clean/").ShouldBe(Noisy.Except(["nrm-beta0"]), ignoreOrder: true); // beta is 0 there
            Methods(runs, $"samples-tc/{wording}/full/replace-0.2/").ShouldBe(Noisy, ignoreOrder: true);
        }
        Methods(runs, "samples-tc/detailed/full/replace-0.2-lme/").ShouldBe(["paper", "nrm"], ignoreOrder: true);
        Methods(runs, "samples-tc/detailed/few5/replace-0.2/").ShouldBe(Noisy, ignoreOrder: true);
        plan.ShouldContain("--init-adapter out/tables-smoke/samples-ner/detailed/full/replace-0.2/nrm/2 --out out/tables-smoke/samples-tc/detailed/"
            + "few5/replace-0.2/nrm/2 ");
    }

    [Fact]
    public void Every_arm_has_the_same_number_of_trials_and_test_rows_are_asked_once()
    {
        var plan = Plan("table1", "LRS='1e-3 2e-3' PLAIN_LRS='1e-3 2e-3 3e-3 4e-3' RADII='0.001 0.01' ALPHAS='5 10' PAPER_RADII='1 2'");
        Trained().Matches(plan).Select(m => m.Groups[1].Value).Where(run => run.Contains("/trial-", StringComparison.Ordinal))
            .GroupBy(run => run[..run.LastIndexOf('/')]).ShouldAllBe(trials => trials.Count() == 4);
        plan.ShouldContain("--method nrm --beta 0 --lr=2e-3 --epsilon-relative=0.01 --seed 1");
        plan.ShouldContain("--method plain --epochs 3 --lr=4e-3 --seed 1");
        Regex.Count(plan, "anit-eval out/tables-smoke/samples-tc/detailed/test.parquet").ShouldBe(2); // for clean rows, and for noisy ones
    }

    [Fact]
    public void A_dataset_without_files_has_a_column_and_no_training()
    {
        using var bench = new Workbench();
        Directory.CreateDirectory(bench["data/sst2"]);
        bench.Write("data/sst2/train.tsv", "");
        bench.Write("data/sst2/dev.tsv", "");
        Directory.CreateDirectory(bench["data/nyt"]);
        bench.Write("data/nyt/dev.json", "");
        var plan = Plan("table1 table4", $"DATA={bench["data"]}");
        plan.ShouldContain("conll2003=CoNLL03,ontonotes=OntoNotes,nyt=NYT,scierc=SciERC,sst2=SST2,agnews=AGNews,14lap=14Lap,14res=14Res");
        Trained().Matches(plan).Select(m => m.Groups[1].Value.Split('/')[0]).Distinct().ShouldBe(["sst2"]);
        plan.ShouldContain("ontonotes-few1=OntoNotes-1%"); // its source is not given either: a table without numbers
        plan.ShouldContain("anit-data import sst2");
    }

    [Fact]
    public void Without_a_scale_the_model_and_the_data_must_be_named()
    {
        Make("table1").Error.ShouldContain("DATA=<folder with a folder for each dataset>");
        Make("table1", "DATA=/none").Error.ShouldContain("MODEL=<folder of a model>");
        Make("table1", "DATA=/none MODEL=/m").Output.ShouldNotContain("anit-train"); // nothing is given: the table says so
    }

    [Fact]
    public void What_was_made_with_other_settings_is_not_mixed_with_new_runs()
    {
        using var bench = new Workbench();
        Directory.CreateDirectory(bench["out"]);
        var plan = Make("table1", $"SCALE=smoke OUT={bench["out"]}");
        plan.Code.ShouldBe(0);
        var record = plan.Output.Split('\n').Single(line => line.EndsWith("/settings", StringComparison.Ordinal));
        bench.Write("out/settings", record.Split('\'')[1] + "\n");
        Make("table1", $"SCALE=smoke OUT={bench["out"]} SEEDS='1 2 3'").Code.ShouldBe(0); // more seeds are more runs
        Make("table1", $"SCALE=smoke OUT={bench["out"]} LRS=1e-3").Error.ShouldContain("was made with other settings (MODEL=");
    }

    [Fact]
    public void The_samples_detailed_instructions_are_those_of_the_importers()
    {
        var file = Path.Combine(SharedData.Repository, "data", "instructions", "detailed.json");
        var detailed = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        foreach (var line in File.ReadLines(Path.Combine(SharedData.Repository, "reproduce", "samples.detailed.jsonl")))
        {
            var row = JsonDocument.Parse(line).RootElement;
            var wording = detailed.GetProperty(row.GetProperty("task").GetString()!);
            foreach (var field in new[] { "instruction", "question", "format" })
                row.GetProperty(field).GetString().ShouldBe(wording.GetProperty(field).GetString());
        }
    }

    static IEnumerable<string> Methods(IEnumerable<string> runs, string setting) =>
        runs.Where(run => run.StartsWith(setting, StringComparison.Ordinal)).Select(run => run[setting.Length..].Split('/')[0]).Distinct();

    static string Plan(string targets, string variables = "")
    {
        var run = Make(targets, "SCALE=smoke " + variables);
        run.Code.ShouldBe(0, run.ToString());
        return run.Output.Replace(SharedData.Repository + "/", "", StringComparison.Ordinal).Replace("\\\n", "", StringComparison.Ordinal);
    }

    static Run Make(string targets, string variables = "")
    {
        using var bench = new Workbench();
        return bench.Bash($"unset MAKEFLAGS MAKELEVEL MODEL DATA; make -n -f {SharedData.Repository}/reproduce/tables.mk {targets} {variables}");
    }

    [GeneratedRegex(@"--out out/tables-smoke/(\S+)")]
    private static partial Regex Trained();
}

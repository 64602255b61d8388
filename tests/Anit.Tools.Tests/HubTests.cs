using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Folders of splits, written and read by the tools.</summary>
public sealed class HubTests : IDisposable
{
    readonly Workbench bench = new();

    public HubTests()
    {
        bench.Write("a.jsonl", Samples.Rows(6));
        bench.Write("b.jsonl", Samples.Rows(2, "test"));
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_split_of_a_folder_goes_through_every_stage()
    {
        var run = bench.Bash("anit-noise a.jsonl --noise swap -o noisy.parquet -q && "
            + "anit-data hub train=noisy.parquet test=noisy.parquet -o my --title 'My rows' && head -3 my/README.md && "
            + "anit-data verify my --split test --repeated-ids && anit-score my --split train -o s.parquet -q && "
            + "anit-data cat s.parquet | wc -l; anit-data hub train=a.jsonl -o my");
        run.Output.ShouldStartWith("---\ndataset_info:\n  features:\n");
        run.Output.ShouldEndWith("\n6\n");
        run.Error.ShouldBe("anit-data: my is there already and not empty; name another folder, or replace it with --force\n");
        bench.Bash("anit-data cat my --split dev").ShouldBe(new Run(3, "", "anit-data: my: no split 'dev'; there is test, train\n"));
        bench.Bash("anit-data cat a.jsonl --split dev").ShouldBe(new Run(2, "",
            "anit-data: --split has no effect without a folder of splits; leave it out or name a folder\n"));
        foreach (var line in new[] { "anit-data hub train=a.jsonl -o my --force", "anit-data partition a.jsonl --by task -o my --force -q" })
        {
            bench.Bash(line).Code.ShouldBe(0);
            bench.Write("my/thesis.txt", "mine");
            bench.Bash(line).ShouldBe(new Run(1, "",
                "anit-data: my holds thesis.txt, which is not of ours; name another folder, or move it away\n"));
            bench.Bash("cat my/thesis.txt && rm my/thesis.txt").Output.ShouldBe("mine");
        }
        bench.Bash("anit-data hub a.jsonl -o x").ShouldBe(new Run(2, "",
            "anit-data: splits is a.jsonl; expected a split and its table, as in train=train.parquet\n"));
    }
}

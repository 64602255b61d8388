using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Tables in the paper's layout with <c>anit-eval table</c>, from predictions made here.</summary>
public sealed class EvalTableTests : IDisposable
{
    readonly Workbench bench = new();

    public EvalTableTests()
    {
        Write("sst2.clean.jsonl", ("clean:plain/1", "raw", 5), ("clean:plain/2", "raw", 7), ("clean:plain/1", "typo@0.3#1", 4),
            ("clean:plain/2", "typo@0.3#1", 4), ("clean:plain/1", "empty", 4), ("clean:plain/2", "empty", 3));
        Write("sst2.replace-0.2.jsonl", ("replace-0.2:nrm/1", "raw", 6), ("replace-0.2:nrm/2", "raw", 7), ("replace-0.2:nrm/1", "typo@0.3#1", 5),
            ("replace-0.2:nrm/2", "typo@0.3#1", 6), ("replace-0.2:nrm/1", "empty", 6), ("replace-0.2:nrm/2", "empty", 7));
        bench.Write("arms.csv", "arm,title,passes\nplain,plain,1\nnrm,\"NRM, ours\",3\n");
        bench.Write("paper.csv", "column,row,low,high\nsst2,plain,96.73,97.4\nnyt,plain,90.21,90.21\n");
        bench.Write("seconds.csv", "arm,seed,seconds\nclean:plain,1,1.5\nclean:plain,1,0.5\nreplace-0.2:nrm,1,6\n");
    }

    public void Dispose() => bench.Dispose();

    const string Command = "anit-eval table sst2.clean.jsonl sst2.replace-0.2.jsonl --title 'Table 1' --note 'A note.' --columns sst2=SST2 nyt=NYT "
        + "--arms arms.csv --published paper.csv --seconds seconds.csv";

    [Fact]
    public void Arms_stand_down_and_datasets_across_with_the_papers_numbers_above_and_what_is_not_given_without_a_number() =>
        // Differences of nrm from plain on clean rows: raw +10, 0 points: mean 5, sd 7.07, t(1) 12.706: +- 63.5.
        Approve(bench.Bash(Command));

    [Fact]
    public void Without_any_predictions_every_dataset_is_not_given() =>
        Approve(bench.Bash("anit-eval table --columns nyt=NYT,sst2 --title T --published paper.csv --svg t.svg && grep -c '<svg' t.svg"));

    [Fact]
    public void The_csv_has_a_row_for_each_number_and_none_for_a_dataset_that_is_not_given()
    {
        bench.Bash(Command + " --csv t.csv").Code.ShouldBe(0);
        File.ReadAllText(bench["t.csv"]).ShouldBe("""
            column,rows,arm,instruction,state,seeds,mean,sd,difference,low,high,seconds
            sst2,the paper,plain,raw,published,,,,,96.73,97.4,
            nyt,the paper,plain,raw,published,,,,,90.21,90.21,
            sst2,clean,plain,raw,measured,2,60.0,14.1421,,,,2.0
            sst2,replace-0.2,nrm,raw,measured,2,65.0,7.0711,5.0,-58.53,68.53,6.0
            sst2,clean,plain,typo@0.3#1,measured,2,40.0,0.0,,,,2.0
            sst2,replace-0.2,nrm,typo@0.3#1,measured,2,55.0,7.0711,15.0,-48.53,78.53,6.0
            sst2,clean,plain,empty,measured,2,35.0,7.0711,,,,2.0
            sst2,replace-0.2,nrm,empty,measured,2,65.0,7.0711,30.0,-97.06,157.06,6.0
            nyt,,,,not given,,,,,,,

            """);
    }

    [Theory]
    [InlineData("bars", 1, 1)]   // nrm against plain
    [InlineData("curves", 1, 0)] // one curve of one point
    [InlineData("cost", 4, 4)]   // seconds and F1 for clean and for noisy rows
    public void The_drawing_stands_alone_and_replaces_only_drawings_of_its_own(string kind, int charts, int bars)
    {
        bench.Bash($"{Command} --svg t.svg --draw {kind} && {Command} --svg t.svg --draw {kind}").Code.ShouldBe(0);
        XNamespace svg = "http://www.w3.org/2000/svg";
        var drawing = XElement.Load(bench["t.svg"]);
        drawing.Name.ShouldBe(svg + "svg");
        drawing.Descendants(svg + "text").Count(text => (string?)text.Attribute("class") == "title").ShouldBe(charts);
        drawing.Descendants(svg + "rect").Count(rect => (string?)rect.Attribute("class") == "bar").ShouldBe(bars);
        bench.Write("other.svg", "<svg/>");
        bench.Bash($"{Command} --svg other.svg").Error.ShouldStartWith("anit-eval: other.svg is there already and is no report of anit-eval");
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_in_one_line()
    {
        bench.Bash("anit-eval table sst2.clean.jsonl --against nrm").ShouldBe(
            new Run(2, "", "anit-eval: --against is nrm; there is clean:plain\n"));
        bench.Bash("anit-eval table sst2.clean.jsonl --columns nyt").ShouldBe(
            new Run(2, "", "anit-eval: sst2.clean.jsonl: --columns has no sst2; there is nyt\n"));
        bench.Write("bad.csv", "arm,seed,seconds\nplain,1,soon\n");
        bench.Bash("anit-eval table sst2.clean.jsonl --seconds bad.csv").ShouldBe(
            new Run(3, "", "anit-eval: bad.csv: seconds is \"soon\"; expected a number\n"));
        bench.Bash("anit-eval table sst2.clean.jsonl --arms bad.csv").Error.ShouldStartWith("anit-eval: bad.csv: no column \"title\"");
    }

    static void Approve(Run run)
    {
        (run.Code, run.Error).ShouldBe((0, ""));
        run.Output.ShouldMatchApproved(c => c.NoDiff().WithFileExtension("txt").LocateTestMethodUsingAttribute<FactAttribute>());
    }

    // Ten rows of each run, of which some are answered right.
    void Write(string name, params (string Run, string Condition, int Right)[] runs) => bench.Write(name, string.Concat(runs.SelectMany(run =>
        Enumerable.Range(0, 10).Select(i => JsonSerializer.Serialize(new
        {
            id = string.Create(CultureInfo.InvariantCulture, $"x/test/{i}"), task = "tc", options = new[] { "a", "b" }, text = "t",
            target = "label: a", prediction = i < run.Right ? "label: a" : "label: b", run = run.Run, condition = run.Condition,
        }) + "\n"))));
}

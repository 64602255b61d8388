using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>All tools open tables through one doorway: the same bad input is told in the same words.</summary>
public sealed class DoorwayTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData("gone.jsonl", "gone.jsonl: no such file")]
    [InlineData("folder", "folder: a folder without tables (.parquet ")]
    [InlineData("empty.jsonl", "empty.jsonl: the input is empty; a table was expected")]
    [InlineData("- < empty.jsonl", "standard input: the input is empty; a table was expected")]
    [InlineData("junk.parquet", "junk.parquet: byte 0: neither Parquet, Arrow, JSON nor CSV; the first bytes are not text")]
    [InlineData("lacking.jsonl", "lacking.jsonl: no column \"instruction\"; there is id, task, target")]
    public void Every_tool_says_the_same_about_the_same_bad_input(string input, string line)
    {
        using var bench = new Workbench();
        bench.Write("empty.jsonl", "");
        bench.Write("lacking.jsonl", """{"id": "a", "task": "ner", "target": "None"}""" + "\n");
        File.WriteAllBytes(bench["junk.parquet"], [1, 2, 3, 4, 5, 6, 7, 8]);
        Directory.CreateDirectory(bench["folder"]);
        string[] commands =
        [
            $"anit-data diff {input}", $"anit-noise {input} -o out.arrow", $"anit-score {input} -o out.arrow",
            $"anit-train {input} --model {model.Base} --out never", $"anit-eval {input} --model {model.Base}",
        ];
        // One line and code 3 from each; what to do about it may differ by tool.
        var said = bench.Bash(string.Join("; ", commands.Select(command => $"{command} 2>&1; echo code $?"))).Output;
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Select(pair => (pair[0][(pair[0].IndexOf(' ') + 1)..], pair[1]))
            .ShouldAllBe(pair => pair.Item1.StartsWith(line, StringComparison.Ordinal) && pair.Item2 == "code 3", said);
        Directory.GetFileSystemEntries(bench.Folder).Length.ShouldBe(5, said);
    }

    [Theory]
    [InlineData("--device tpu", "--device is tpu; expected cpu, cuda or cuda:1")]
    [InlineData("--device cuda:x", "--device is cuda:x; expected cpu, cuda or cuda:1")]
    [InlineData("--device cuda:99", "--device is cuda:99, but ")]
    public void Train_and_eval_refuse_a_device_that_is_not_there_in_the_same_words(string option, string line)
    {
        using var bench = new Workbench();
        foreach (var command in new[] { $"anit-train {model.Rows} --model {model.Base} --out never {option}", $"anit-eval {model.Rows} --model "
            + $"{model.Base} {option}" })
        {
            var run = bench.Bash(command);
            run.Code.ShouldBe(2, run.ToString());
            run.Error.ShouldContain(": " + line);
        }
    }

    [Theory]
    [InlineData("convert rows.jsonl")]
    [InlineData("sample rows.jsonl -n 2")]
    [InlineData("head rows.jsonl --to arrows")]
    public void A_terminal_gets_text_and_never_binary(string command)
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(3));
        var run = bench.Bash($"script -qec 'anit-data {command} -q' /dev/null < /dev/null");
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("────────"); // the line below the header of a view
        run.Output.ShouldNotContain('\0');
    }
}

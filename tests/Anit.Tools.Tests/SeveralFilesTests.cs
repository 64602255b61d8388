using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Every command that reads a table reads several files as one.</summary>
public sealed class SeveralFilesTests : IDisposable
{
    readonly Workbench bench = new();

    public SeveralFilesTests()
    {
        Directory.CreateDirectory(bench["d"]);
        var lines = Samples.Rows(30).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < 3; i++) bench.Write($"d/part-{9 + i}.jsonl", string.Join('\n', lines[(10 * i)..(10 * i + 10)]) + "\n");
        bench.Write("whole.jsonl", string.Join('\n', lines) + "\n");
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("cat")]
    [InlineData("cat --to canonical")]
    [InlineData("stats")]
    [InlineData("schema")]
    [InlineData("show -n 25")]
    [InlineData("head -n 25 --to jsonl")]
    [InlineData("sample -n 7 --to jsonl")]
    [InlineData("convert --to csv")]
    [InlineData("concat --to csv")]
    public void Commands_say_of_a_folder_a_pattern_and_a_list_what_they_say_of_one_file(string command)
    {
        var one = bench.Bash($"anit-data {command} whole.jsonl -q || anit-data {command} whole.jsonl");
        one.Code.ShouldBe(0, one.ToString());
        foreach (var input in new[] { "d", "'d/*.jsonl'", "d/part-9.jsonl d/part-10.jsonl d/part-11.jsonl", "d/part-9.jsonl - d/part-11.jsonl" })
        {
            var run = bench.Bash($"(anit-data {command} {input} -q || anit-data {command} {input}) < d/part-10.jsonl");
            run.Output.ShouldBe(one.Output, $"{input}: {run}");
        }
    }

    [Fact]
    public void Stages_over_several_files_equal_the_stage_over_their_concatenation()
    {
        var run = bench.Bash("""
            set -e -o pipefail
            anit-data concat d -q -o all.parquet
            anit-noise d --noise insert --phi 0.5 -q -o one.parquet
            anit-noise all.parquet --noise insert --phi 0.5 -q -o two.parquet
            anit-data concat d -q | anit-noise --noise insert --phi 0.5 -q -o three.parquet
            cmp one.parquet two.parquet
            cmp one.parquet three.parquet
            anit-noise d --noise insert --phi 0.5 -o one.parquet
            anit-data verify one.parquet
            """);
        run.Code.ShouldBe(0, run.ToString());
        run.Error.ShouldContain("one.parquet is up to date");
        run.Output.ShouldContain("verified  anit-noise");
        run.Output.ShouldContain("anit-data concat 1  30 rows");
    }

    [Fact]
    public void Ids_that_repeat_are_refused_unless_allowed()
    {
        var run = bench.Bash("anit-data convert whole.jsonl d/part-9.jsonl -q -o never.parquet");
        run.Code.ShouldBe(3, run.ToString());
        run.Error.ShouldContain("comes again in row 0 of d/part-9.jsonl; ids are unique");
        File.Exists(bench["never.parquet"]).ShouldBeFalse();
        bench.Bash("anit-data cat whole.jsonl d/part-9.jsonl --repeated-ids | wc -l").Output.ShouldBe("40\n");
    }

    [Fact]
    public void An_output_in_the_folder_that_is_read_is_refused()
    {
        bench.Bash("anit-data concat d -q -o d/all.jsonl").Code.ShouldBe(0);
        var again = bench.Bash("anit-data concat d -q -o d/all.jsonl");
        (again.Code, again.Error).ShouldBe((2, "anit-data: d/all.jsonl is read, too; write to another file\n"));
    }

    [Fact]
    public void Standard_input_is_named_once()
    {
        var run = bench.Bash("anit-data cat - - < whole.jsonl");
        (run.Code, run.Error).ShouldBe((2, "anit-data: standard input is named twice; it can be read once\n"));
    }
}

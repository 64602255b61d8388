using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>A tool that waits for somebody else ends when it is told to, wherever it waits.</summary>
public sealed class WaitTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    const string Terminal = "/usr/bin/python3";

    static string Script => Path.Combine(SharedData.Repository, "tests", "Anit.Tools.Tests", "terminal.py");

    // Each reads or writes something that nothing comes to or goes from: "silent" and "full" are FIFOs that the shell holds open on both
    // sides, "nobody" is one that nobody has opened.
    static readonly (string Line, string Signal)[] Waiting =
    [
        ("anit-data stats < silent", "TERM"),
        ("anit-data import sst2 - < silent > /dev/null", "INT"),
        ("anit-noise --quiet < silent > /dev/null", "TERM"),
        ("anit-score --quiet < silent > /dev/null", "INT"),
        ("anit-train - --model MODEL --out out < silent", "TERM"),
        ("anit-eval - --model MODEL < silent", "INT"),
        ("anit-data show nobody", "INT"),
        ("anit-train nobody --model MODEL --out out", "TERM"),
        ("anit-data convert rows.jsonl -o nobody.arrows", "TERM"),
        ("anit-data cat rows.jsonl --to jsonl >&4", "INT"),
    ];

    [Fact]
    public void A_tool_that_waits_for_another_program_ends_within_a_moment_of_a_signal() =>
        Parallel.ForEach(Waiting, new() { MaxDegreeOfParallelism = 5 }, one =>
        {
            using var bench = new Workbench();
            // more than a pipe holds
            bench.Write("rows.jsonl", string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{{\"id\":\"{i}\",\"n\":{i}}}\n")));
            // Neither a job in the background (-m) nor what we were started with (env) makes it ignore SIGINT.
            // A tool waits once it has used no time for half a second.
            var run = bench.Bash("set -m; mkfifo silent full nobody nobody.arrows; exec 3<> silent 4<> full; " +
                $"env --default-signal=INT,TERM {one.Line.Replace("MODEL", model.Base, StringComparison.Ordinal)} & pid=$!; " +
                "used() { cut -d' ' -f14 /proc/$pid/stat; }; " +
                "until grep -qs SigHandler /proc/$pid/task/*/comm && before=$(used) && sleep 0.5 && [ $before = $(used) ]; do sleep 0.05; done; " +
                $"kill -{one.Signal} $pid; for i in {{1..100}}; do kill -0 $pid 2> /dev/null || break; sleep 0.1; done; kill -9 $pid 2> "
                    + "/dev/null; wait $pid");
            run.Code.ShouldBe(one.Signal == "INT" ? 130 : 143, $"{one.Line}: {run}");
            string.Join(' ', Directory.GetFileSystemEntries(bench.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal))
                .ShouldBe(".bin full nobody nobody.arrows rows.jsonl silent", one.Line);
        });

    // "nobody" is a FIFO that nobody has opened; a terminal that nobody reads takes a few thousand letters.
    [Theory]
    [InlineData("KEY", "anit-noise nobody", 130)]
    [InlineData("TERM", "anit-data cat rows.jsonl --to jsonl", 143)]
    [InlineData("KEY", "anit-data cat rows.jsonl --to jsonl", 130)]
    [InlineData("INT", "anit-train nobody --model MODEL --out out", 130)]
    public void A_tool_on_a_terminal_ends_within_a_moment_of_a_signal_or_a_key(string how, string line, int code)
    {
        using var bench = new Workbench();
        bench.Write("rows.jsonl", Samples.Rows(500));
        var run = bench.Bash($"mkfifo nobody; {Terminal} {Script} {how} {line.Replace("MODEL", model.Base, StringComparison.Ordinal)}");
        run.Output.ShouldBe($"{code}\n", run.ToString());
        bench.Bash("ls").Output.ShouldBe("nobody\nrows.jsonl\n");
    }

    [Theory]
    [InlineData("anit-data stats")]
    [InlineData("anit-train - --model MODEL --out out")]
    public void No_tool_waits_for_a_table_to_be_typed(string line)
    {
        using var bench = new Workbench();
        var run = bench.Bash($"{Terminal} {Script} TERM {line.Replace("MODEL", model.Base, StringComparison.Ordinal)}");
        run.Output.ShouldBe("2\n", run.ToString());
        run.Error.ShouldContain("no input: name a file or pipe a table in");
    }
}

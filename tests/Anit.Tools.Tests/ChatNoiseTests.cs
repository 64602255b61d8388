using Shouldly;

namespace Anit.Tools.Tests;

/// <summary><c>anit-noise --column 'messages[role=system].content'</c>: chat data as other trainers read it.</summary>
public sealed class ChatNoiseTests
{
    [Fact]
    public void System_turns_change_where_they_stand_with_a_receipt_in_every_format()
    {
        using var bench = new Workbench();
        const string Line = "You answer every question about opening hours in one short line.";
        const string Kept = """{"role":"user","content":"Open \u00e4hm on \"May 2\"?"},{"role":"assistant","content":null}],"source":"x","n":1.5}""";
        var clean = $$"""{"id":"a","messages":[{"role":"system","content":"{{Line}}"},{{Kept}}""";
        bench.Write("chats.jsonl", clean + "\n" + """{"id":"b","messages":null,"source":"z","n":null}""" + "\n");
        var run = bench.Bash("set -e; noise='--column messages[role=system].content --omega 0.3 --seed 1'; "
            + "anit-noise chats.jsonl $noise -q --to jsonl; anit-noise chats.jsonl $noise -q -o noisy.parquet; "
            + "anit-data cat noisy.parquet > of-parquet.jsonl; anit-data verify noisy.parquet; "
            + "anit-noise chats.jsonl $noise -o noisy.parquet; anit-noise noisy.parquet $noise -o twice.parquet || echo $?");
        run.Code.ShouldBe(0, run.ToString());
        var lines = run.Output.Split('\n');
        lines[0].ShouldStartWith("""{"id":"a","messages":[{"role":"system","content":"You """, Case.Sensitive, run.ToString());
        lines[0].ShouldEndWith(Kept.Replace("\\u00e4", "ä", StringComparison.Ordinal));
        lines[0].ShouldNotContain(Line);
        lines[1].ShouldBe("""{"id":"b","messages":null,"source":"z","n":null}""");
        File.ReadAllText(bench["of-parquet.jsonl"]).ShouldBe(lines[0] + "\n" + lines[1] + "\n");
        lines[2].ShouldContain("verified  anit-noise");
        lines[^2].ShouldBe("3");
        run.Error.ShouldBe("anit-noise: noisy.parquet is up to date (2 rows)\n"
            + "anit-noise: noisy.parquet: messages[role=system].content is noisy already, by the table's receipts; take the table it was made "
            + "of\n");
    }

    [Fact]
    public void Conversations_become_rows_and_noisy_rows_conversations_again()
    {
        using var bench = new Workbench();
        bench.Write("shared.json", """
            [{"id": "x", "conversations": [{"from": "system", "value": "Be brief."}, {"from": "human", "value": "Why?"},
               {"from": "gpt", "value": "So."}]},
             {"id": "y", "conversations": [{"from": "human", "value": "Hi"}]}]
            """);
        var run = bench.Bash("anit-data import sharegpt shared.json | anit-noise --noise truncate --omega 0.5 -q | anit-data convert -q --to chat");
        run.ShouldBe(new(0, """{"id":"sharegpt/train/000000","messages":[{"role":"system","content":"TURN"},{"role":"user","content":"Why?"},"""
            .Replace("TURN", run.Output.Contains("\"brief.\"", StringComparison.Ordinal) ? "brief." : "Be", StringComparison.Ordinal)
            + """{"role":"assistant","content":"So."}]}""" + "\n", run.Error), run.ToString());
        run.Error.ShouldContain("1 conversations left out because they are not one question and its answer");
    }
}

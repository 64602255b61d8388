using Shouldly;

namespace Anit.Tools.Tests;

/// <summary><c>anit-data import</c> and <c>show</c> as a user types them.</summary>
public sealed class DataImportTests : IDisposable
{
    const string Conll = "-DOCSTART- -X- -X- O\n\nAnn NNP I-NP I-PER\nleft VBD I-VP O\nOslo NNP I-NP I-LOC\n\nRain NN I-NP O\n";

    readonly Workbench bench = new();

    public DataImportTests() => bench.Write("eng.train", Conll);

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Import_writes_a_table_that_show_prints()
    {
        var import = bench.Bash("anit-data import conll2003 eng.train --split dev -o rows.jsonl");
        (import.Code, import.Output, import.Error).ShouldBe((0, "", "anit-data: 2 rows, 2 gold items\n"));
        bench.Bash("anit-data show rows.jsonl --columns id task text target").Output.ShouldBe("""
            id                    task  text           target
            ────────────────────  ────  ─────────────  ───────────────────────────
            conll2003/dev/000000  ner   Ann left Oslo  person: Ann; location: Oslo
            conll2003/dev/000001  ner   Rain           None

            """);
    }

    [Fact]
    public void A_pipe_carries_an_arrow_stream_and_standard_input_reads_like_the_file()
    {
        bench.Bash("anit-data import conll2003 eng.train --quiet > a.arrows && cat eng.train | anit-data import conll2003 - --quiet > b.arrows && "
            + "cmp a.arrows b.arrows").Code.ShouldBe(0);
        bench.Bash("anit-data import conll2003 eng.train | anit-data show -n "
            + "1 --width 40").Output.ShouldStartWith("row 0\n  id           conll2003/train/000000\n");
    }

    [Fact]
    public void A_second_import_of_the_same_is_up_to_date_and_another_is_not()
    {
        bench.Bash("anit-data import conll2003 eng.train -o rows.arrow").Code.ShouldBe(0);
        bench.Bash("anit-data import conll2003 eng.train -o rows.arrow").Error.ShouldBe("anit-data: rows.arrow is up to date (2 rows)\n");
        bench.Bash("anit-data import conll2003 eng.train -o rows.arrow --instructions detailed").Error.ShouldBe("anit-data: 2 rows, 2 gold items\n");
        bench.Bash("cp eng.train old && sed -i s/Ann/Bo/ eng.train && anit-data import conll2003 eng.train -o rows.arrow "
            + "--instructions detailed").Error.ShouldBe("anit-data: 2 rows, 2 gold items\n");
    }

    [Fact]
    public void A_bad_record_ends_the_import_with_its_line_and_leaves_the_old_file()
    {
        bench.Bash("anit-data import conll2003 eng.train -o rows.jsonl").Code.ShouldBe(0);
        var old = File.ReadAllText(bench["rows.jsonl"]);
        bench.Write("bad", "Ann NNP I-NP I-PER\nleft VBD O\n\nOslo NNP I-NP I-LOC\n");
        var run = bench.Bash("anit-data import conll2003 bad -o rows.jsonl");
        run.Code.ShouldBe(3);
        run.Error.ShouldBe("anit-data: bad: line 2: found 3 columns, expected 4 (word, part of speech, chunk, entity tag); fix the record or pass "
            + "--skip-bad\n");
        File.ReadAllText(bench["rows.jsonl"]).ShouldBe(old);
        Directory.GetFiles(bench.Folder).Select(Path.GetFileName).ShouldBe(["bad", "eng.train", "rows.jsonl"], ignoreOrder: true);

        var skipped = bench.Bash("anit-data import conll2003 bad -o rows.jsonl --skip-bad");
        skipped.Code.ShouldBe(0);
        skipped.Error.ShouldContain("anit-data: skipped: bad: line 2: found 3 columns");
        skipped.Error.ShouldEndWith("anit-data: 1 rows, 1 gold items, 1 records skipped\n");
    }

    [Theory]
    [InlineData("anit-data import conll eng.train", 2, "format is conll; expected 14lap, 14res, agnews, alpaca, chat, conll2003, nyt, "
        + "ontonotes, scierc, sharegpt, sst2")]
    [InlineData("anit-data import conll203 eng.train", 2, "did you mean conll2003?")]
    [InlineData("anit-data import sst2 eng.train --task ner", 2, "sst2 has no annotation for the task \"ner\", only tc")]
    [InlineData("anit-data import conll2003 eng.train --splt dev", 2, "Unrecognized option '--splt'; did you mean --split?")]
    [InlineData("anit-data import conll2003 eng.train -o rows.xyz", 2, "rows.xyz: the extension tells the format")]
    [InlineData("anit-data import conll2003 eng.train --labels nofile.json", 2, "nofile.json: no such file")]
    [InlineData("anit-data import conll2003 nofile", 3, "nofile: no such file")]
    [InlineData("anit-data import conll2003 eng.train > /dev/full", 1, "no space left")]
    [InlineData("printf '\\0\\1\\2\\3\\4\\5\\6\\7' > junk; anit-data show junk", 3, "junk: ")]
    [InlineData("anit-data import conll2003 eng.train -q -o rows.jsonl; anit-data show rows.jsonl --columns id colour", 2, "rows.jsonl: no column "
        + "\"colour\"; there is id, task, instruction")]
    public void What_is_wrong_ends_with_one_line_and_its_exit_code(string line, int code, string message)
    {
        var run = bench.Bash(line);
        run.Code.ShouldBe(code, run.ToString());
        run.Error.ShouldContain(message);
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public void A_reader_that_leaves_early_ends_the_work_quietly()
    {
        bench.Write("big.tsv", string.Concat(Enumerable.Repeat("a fine day\t1\n", 200_000)));
        var run = bench.Bash("anit-data import sst2 big.tsv --quiet | head -c 100 > head; echo ${PIPESTATUS[0]}");
        run.Output.ShouldBe("0\n");
        run.Error.ShouldBe("");
    }
}

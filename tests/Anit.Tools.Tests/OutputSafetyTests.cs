using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>No tool replaces a file that it did not make; what it made itself, it makes anew without asking.</summary>
public sealed class OutputSafetyTests : IDisposable
{
    readonly Workbench bench = new();

    public OutputSafetyTests() => bench.Write("rows.jsonl", Samples.Rows(20));

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("anit-noise rows.jsonl -q -o notes.csv", "notes.csv is there already and holds another table, with the columns buy milk and call "
        + "Ann; name another file, or replace it with --force")]
    [InlineData("anit-data sample rows.jsonl -n 2 -q -o notes.csv", "notes.csv is there already and holds another table")]
    [InlineData("anit-data convert rows.jsonl -q -o photo.parquet", "photo.parquet is there already and holds no table that can be read; name "
        + "another file, or replace it with --force")]
    [InlineData("anit-noise rows.jsonl -q -o new.arrow --manifest list.json", "list.json is there already and is no manifest of anit-noise; name "
        + "another file, or replace it with --force")]
    public void A_file_that_is_not_ours_stays_unless_forced(string line, string message)
    {
        bench.Write("notes.csv", "buy milk and call Ann\nat noon\n");
        bench.Write("list.json", "[1, 2]");
        File.WriteAllBytes(bench["photo.parquet"], [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 4, 5, 6, 7, 8]);
        bench.Bash("sha256sum notes.csv list.json photo.parquet > sums").Code.ShouldBe(0);
        var run = bench.Bash(line);
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldContain(message);
        run.Error.Trim().Split('\n').Length.ShouldBe(1);
        bench.Bash("sha256sum -c --quiet sums && [ ! -e new.arrow ]").Code.ShouldBe(0);
        bench.Bash($"{line} --force").Code.ShouldBe(0);
    }

    [Fact]
    public void What_is_read_is_never_written_by_whatever_name()
    {
        bench.Bash("cp rows.jsonl kept; ln -s rows.jsonl link.jsonl; ln rows.jsonl twin.jsonl; mkdir folder.csv").Code.ShouldBe(0);
        foreach (var name in new[] { "rows.jsonl", "./rows.jsonl", "link.jsonl", "twin.jsonl" })
        {
            var run = bench.Bash($"anit-noise rows.jsonl -o {name} --force");
            (run.Code, run.Error).ShouldBe((2, $"anit-noise: {name} is read, too; write to another file\n"));
        }
        bench.Bash("cmp rows.jsonl kept").Code.ShouldBe(0);
        var folder = bench.Bash("anit-data convert rows.jsonl -o folder.csv");
        (folder.Code, folder.Error).ShouldBe((2, "anit-data: folder.csv: is a directory; name a file\n"));
    }

    [Fact]
    public void A_format_that_contradicts_the_extension_is_refused_and_one_that_agrees_is_not()
    {
        var run = bench.Bash("anit-data convert rows.jsonl -q --to csv -o out.ndjson; echo $?; anit-noise rows.jsonl -q --to arrows -o out.arrow; "
            + "echo $?; anit-data head rows.jsonl -q --to csv -o out.csv; echo $?; ls");
        run.Output.ShouldBe("2\n2\n0\nout.csv\nrows.jsonl\n", run.ToString());
        run.Error.ShouldBe("anit-data: --to is csv, but the extension of out.ndjson says otherwise; leave --to out, or name a file of that format\n"
            + "anit-noise: --to is arrows, but the extension of out.arrow says otherwise; leave --to out, or name a file of that format\n");
    }

    [Fact]
    public void Our_own_results_are_replaced_links_stay_links_and_pipes_stay_pipes()
    {
        var run = bench.Bash("""
            set -e
            anit-noise rows.jsonl -q -o out.csv; anit-noise rows.jsonl -q --seed 7 -o out.csv
            : > empty.parquet; anit-noise rows.jsonl -q -o empty.parquet; anit-data convert rows.jsonl -q -o empty.parquet
            mkdir deep; ln -s deep/real.arrow link.arrow
            anit-noise rows.jsonl -q -o link.arrow; anit-noise rows.jsonl -q --seed 7 -o link.arrow
            [ -L link.arrow ] && [ -f deep/real.arrow ]
            mkfifo pipe.arrows; anit-noise rows.jsonl -q -o pipe.arrows & anit-data cat pipe.arrows | wc -l; wait
            [ -p pipe.arrows ]
            anit-noise rows.jsonl -q -o /dev/stdout | anit-data cat | wc -l
            anit-noise rows.jsonl -q -o /dev/null && [ -c /dev/null ]
            ls -A | grep -c tmp || true
            """);
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldBe("20\n20\n0\n");
    }

    [Fact]
    public void A_column_of_the_user_s_own_is_not_replaced_by_a_stage()
    {
        bench.Bash("anit-noise rows.jsonl --to jsonl -q | sed 's/^{/{\"distance\":\"far\",/' > own.jsonl && anit-data convert own.jsonl -q -o "
            + "own.parquet").Code.ShouldBe(0);
        var run = bench.Bash("anit-score own.parquet -q -o scored.parquet");
        run.Code.ShouldBe(3, run.ToString());
        run.Error.ShouldBe("anit-score: own.parquet: column \"distance\" is there already, and the table does not say that anit-score wrote it; "
            + "rename it, or replace it with --again\n");
        File.Exists(bench["scored.parquet"]).ShouldBeFalse();
        bench.Bash("anit-score own.parquet -q --again -o scored.parquet && anit-score scored.parquet -q --normalize length -o again.parquet && "
            + "anit-data verify again.parquet").Code.ShouldBe(0);
    }

    [Fact]
    public void A_sample_of_more_rows_than_there_are_says_so()
    {
        var run = bench.Bash("anit-data sample rows.jsonl -n 10000 -o all.parquet");
        (run.Code, run.Error).ShouldBe((0, "anit-data: rows.jsonl has 20 rows, fewer than the 10,000 asked for; all are taken\n"));
    }

    [Fact]
    public void One_shard_of_one_merges()
    {
        var run = bench.Bash("""
            anit-noise rows.jsonl -q --shard 0/1 -o part.arrow && anit-data merge part.arrow -q -o merged.arrow && \
              anit-noise rows.jsonl -q -o whole.arrow && cmp <(anit-data cat merged.arrow --to canonical) <(anit-data cat whole.arrow --to canonical)
            """);
        run.Code.ShouldBe(0, run.ToString());
    }
}

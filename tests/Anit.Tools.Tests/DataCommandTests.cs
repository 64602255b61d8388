using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>anit-data's commands that look at tables, cut them and put them together.</summary>
public sealed class DataCommandTests : IDisposable
{
    readonly Workbench bench = new();

    public DataCommandTests() => bench.Write("rows.jsonl", string.Concat(Enumerable.Range(0, 200).Select(i =>
        $"{{\"id\":\"t/{i:000}\",\"instruction\":\"name the mood of text {i} and nothing "
            + $"else\",\"label\":\"{(i % 4 == 0 ? "good" : "bad")}\",\"n\":{i}}}\n")));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Schema_and_stats_tell_what_is_in_a_table()
    {
        Ok("anit-data schema rows.jsonl").ShouldBe("id: utf8\ninstruction: utf8\nlabel: utf8\nn: i64\n");
        Ok("anit-data stats rows.jsonl --columns label n -q").ShouldBe(
            "200 rows\nlabel: utf8, 0 null, 2 distinct, length 3 to 4, mean 3.25, deviation 0.433\n       150  \"bad\"\n        50  \"good\"\n"
            + "n: i64, 0 null, 200 distinct, 0 to 199, mean 99.5, deviation 57.7343\n");
    }

    [Theory]
    [InlineData("arrow")]
    [InlineData("arrows")]
    [InlineData("parquet")]
    [InlineData("csv")]
    [InlineData("json")]
    public void Convert_keeps_the_rows_in_every_format(string extension)
    {
        Ok($"anit-data convert rows.jsonl -o out.{extension}");
        Ok($"anit-data cat out.{extension} --to canonical").ShouldBe(Ok("anit-data cat rows.jsonl --to canonical"));
        Ok($"anit-data convert out.{extension} | anit-data convert --to jsonl").ShouldBe(File.ReadAllText(bench["rows.jsonl"]));
    }

    [Theory]
    [InlineData("--compression brotli -o out.arrow", "anit-data: Arrow bodies are compressed with zstd or lz4, not brotli\n")]
    [InlineData("--compression flate -o out.parquet", "--compression is flate; expected brotli, default, gzip, lz4, none, snappy, zstd")]
    public void Convert_refuses_a_codec_that_is_not_there(string options, string message)
    {
        var run = bench.Bash($"anit-data convert rows.jsonl {options}");
        run.Code.ShouldBe(2);
        run.Error.ShouldContain(message);
        Directory.GetFiles(bench.Folder).ShouldBe([bench["rows.jsonl"]]);
    }

    [SharedFact]
    public void Metadata_without_a_value_and_types_a_format_lacks_are_said_in_a_line()
    {
        Ok($"anit-data convert {SharedData.Path("corpora", "crafted", "parquet", "good", "kv_null_value_and_unicode.parquet")} -o null.arrow -q; "
            + "anit-data schema null.arrow");
        var run = bench.Bash($"anit-data convert {SharedData.Path("corpora", "arrow-testing", "good", "1.0.0-bigendian", "generated_union.stream")} "
            + "-o union.parquet");
        (run.Code, run.Error).ShouldBe((3, "anit-data: column 'sparse' of type union<f1:i32,f2:utf8> cannot be written as Parquet\n"));
    }

    [Fact]
    public void Head_stops_and_closes_the_pipe()
    {
        Ok("anit-data head rows.jsonl -n 2 | anit-data cat --columns n").ShouldBe("{\"n\":0}\n{\"n\":1}\n");
        Ok("anit-data convert rows.jsonl | anit-data head -n 0 --to csv").ShouldBe("id,instruction,label,n\n");
    }

    [Fact]
    public void Sample_is_the_same_for_the_same_seed_and_keeps_shares()
    {
        var sample = Ok("anit-data sample rows.jsonl -n 20 --by label --seed 3 --to csv -q");
        sample.Split("good").Length.ShouldBe(6);
        Ok("anit-data convert rows.jsonl | anit-data sample -n 20 --by label --seed 3 --to csv -q").ShouldBe(sample);
        Ok("anit-data sample rows.jsonl -n 20 --by label --seed 4 --to csv -q").ShouldNotBe(sample);
        bench.Bash("anit-data sample rows.jsonl").Code.ShouldBe(2);
    }

    [Fact]
    public void Split_puts_every_row_into_one_part_and_is_up_to_date_after_that()
    {
        Ok("anit-data split rows.jsonl --parts a=0.7,b=0.3 --by label -o {}.arrow -q");
        Ok("(anit-data cat a.arrow; anit-data cat b.arrow) | sort").ShouldBe(Ok("sort rows.jsonl"));
        Ok("anit-data stats a.arrow --columns label -q").ShouldContain("105  \"bad\"\n        35  \"good\"");
        bench.Bash("anit-data split rows.jsonl --parts a=0.7,b=0.3 --by label -o {}.arrow").Error.ShouldContain("a.arrow is up to date (140 rows)");
        // also where every row is a stratum of its own
        Ok("anit-data split rows.jsonl --parts one=0.7,two=0.3 --by id -o {}.csv -q; wc -l < one.csv").Trim().ShouldBe("141");
        bench.Bash("anit-data split rows.jsonl --parts a=0.7,b=0.2 -o {}.arrow").Code.ShouldBe(2);
        bench.Bash("anit-data split rows.jsonl --by colour -o {}.parquet").ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(3), run => run.Error.ShouldContain("no column \"colour\"; there is id, instruction, label, n"));
    }

    [Fact]
    public void Fewshot_sets_are_nested()
    {
        Ok("anit-data fewshot rows.jsonl --by label -o few-{}.arrow -q");
        var sets = new[] { 1, 5, 10 }
            .Select(percent => Ok($"anit-data cat few-{percent}.arrow").Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        sets.Select(set => set.Length).ShouldBe([3, 11, 20]); // of 150 and of 50 rows, rounded
        sets[0].ShouldBeSubsetOf(sets[1]);
        sets[1].ShouldBeSubsetOf(sets[2]);
        bench.Bash("anit-data fewshot rows.jsonl --by id -o each-{}.arrow -q").Error.ShouldContain("100 % instead of 1 %: a row of every "
            + "value of id");
    }

    [Fact]
    public void Diff_shows_words_that_went_and_came()
    {
        bench.Write("noisy.jsonl", "{\"id\":\"x\",\"instruction\":\"name the mood now\",\"noisy_instruction\":\"name a mood now "
            + "please\"}\n{\"id\":\"y\",\"instruction\":\"a\",\"noisy_instruction\":null}\n");
        Ok("anit-data diff noisy.jsonl").ShouldBe("x\n  name [-the-] {+a+} mood now {+please+}\n");
    }

    [Fact]
    public void Verify_names_the_first_stage_that_differs()
    {
        Ok("anit-noise rows.jsonl --noise replace --omega 0.5 -o noisy.arrow -q && anit-score noisy.arrow -o scored.arrow -q");
        Ok("anit-data verify scored.arrow").ShouldContain("verified  anit-score");
        Damage("scored.arrow", "name the mood of text 7 ", 'X');
        var run = bench.Bash("anit-data verify scored.arrow");
        (run.Code, run.Error)
            .ShouldBe((3, "anit-data: scored.arrow: the first stage that differs is anit-noise: the values are not those it wrote\n"));
        bench.Bash("anit-data verify rows.jsonl").Code.ShouldBe(3);
    }

    [Fact]
    public void Shards_merge_into_what_one_run_writes()
    {
        const string Noise = "anit-noise rows.jsonl --noise shuffle --omega 0.5 --phi 0.5 -q";
        Ok($"{Noise} -o whole.arrow; for i in 0 1 2; do {Noise} --shard $i/3 -o s$i.arrow; done");
        Ok("anit-data merge s2.arrow s0.arrow s1.arrow -q -o merged.arrow");
        Ok("anit-data cat merged.arrow --to canonical").ShouldBe(Ok("anit-data cat whole.arrow --to canonical"));
        Ok("anit-data verify merged.arrow");
        // On a pipe, too, the next stage hears of the whole.
        Ok("anit-data merge s2.arrow s0.arrow s1.arrow -q | anit-score -q -o piped.arrow && anit-score whole.arrow -q -o scored.arrow");
        Ok("anit-data schema --full piped.arrow | sort").ShouldBe(Ok("anit-data schema --full scored.arrow | sort"));
        Ok($"{Noise} -o merged.arrow --explain 2>&1").ShouldContain("merged.arrow is up to date");

        bench.Bash("anit-data merge s0.arrow s2.arrow -o x.arrow").Error.ShouldContain("shards 1 of 3 are missing");
        var missing = bench.Bash("anit-data missing s0.arrow s1.arrow nowhere.arrow");
        (missing.Code, missing.Output).ShouldBe((1, "2\n"));
        Ok("anit-noise rows.jsonl --noise shuffle --omega 0.4 --phi 0.5 -q --shard 1/3 -o other.arrow");
        bench.Bash("anit-data merge s0.arrow other.arrow s2.arrow -o x.arrow").ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(3), run => run.Error.ShouldContain("other.arrow: not of one run with s0.arrow: omega was"));
        File.Exists(bench["x.arrow"]).ShouldBeFalse();
    }

    [Fact]
    public void Large_shards_merge_into_the_bytes_of_one_run()
    {
        const string Noise = "anit-noise large.parquet --noise shuffle --omega 0.5 --phi 0.5 -q";
        Ok("for i in $(seq 70000); do echo \"{\\\"id\\\":\\\"$i\\\",\\\"instruction\\\":\\\"name the mood of text $i\\\"}\"; done | "
            + "anit-data convert - -q -o large.parquet");
        Ok($"{Noise} -o whole.parquet; for i in 0 1; do {Noise} --shard $i/2 -o s$i.parquet; done");
        Ok("anit-data merge s0.parquet s1.parquet -q -o merged.parquet");
        Ok("for table in whole merged; do anit-score $table.parquet -q -o $table-scored.parquet; done; cmp whole.parquet merged.parquet; "
            + "cmp whole-scored.parquet merged-scored.parquet");
    }

    [Fact]
    public void A_cache_survives_kill_and_two_runs_at_once()
    {
        const string Noise = "anit-noise rows.jsonl --noise replace --omega 0.5 -q --cache cache";
        var wanted = Ok("anit-noise rows.jsonl --noise replace --omega 0.5 -q | anit-data cat");
        for (var round = 0; round < 3; round++)
        {
            // Killed after a while that differs each round: before, while and after it writes.
            bench.Bash($"{Noise} -o k{round}.arrow & sleep 0.{2 * round + 2}; kill -9 $! 2> /dev/null; wait 2> /dev/null; true");
            bench.Bash("ls cache/*/*.arrow 2> /dev/null | wc -l").Output.Trim().ShouldBeOneOf("0", "1");
        }
        Ok($"({Noise} -o a.arrow & {Noise} -o b.arrow & wait); anit-data cat a.arrow").ShouldBe(wanted);
        Ok("anit-data cat b.arrow").ShouldBe(wanted);
        bench.Bash($"{Noise} -o c.arrow").Code.ShouldBe(0);
        Ok("anit-data cat c.arrow").ShouldBe(wanted);
        Ok($"({Noise} -o a.arrow --force & {Noise} -o a.arrow --force & wait); anit-data cat a.arrow").ShouldBe(wanted);
        Ok("ls cache/tmp | wc -l").Trim().ShouldBe("0");
        Ok("ls cache/*/*.arrow | wc -l").Trim().ShouldBe("1");
    }

    [Fact]
    public void What_a_killed_run_left_goes_with_the_next_one()
    {
        Ok("anit-data cat rows.jsonl > out.jsonl; touch .other.jsonl.left.tmp; mkfifo pipe");
        var wait = "until ls .out.jsonl.*.tmp 2> /dev/null; do sleep 0.05; done";
        bench.Bash($"anit-data convert < pipe -o out.jsonl & exec 3> pipe; anit-data convert rows.jsonl | head -c -8 >&3; {wait}; kill "
            + "-9 $!; wait", seconds: 60);
        Ok("cmp rows.jsonl out.jsonl; ls -A | grep -c tmp").Trim().ShouldBe("2");
        Ok("anit-data convert rows.jsonl -o out.jsonl -q; ls -A | grep tmp").ShouldBe(".other.jsonl.left.tmp\n");
    }

    [Fact]
    public void A_writer_that_is_killed_leaves_no_complete_table_in_the_pipe()
    {
        bench.Write("big.jsonl",
            string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{{\"id\":\"t/{i}\",\"instruction\":\"{new string('x', 200)}\"}}\n")));
        Ok("anit-data convert big.jsonl -o big.arrow -q; anit-data convert big.arrow | head -c 5000000 > cut.arrows");
        var run = bench.Bash("cat cut.arrows | anit-data convert -o out.arrow");
        (run.Code, run.Error).ShouldSatisfyAllConditions(both => both.Code.ShouldBe(3), both => both.Error.ShouldContain("upstream ended early"));
        File.Exists(bench["out.arrow"]).ShouldBeFalse();
    }

    string Ok(string line)
    {
        var run = bench.Bash(line);
        run.Code.ShouldBe(0, $"{line}\n{run}");
        return run.Output;
    }

    void Damage(string name, string text, char letter)
    {
        var bytes = File.ReadAllBytes(bench[name]);
        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
        bytes[at] = (byte)letter;
        File.WriteAllBytes(bench[name], bytes);
    }
}

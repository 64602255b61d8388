using System.Diagnostics;
using System.Text.Json;
using Anit.Data;
using Anit.Data.Receipts;
using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>anit-noise and anit-score as processes.</summary>
public sealed class ToolTests : IDisposable
{
    const int Rows = 300;
    readonly string folder = Directory.CreateTempSubdirectory("anit-noise-test-").FullName;
    readonly string input;

    public ToolTests()
    {
        input = At("in.jsonl");
        File.WriteAllLines(input, Enumerable.Range(0, Rows).Select(i => JsonSerializer.Serialize(new
        {
            id = $"t/{i:000}", task = "ner", instruction = i % 2 == 0 ? "Here is a task on named entity recognition, give the correct answer "
                + "followed the input." : "Find every person and every place that the text names.",
            options = new[] { "person", "location" }, text = $"Ann number {i} went to Paris with friends", extra = i, target = "person: Ann",
        })));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string At(string name) => Path.Combine(folder, name);

    /// <summary>Runs a pipeline in bash, where N and S stand for the tools.</summary>
    (int Code, string Output, string Error) Run(string command)
    {
        var bin = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("/bin/bash", ["-o", "pipefail", "-c", $"N() {{ dotnet {bin}anit-noise.dll \"$@\"; }}; S() {{ dotnet "
            + $"{bin}anit-score.dll \"$@\"; }}; {command}"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["TMPDIR"] = folder;
        start.Environment.Remove("ANIT_CACHE");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [Fact]
    public async Task A_pipe_makes_the_exact_share_noisy_and_scores_it()
    {
        var run = Run("cat in.jsonl | N --phi 0.35 --omega 0.2 -q | S -q -o scored.parquet");
        run.ShouldBe((0, "", ""));
        await using var table = await Table.OpenAsync(At("scored.parquet"));
        table.Schema.Fields.Select(f => f.Name).ShouldBe(["id", "task", "instruction", "options", "text", "extra", "target", "noisy_instruction",
            "noise", "omega", "edits", "unchanged", "distance", "distortion", "beta"]);
        var facts = DistortionFacts.FromJson(table.Schema.Metadata[DistortionFacts.Key]);
        var (noisy, count) = (0, 0);
        await foreach (var batch in table.ReadBatchesAsync())
            for (var row = 0; row < batch.Rows; row++, count++)
            {
                batch["extra"].Integer(row).ShouldBe(count);
                batch["beta"].Number(row).ShouldBe(batch["noise"].IsNull(row) ? 0 : facts.Beta);
                if (batch["noise"].IsNull(row)) continue;
                noisy++;
                batch["distance"].Integer(row).ShouldBe(batch["edits"].Integer(row));
                batch["distortion"].Number(row).ShouldBe(batch["distance"].Integer(row) == 3 ? 1.0 : 0.0); // 15 words give 3, 10 words 2
            }
        (count, noisy, facts.Rows, facts.Min, facts.Max).ShouldBe((Rows, 105, 105, 2, 3));
        Chain.Read(table.Schema.Metadata).Select(r => r.Tool).ShouldBe(["anit-noise", "anit-score"]);
        Directory.GetFiles(folder, "anit-*").ShouldBeEmpty(); // no temporary file stays
    }

    [Fact]
    public void Threads_shards_pipes_and_row_order_change_no_row()
    {
        const string Options = "--phi 0.4 --noise replace:2,pad,shuffle,opposite --omega 0.3 --to jsonl -q";
        var whole = Run($"N in.jsonl {Options}");
        whole.Code.ShouldBe(0, whole.Error);
        Run($"for i in 0 1 2; do N in.jsonl {Options} --shard $i/3 --threads $((i + 1)); done").Output.ShouldBe(whole.Output);
        Run($"N <(cat in.jsonl) {Options} --threads 5").Output.ShouldBe(whole.Output);
        Run($"tac in.jsonl | N {Options} | tac").Output.ShouldBe(whole.Output);
    }

    [Fact]
    public void Scores_of_shards_are_those_of_the_whole()
    {
        const string Options = "--normalize length --scope row --to jsonl -q";
        var whole = Run($"N in.jsonl --noise opposite -q -o n.arrow && S n.arrow {Options}");
        whole.Code.ShouldBe(0, whole.Error);
        Run($"for i in 0 1; do S n.arrow {Options} --shard $i/2; done").Output.ShouldBe(whole.Output);
    }

    [Fact]
    public void A_stored_scale_measures_later_data()
    {
        var run = Run("N in.jsonl -q -o a.arrow && S a.arrow -q -o s.arrow && N in.jsonl -q --omega 0.5 --to jsonl | S -q --scale-from s.arrow --to "
            + "jsonl | head -2");
        run.Code.ShouldBe(0, run.Error);
        foreach (var line in run.Output.Trim().Split('\n'))
            JsonDocument.Parse(line).RootElement.GetProperty("distortion").GetDouble().ShouldBe(1); // 8 and 5 words on a scale from 2 to 3
    }

    [Fact]
    public void Vectors_from_a_table_give_the_model_based_score()
    {
        File.WriteAllText(At("pairs.jsonl"),
            "{\"instruction\":\"a\",\"noisy_instruction\":\"b\"}\n{\"instruction\":\"a\",\"noisy_instruction\":null}\n");
        File.WriteAllText(At("v.jsonl"), "{\"text\":\"a\",\"vector\":[1.0,0.0]}\n{\"text\":\"b\",\"vector\":[1.0,1.0]}\n");
        var run = Run("S pairs.jsonl --method lme --embedder file:v.jsonl --to jsonl -q");
        run.Code.ShouldBe(0, run.Error);
        var row = JsonDocument.Parse(run.Output.Split('\n')[0]).RootElement;
        row.GetProperty("distortion").GetDouble().ShouldBe(0.29289321881345254, 1e-12);
        row.GetProperty("distance").ValueKind.ShouldBe(JsonValueKind.Null);
        File.WriteAllText(At("v.jsonl"), "{\"text\":\"a\",\"vector\":[1.0,0.0]}\n");
        Run("S pairs.jsonl --method lme --embedder file:v.jsonl --to jsonl -q")
            .ShouldBe((3, "", "anit-score: v.jsonl: no vector for 'b'; embed every clean and noisy instruction\n"));
        File.WriteAllText(At("v.jsonl"), "{\"text\":\"a\",\"vector\":[1.0,0.0]}\n{\"text\":\"b\",\"vector\":[1.0,1.0,1.0]}\n");
        Run("S pairs.jsonl --method lme --embedder file:v.jsonl --to jsonl -q")
            .ShouldBe((3, "", "anit-score: v.jsonl: a vector of 3 numbers after vectors of 2; expected one length throughout\n"));
        File.WriteAllText(At("v.jsonl"), "{\"text\":\"a\",\"vector\":[1.0,0.0]}\n{\"text\":\"b\",\"vector\":[0.0,0.0]}\n");
        var zero = Run("S pairs.jsonl --method lme --embedder file:v.jsonl --to jsonl -q");
        zero.Error.ShouldStartWith("anit-score: v.jsonl: the vector of 'b' is zero or not finite");
        zero.Code.ShouldBe(3);
    }

    [Fact]
    public void A_second_run_finds_its_output_up_to_date()
    {
        Run("N in.jsonl -q -o n.arrow").Code.ShouldBe(0);
        Run("N in.jsonl -o n.arrow").ShouldBe((0, "", "anit-noise: n.arrow is up to date (300 rows)\n"));
        Run("N in.jsonl --omega 0.1 --explain -q -o n.arrow").Error.ShouldBe("anit-noise: n.arrow is made anew: omega was 0.2, now 0.1\n");
    }

    [Fact]
    public void A_dry_run_shows_the_differences_and_writes_nothing()
    {
        var run = Run("N in.jsonl --noise truncate --dry-run --limit 2 -o n.arrow");
        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("t/000  truncate  3 words\n  ");
        run.Output.ShouldContain("[-");
        File.Exists(At("n.arrow")).ShouldBeFalse();
    }

    [Fact]
    public void The_manifest_counts_what_happened()
    {
        Run("N in.jsonl --phi 0.5 --manifest m.json -q -o n.arrow").Code.ShouldBe(0);
        var manifest = JsonDocument.Parse(File.ReadAllText(At("m.json"))).RootElement;
        manifest.GetProperty("noisy").GetInt32().ShouldBe(150);
        manifest.GetProperty("distance").GetProperty("histogram").EnumerateObject().Sum(p => p.Value.GetInt32()).ShouldBe(150);
        manifest.GetProperty("words").EnumerateObject().Sum(p => p.Value.GetInt32())
            .ShouldBe(manifest.GetProperty("distance").GetProperty("sum").GetInt32());
    }

    [Fact]
    public void How_many_texts_differ_is_said_and_written()
    {
        // Two instructions; dropping their first or last word leaves two texts of each.
        Run("N in.jsonl --noise truncate --omega 0.01 --manifest m.json -o n.arrow").Error.ShouldContain("300 noisy rows, 4 different noisy texts");
        JsonDocument.Parse(File.ReadAllText(At("m.json"))).RootElement.GetProperty("distinct_texts").GetInt32().ShouldBe(4);
    }

    [Fact]
    public void Every_kind_is_listed_with_what_it_makes_of_a_sentence()
    {
        var list = Run("N --list");
        (list.Code, list.Error).ShouldBe((0, ""));
        var lines = list.Output.TrimEnd('\n').Split('\n');
        lines.Where((_, i) => i % 3 == 0).Select(line => line.Split(' ')[0]).ShouldBe(NoiseKinds.Names);
        for (var i = 1; i < lines.Length; i += 3) lines[i].Trim().ShouldNotBe(lines[i + 1].Trim());
    }

    [Theory]
    [InlineData("N in.jsonl --omega 1.5", 2, "anit-noise: --omega is 1.5; expected a number from 0 to 1")]
    [InlineData("N in.jsonl --phi -0.1", 2, "anit-noise: --phi is -0.1; expected a number from 0 to 1")]
    [InlineData("N in.jsonl --noise quake", 2, "'quake' is no noise, expected case, double, drop, homoglyph, insert, ocr, opposite, pad")]
    [InlineData("N in.jsonl --noise paraphrase", 2, "--noise paraphrase needs --paraphrases: Table of other words for phrases")]
    [InlineData("N in.jsonl --noise all6,pad", 2, "pad stands there twice")]
    [InlineData("N in.jsonl --noise shufle", 2, "did you mean shuffle?")]
    [InlineData("N in.jsonl --noise truncate --shuffle permute", 2, "anit-noise: --shuffle is for --noise shuffle")]
    [InlineData("N in.jsonl --shard 3/3", 2, "--shard is 3/3; expected i/n with i from 0 to n - 1")]
    [InlineData("N in.jsonl --protect '('", 2, "--protect is (")]
    [InlineData("N in.jsonl -o n.txt", 2, "anit-noise: n.txt: the extension tells the format")]
    [InlineData("N in.jsonl --column prompt --to jsonl", 3, "anit-noise: in.jsonl: no column \"prompt\"; there is id, task, instruction, options, "
        + "text, extra, target")]
    [InlineData("N in.jsonl --to jsonl | N --to jsonl", 3, "anit-noise: standard input: the table is noisy already (it has noisy_instruction, noise, "
        + "omega, edits, unchanged)")]
    [InlineData("N in.jsonl --vocab three.txt --noise insert --omega 1 --to jsonl", 3, "anit-noise: three.txt: 3 words, but an instruction needs 15 "
        + "distinct ones")]
    [InlineData("N in.jsonl --noise pad --pool-column nothing --to jsonl", 3, "no column \"nothing\"")]
    [InlineData("N none.jsonl --to jsonl", 3, "anit-noise: none.jsonl: no such file")]
    [InlineData("N in.jsonl --to jsonl > /dev/full", 1, "anit-noise: the output: no space left")]
    [InlineData("S in.jsonl --to jsonl", 3, "anit-score: in.jsonl: no column \"noisy_instruction\"")]
    [InlineData("S in.jsonl --method lme", 2, "anit-score: --method lme needs a model; name one with --embedder model:DIR")]
    [InlineData("S in.jsonl --embedder file:v.jsonl", 2, "anit-score: --embedder is for --method lme and bertscore")]
    [InlineData("S in.jsonl --method bertscore --embedder file:v.jsonl", 2, "--method bertscore wants the states of tokens, which only")]
    [InlineData("S in.jsonl --method chars --normalize length", 2, "anit-score: --normalize is for --method rbe")]
    [InlineData("S in.jsonl --method blue", 2, "did you mean bleu?")]
    [InlineData("S in.jsonl --method lme --embedder v.jsonl", 2,
        "anit-score: --embedder is v.jsonl; expected model:DIR or openai[:MODEL] or file:TABLE")]
    [InlineData("S in.jsonl --method lme --embedder model:", 2,
        "anit-score: --embedder is model:; expected model:DIR or openai[:MODEL] or file:TABLE")]
    [InlineData("S in.jsonl --method lme --embedder file:v.jsonl --prefix x", 2, "anit-score: --prefix is for --embedder model:DIR")]
    [InlineData("S in.jsonl --method lme --embedder model:m --prefix x --prompt y", 2, "--prefix takes the prompt's place; leave --prompt out")]
    [InlineData("S in.jsonl --method lme --embedder model:. --normalize rank", 2, "anit-score: --normalize is for --method rbe")]
    [InlineData("S in.jsonl --method lme --embedder model:none", 3, "anit-score: none: no such model folder")]
    [InlineData("S in.jsonl --method lme --embedder model:.", 3, "anit-score: .: no config.json; expected the folder of a sentence encoder")]
    [InlineData("S in.jsonl --method lme --embedder file:in.jsonl", 3, "anit-score: in.jsonl: no list of numbers \"vector\"; there is id")]
    [InlineData("S in.jsonl --scale-from in.jsonl", 3, "anit-score: in.jsonl: no metadata \"anit.distortion\"")]
    public void Bad_input_ends_with_one_line_and_its_exit_code(string command, int code, string message)
    {
        File.WriteAllLines(At("three.txt"), ["one", "two", "three"]);
        var run = Run(command);
        run.Error.ShouldContain(message);
        run.Code.ShouldBe(code, run.Error);
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public void A_closed_pipe_ends_quietly() => Run("N in.jsonl --to jsonl -q | head -1 > /dev/null; echo ${PIPESTATUS[0]}").ShouldBe((0, "0\n", ""));
}

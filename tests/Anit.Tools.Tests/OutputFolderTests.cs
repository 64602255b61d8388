using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>What anit-train may replace: nothing but what it wrote itself.</summary>
public sealed class OutputFolderTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    string Train => $"anit-train {model.Rows} --model {model.Base} --method plain --epochs 1 --batch 32 --threads 1 --quiet";

    [Theory]
    [InlineData("--out .", "is the current folder")]
    [InlineData("--out ..", "holds the current folder")]
    [InlineData("--out /", "holds the current folder")]
    [InlineData("--out copy", "is the model (copy)")]
    [InlineData("--out copy/", "is the model (copy)")]
    [InlineData("--out link", "is the model (copy)")]
    [InlineData("--out sub/link-to-dot", "is the current folder")]
    [InlineData("--out in", "holds the rows (in/junk.parquet)")]
    [InlineData("--out in/junk.parquet", "is the rows (in/junk.parquet)")]
    [InlineData("--out notes.txt", "is a file")]
    [InlineData("--out ''", "is empty")]
    [InlineData("--out notes.txt/adapter", "cannot be made", 1)]
    [InlineData("--out /proc/adapter", "cannot be made", 1)]
    public void A_place_that_can_never_be_given_away_is_refused_before_any_work(string place, string why, int code = 2)
    {
        using var bench = new Workbench();
        bench.Bash($"cp -r {model.Base} copy && mkdir in sub && echo junk > in/junk.parquet && echo mine > notes.txt && ln -s copy link && ln -s .. "
            + "sub/link-to-dot");
        var before = bench.Bash("ls -lR").Output;
        // The rows are no table: whoever reads them first says so instead.
        var run = bench.Bash($"anit-train in/junk.parquet --model copy --method plain {place}");
        run.Code.ShouldBe(code, run.ToString());
        run.Error.ShouldContain(why);
        run.Error.Trim().ShouldNotContain('\n');
        bench.Bash("ls -lR").Output.ShouldBe(before);
    }

    [Theory]
    [InlineData("{train} --out thesis")]
    [InlineData("{train} --out thesis --force")]
    [InlineData("{train} --out link --force")]
    [InlineData("{train} --out new --force")] // a folder of that name + .part is the user's
    [InlineData("anit-train merge --model {base} --adapter whatever --out thesis --force")]
    [InlineData("anit-train merge --model {base} --adapter whatever --out new --force")]
    public void A_folder_with_anything_of_the_user_s_is_left_as_it_is(string line)
    {
        using var bench = new Workbench();
        bench.Bash("mkdir -p thesis/photos new.part && echo 'years of work' > thesis/main.tex && echo x > thesis/photos/cat.jpg && echo y > "
            + "new.part/z && ln -s thesis link");
        var run = bench.Bash(line.Replace("{train}", Train, StringComparison.Ordinal).Replace("{base}", model.Base, StringComparison.Ordinal));
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldContain("only what anit-train wrote is ever replaced");
        run.Error.Trim().ShouldNotContain('\n');
        bench.Bash("cat thesis/main.tex thesis/photos/cat.jpg new.part/z; ls").Output.ShouldBe("years of work\nx\ny\nlink\nnew.part\nthesis\n");
    }

    [Fact]
    public void Another_run_s_result_is_replaced_with_force_only_and_never_with_a_file_of_the_user_s_in_it()
    {
        using var bench = new Workbench();
        bench.Bash("mkdir real && ln -s real link"); // an empty folder is as good as none, and a link as what it points to
        bench.Bash($"{Train} --out link && {Train} --out link").Code.ShouldBe(0);
        bench.Bash("ls real; test -L link")
            .ShouldBe(new Run(0, "README.md\nadapter_config.json\nadapter_model.safetensors\nanit-train.json\nconfig.yaml\n"
                + "events.out.tfevents.0.anit\nreport.html\ntrain.jsonl\n", ""));

        var other = bench.Bash($"{Train} --seed 7 --out real");
        other.ShouldBe(new Run(1, "", "anit-train: real holds the result of another run; replace it with --force or choose another --out\n"));
        bench.Bash("grep -c '\"seed\": 42' real/anit-train.json").Output.ShouldBe("1\n");
        bench.Bash($"{Train} --seed 7 --out real --force").Code.ShouldBe(0);
        bench.Bash("grep -c '\"seed\": 7' real/anit-train.json; ls").Output.ShouldBe("1\nlink\nreal\n");

        bench.Write("real/notes.md", "best so far");
        var noted = bench.Bash($"{Train} --out real --force");
        noted.Error.ShouldBe("anit-train: real holds notes.md; only what anit-train wrote is ever replaced: move it away or choose another --out\n");
        bench.Bash("rm real/notes.md; echo '{}' > real/adapter_config.json");
        bench.Bash($"{Train} --out real --force").Error.ShouldContain("real holds adapter_config.json, which was changed since it was written;");
    }

    [Fact]
    public void A_tokenizer_is_added_to_a_folder_of_the_user_s_but_replaces_only_one_of_ours()
    {
        using var bench = new Workbench();
        string Line(int size, string place) => $"anit-train tokenizer {model.Rows} --vocab-size {size} --out {place}";
        bench.Bash($"mkdir start && echo '{{}}' > start/config.json && {Line(300, "start")} && {Line(300, "start")} && ls start").Output
            .ShouldBe("config.json\ntokenizer.json\ntokenizer_config.json\n");
        var other = bench.Bash($"cp start/tokenizer.json before; {Line(310, "start")} --force");
        other.Code.ShouldBe(1);
        other.Error.ShouldContain("start holds another tokenizer.json, and files that are not ours");
        bench.Bash("cmp before start/tokenizer.json").Code.ShouldBe(0);

        bench.Bash($"{Line(300, "own")} && {Line(300, "own")}").Code.ShouldBe(0);
        bench.Bash(Line(310, "own")).Error.ShouldContain("own holds another result; replace it with --force");
        bench.Bash($"cmp before own/tokenizer.json && {Line(310, "own")} --force && ! cmp -s before own/tokenizer.json").Code.ShouldBe(0);
        bench.Bash(Line(300, ".")).Error.ShouldContain("--out . is the current folder");
    }

    [Fact]
    public void Two_runs_do_not_write_to_one_place()
    {
        using var bench = new Workbench();
        var run = bench.Bash($"mkfifo rows; anit-train rows --model {model.Base} --method plain --out adapter & pid=$!; exec 9> rows; " +
            $"until [ -e adapter.part/anit-train.json ]; do sleep 0.05; done; {Train} --out adapter; code=$?; exec 9>&-; wait $pid; exit $code");
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldContain("another run is writing adapter.part");
        bench.Bash("ls").Output.ShouldBe("rows\n"); // the first one ended without rows and left nothing either
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("NO_SWAP=1", 14)] // a file system that cannot swap two folders: what is different comes at the end
    public void A_kill_before_any_change_on_the_disk_leaves_the_old_result_or_the_new_one(string system, int first)
    {
        using var bench = new Workbench();
        string Line(int size, string place) => $"anit-train tokenizer {model.Rows} --vocab-size {size} --out {place} --force";
        bench.Bash($"{Line(300, "a")} && {Line(310, "b")} && cp -r a out").Code.ShouldBe(0);
        // Towards b and back by turns, each run among what the one before left. Where two folders cannot be swapped, the old one has another
        // name for a moment.
        var run = bench.Bash($"{Workbench.Faults()}; for at in $(seq {first} 60); do size=$((300 + at % 2 * 10)); " +
            $"FAULT=KILL FAULT_UNDER=$PWD/out FAULT_AT=$at {system} LD_PRELOAD=$PWD/fault.so "
                + Line(0, "out").Replace(" 0 ", " $size ", StringComparison.Ordinal) + " 2> /dev/null; code=$?; "
                + "there=out; [ -e out ] || { there=out.replaced; moved=yes; }; "
                + "diff -r a $there > /dev/null || diff -r b $there || exit 9; [ $code = 137 ] || break; done; echo $at $code ${moved:-no}; ls");
        var (at, end) = (run.Output.Split(' ', '\n'), run.Output[run.Output.IndexOf('\n', StringComparison.Ordinal)..]);
        at[1].ShouldBe("0", run.ToString());
        at[2].ShouldBe(system.Length > 0 ? "yes" : "no");
        int.Parse(at[0], System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(15);
        end.ShouldBe("\na\nb\nfault.so\nout\n");
    }
}

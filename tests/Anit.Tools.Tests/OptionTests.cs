using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>Options mean what they say together, or are refused by name.</summary>
public sealed class OptionTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData("--method plain --epsilon 3", "--epsilon has no effect with --method plain; leave it out or change --method")]
    [InlineData("--method plain --adv-warmup 3", "--adv-warmup has no effect with --method plain; leave it out or change --method")]
    [InlineData("--method neftune --radius none", "--radius has no effect with --method neftune; leave it out or change --method")]
    [InlineData("--method neftune --alpha 1", "--alpha has no effect with --method neftune; leave it out or change --method")]
    [InlineData("--method fgsm --norm l2", "--norm has no effect with --method fgsm; leave it out or change --method")]
    [InlineData("--method freelb --replays 2", "--replays has no effect with --method freelb; leave it out or change --method")]
    [InlineData("--method freeat --steps 2", "--steps has no effect with --method freeat; leave it out or change --method")]
    [InlineData("--method freelb --target-gain 0.1", "--target-gain has no effect with --method freelb; leave it out or change --method")]
    [InlineData("--target-gain 1 --epsilon 0", "--target-gain has no effect on a radius of 0, which no factor raises; begin with a larger one")]
    [InlineData("--tokens 99 --batch 4", "--tokens and --batch exclude each other; leave one of them out")]
    [InlineData("--weights 3,1", "--weights has 2 numbers for 1 input; give one for each")]
    [InlineData("--weights 0", "--weights is 0; expected a number above 0 for each input, as 3,1")]
    [InlineData("--steps 2", "--steps has no effect with --method nrm, the default; leave it out or change --method")]
    [InlineData("--method pgd --beta 0.1", "--beta has no effect with --method pgd; leave it out or change --method")]
    [InlineData("--epsilon 3 --epsilon-relative 0.1", "--epsilon and --epsilon-relative exclude each other; leave one of them out")]
    [InlineData("--lambda 0 --epsilon 3", "--epsilon has no effect with --lambda 0; leave it out or change --lambda")]
    [InlineData("--lambda 0.0 --radius none", "--radius has no effect with --lambda 0; leave it out or change --lambda")]
    [InlineData("--method paper --lambda 0 --adv-warmup 5", "--adv-warmup has no effect with --lambda 0; leave it out or change --lambda")]
    [InlineData("--tune full --rank 8", "--rank has no effect with --tune full; leave it out or change --tune")]
    [InlineData("--save-dtype bfloat16", "--save-dtype has no effect with --tune lora, the default; leave it out or change --tune")]
    [InlineData("--config plain.yaml --lambda 2", "--lambda has no effect with --method plain; leave it out or change --method")]
    [InlineData("--resume --fresh", "--resume and --fresh exclude each other; leave one of them out")]
    public void Options_without_effect_together_are_refused_by_name(string options, string message)
    {
        using var bench = new Workbench();
        bench.Write("plain.yaml", "method: plain\n");
        bench.Bash($"anit-train {model.Rows} --model {model.Base} --out never {options}").ShouldBe(new Run(2, "", $"anit-train: {message}\n"));
    }

    [Theory]
    [InlineData("anit-train", "--out never")]
    [InlineData("anit-eval", "")]
    public void Half_precision_on_the_processor_is_refused_before_anything_is_read(string tool, string options)
    {
        using var bench = new Workbench();
        var run = bench.Bash($"{tool} /nowhere --model {model.Base} {options} --dtype float16");
        run.Code.ShouldBe(2, run.ToString());
        run.Error.ShouldStartWith($"{tool}: --dtype float16 ");
        run.Error.Trim().ShouldNotContain('\n');
    }

    [Theory]
    [InlineData("/nowhere", "not found: ANIT_NATIVE is the folder of libanit_torch.so")]
    [InlineData("$PWD/libanit_torch.so", "cannot be loaded")]
    public void A_missing_libtorch_is_one_line_that_says_what_to_do(string place, string message)
    {
        using var bench = new Workbench();
        var run = bench.Bash($"echo 'int torch(void); int anit(void) {{ return torch(); }}' > a.c; echo 'int torch(void) {{ return 0; }}' > t.c; cc "
            + "-shared -fPIC -o libt.so t.c; " +
            $"cc -shared -fPIC -o libanit_torch.so a.c -L. -lt; rm libt.so; ANIT_NATIVE={place} anit-train {model.Rows} --model {model.Base} "
                + "--method plain --out never");
        run.Code.ShouldBe(1, run.ToString());
        run.Error.ShouldContain(message);
        run.Error.Trim().ShouldNotContain('\n');
    }

    [Fact]
    public void Of_an_option_given_twice_the_later_one_counts_and_lists_grow()
    {
        using var bench = new Workbench();
        bench.Write("run.yaml", "lr: 0.5\nbatch: 64\n");
        var run = bench.Bash($"tune=(--lr 1e-3 --epochs 3 --method nrm -o a --targets q_proj --threads=1 --quiet); " +
            $"anit-train {model.Rows} --model {model.Base} \"${{tune[@]}}\" --config run.yaml --lr=1e-4 --epochs 1 --out b --method plain --targets "
                + "v_proj -- && cat b/anit-train.json; ls");
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldEndWith("b\nrun.yaml\n");
        foreach (var line in new[] { "\"lr\": 0.0001", "\"epochs\": 1,", "\"method\": \"plain\"", "\"batch\": 64",
            "\"q_proj\",\n    \"v_proj\"\n" }) run.Output.ShouldContain(line);
        bench.Bash($"anit-noise {model.Rows} --phi 1 --phi 0 --to csv --to jsonl | grep -c '\"noisy_instruction\":\"'").Output.ShouldBe("0\n");
    }

    [Theory]
    [InlineData("anit-train", "--clip <x> Largest gradient norm, whatever the method; 0 for no limit. [default: 1]")]
    [InlineData("anit-noise", "--shard <i/n> Do only part i of n of the rows")]
    [InlineData("anit-score", "--shard <i/n> Do only part i of n of the rows")]
    public void Help_shows_defaults_that_a_user_can_type(string tool, string shown)
    {
        using var bench = new Workbench();
        var text = string.Join(' ', bench.Bash($"{tool} --help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text.ShouldContain(shown);
        System.Text.RegularExpressions.Regex.Matches(text, @"\[default: ([^\]]*)\]").Select(m => m.Groups[1].Value)
            .ShouldAllBe(value => value == "OPENAI_API_KEY"
                || value.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || "./,_-".Contains(c)));
    }
}

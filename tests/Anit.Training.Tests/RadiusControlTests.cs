using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>A radius that follows the adversarial gain.</summary>
public sealed class RadiusControlTests
{
    [Theory]
    [InlineData(1.0, 1.02, 1)]                   // there already
    [InlineData(1.0, 1.00, 1.0512710963760241)]  // e^0.05: no gain is an error of one
    [InlineData(1.0, 0.50, 1.0512710963760241)]  // and a loss is no more than that
    [InlineData(1.0, 9.00, 0.951229424500714)]
    [InlineData(2.0, 2.06, 0.9753099120283326)]  // a gain of 0.03: e = −½
    [InlineData(0.0, 1.00, 0.951229424500714)]   // endless
    [InlineData(0.0, 0.00, 1)]                   // 0/0 tells nothing
    [InlineData(1.0, double.NaN, 1)]
    public void A_step_moves_the_scale_by_the_clamped_relative_error(double clean, double end, double scale)
    {
        var control = new RadiusControl(0.02);
        control.Learn(clean, end);
        control.Scale.ShouldBe(scale, 1e-12);
    }

    [Fact]
    public void The_scale_settles_where_the_gain_is_the_target()
    {
        var control = new RadiusControl(0.02);
        for (var step = 0; step < 400; step++) control.Learn(2, 2 + 2 * 0.001 * control.Scale); // a gain that grows with ε: at 20 it is 0.02
        control.Scale.ShouldBe(20, 0.1);
    }

    [Fact]
    public void A_run_holds_the_gain_it_was_told_from_a_radius_too_small_and_from_one_too_large()
    {
        using var tiny = new TinyModel();
        foreach (var epsilon in new[] { 0.002, 0.5 })
        {
            using var model = tiny.Lora();
            var attack = new NoiseResponse { Epsilon = epsilon, TargetGain = 0.05 };
            using var trainer = new Trainer(model, TinyModel.Rows(8), Options(attack) with { Epochs = 150, LogEvery = 20, LearningRate = 1e-5 }, CPU);
            var logs = new List<TrainLog>();
            trainer.Run(logs.Add).ShouldBeTrue();
            logs[^1].Epsilon!.Value.ShouldNotBeInRange(epsilon / 2, epsilon * 2);
            (logs[^1].Gain / logs[^1].Loss)!.Value.ShouldBe(0.05, 0.005, $"from {epsilon}");
        }
    }

    [Fact]
    public void A_resumed_run_has_the_same_radius_records_and_weights()
    {
        using var tiny = new TinyModel();
        var (folder, rows) = (Path.Combine(tiny.Folder, "pause"), TinyModel.Rows(21));
        var options = Options(new Fgm { Epsilon = 0.01, TargetGain = 0.1 }) with { Epochs = 2, LogEvery = 1 };
        var whole = Run(null);
        whole.Last().Epsilon.ShouldNotBe(0.01);
        for (var pause = 1; pause < whole.Count; pause += 2) Run(pause).ShouldBe(whole);

        List<TrainLog> Run(int? pause)
        {
            var logs = new List<TrainLog>();
            if (pause is { } after)
            {
                using var model = tiny.Lora();
                using var trainer = new Trainer(model, rows, options, CPU);
                using var stop = new CancellationTokenSource();
                trainer.Run(logs.Add, (done, _) => { if (done == after) stop.Cancel(); }, stop.Token).ShouldBeFalse();
                Checkpoint.Save(folder, model, trainer, "same");
            }
            using var again = tiny.Lora();
            using var resumed = new Trainer(again, rows, options, CPU);
            if (pause is not null) Checkpoint.Load(folder, again, resumed, "same").ShouldBeTrue();
            resumed.Run(logs.Add).ShouldBeTrue();
            return logs;
        }
    }

    [Fact]
    public void Replays_and_losses_without_a_clean_one_have_no_gain_to_follow()
    {
        AttackKinds.All.Where(a => a.Knobs.Contains(nameof(AttackKnobs.TargetGain))).Select(a => a.Name)
            .ShouldBe(["early", "fgm", "fgsm", "nrm", "paper", "pgd"]);
        AttackKinds.All.Where(a => a.Make(new() { TargetGain = 1 }) is Adversary { TargetGain: 1 }).Select(a => a.Name)
            .ShouldBe(["early", "fgm", "fgsm", "nrm", "paper", "pgd"]);
    }

    static TrainOptions Options(IAttack attack) => new() { Attack = attack, MicroBatch = 4, Accumulate = 2, LearningRate = 1e-2, WarmUp = 0 };
}

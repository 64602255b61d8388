using Anit.Models;
using Shouldly;
using TorchSharp;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

public sealed class TrainerTests
{
    static readonly TrainOptions Options =
        new() { Attack = new NoiseResponse(), Epochs = 3, MicroBatch = 4, Accumulate = 2, LearningRate = 1e-2, LogEvery = 1 };

    [Fact]
    public void Learns_the_answers_of_a_few_rows_by_heart_with_every_method()
    {
        using var tiny = new TinyModel();
        foreach (var attack in AttackKinds.All.Select(a => a.Make(new() { NeftuneAlpha = 1, Epsilon = a.Name is "paper" or "early" ? 0.1 : null })))
        {
            using var model = tiny.Full();
            using var trainer = new Trainer(model, TinyModel.Rows(8), Options with { Attack = attack, Epochs = 60 }, CPU);
            var losses = new List<double>();
            trainer.Run(log => losses.Add(log.Loss)).ShouldBeTrue();
            losses.Count.ShouldBe(60);
            losses[^1].ShouldBeLessThan(0.3, attack.Name);
            losses[0].ShouldBeGreaterThan(2, attack.Name);
        }
    }

    [Fact]
    public void A_run_that_was_stopped_and_resumed_equals_one_that_was_not_bit_for_bit()
    {
        using var tiny = new TinyModel();
        var rows = TinyModel.Rows(21);
        foreach (var options in new[] { Options, Options with { Attack = new FreeAt { Epsilon = 0.1 }, AttackWarmUp = 1 } })
        {
            var whole = Weights(tiny, rows, options, null, out var steps);
            for (var pause = 1; pause < steps; pause += options.Attack.Replays == 1 ? 2 : 1)
                Weights(tiny, rows, options, pause, out _).ShouldBe(whole, $"{options.Attack.Name} stopped after {pause} of {steps} steps");
        }
    }

    [Fact]
    public void The_peak_is_that_of_the_micro_batches_which_a_run_takes()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        var rows = TinyModel.Rows(40);
        rows[7] = rows[7] with { Prompt = [.. Enumerable.Repeat(1, 500)] }; // in one micro-batch of the ten of an epoch
        var options = Options with { Accumulate = 1, Epochs = 2 };
        var longest = Enumerable.Range(0, 2).SelectMany(Trainer.BatchesOf(rows, options).Epoch).Index()
            .First(step => step.Item.Any(micro => micro.Contains(rows[7]))).Index;
        longest.ShouldBeGreaterThan(0, "or the next lines show nothing");
        Peak(longest).ShouldBeLessThan(Peak(longest + 1));
        Peak(longest + 1).ShouldBe(Peak(0)); // the whole run

        long Peak(int steps)
        {
            using var trainer = new Trainer(model, rows, options with { MaxSteps = steps }, CPU);
            return trainer.PeakBytes();
        }
    }

    [Fact]
    public void Replays_take_as_many_steps_as_plain_tuning_over_a_replayth_of_the_batches()
    {
        using var tiny = new TinyModel();
        for (var replays = 1; replays < 6; replays++)
            for (var wait = 0; wait < 3; wait++)
            {
                var options = Options with { Attack = new FreeAt { Replays = replays }, AttackWarmUp = wait };
                using var model = tiny.Lora();
                using var trainer = new Trainer(model, TinyModel.Rows(21), options, CPU);
                var epochs = new List<double>();
                trainer.Run(log => epochs.Add(log.Epoch)).ShouldBeTrue();
                trainer.Steps.ShouldBe(9);
                epochs.Count.ShouldBe(9);
                epochs[^1].ShouldBe((wait + (9.0 - wait) / replays) / 3, 1e-9);
                Enumerable.Range(0, 9).Select(options.BatchAt).ShouldBe(Enumerable.Range(0, 9).Select(s =>
                    s < wait ? (s, 0) : (wait + (s - wait) / replays, (s - wait) % replays)));
            }
    }

    [Fact]
    public void A_replayed_batch_goes_on_from_the_perturbation_it_was_left_with()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        var free = new FreeAt { Epsilon = 0.2, Alpha = 0.05, Replays = 4 };
        using var trainer = new Trainer(model, TinyModel.Rows(16), Options with { Attack = free, LearningRate = 1e-6 }, CPU);
        var logs = new List<TrainLog>();
        trainer.Run(logs.Add).ShouldBeTrue();
        // At a rate of nothing the loss grows within a batch by what δ has climbed, and each batch begins anew at half the radius.
        for (var batch = 0; batch + 4 <= logs.Count; batch += 4)
        {
            for (var replay = 1; replay < 4; replay++)
            {
                logs[batch + replay].Loss.ShouldBeGreaterThan(logs[batch + replay - 1].Loss);
                logs[batch + replay].Start!.Value.ShouldBe(logs[batch + replay - 1].End!.Value, 1e-6);
            }
            (logs[batch].Start / logs[batch].Embedding)!.Value.ShouldBe(0.1, 0.01);
        }
        logs.ShouldAllBe(log => log.Gain == null && log.LossAtEnd == null);
    }

    [Fact]
    public void A_token_that_the_model_has_no_embedding_for_is_refused_before_the_first_step()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora();
        var rows = TinyModel.Rows(4);
        rows[2].Answer[^1] = TinyModel.Vocabulary;
        Should.Throw<InvalidDataException>(() => new Trainer(model, rows, Options, CPU)).Message
            .ShouldBe("row row/2: token id 50 is not among the model's 50 (vocab_size); do tokenizer.json and config.json belong together?");
    }

    [Fact]
    public void Weights_with_magnitudes_of_their_own_are_trained()
    {
        using var tiny = new TinyModel();
        using var model = CausalLm.Load(tiny.Folder, new(Tune.Lora) { Lora = new(4, 8, 0.1) { Dora = true } });
        var before = model.Trained.Where(t => t.Name.EndsWith("lora_magnitude_vector", StringComparison.Ordinal))
            .ToDictionary(t => t.Name, t => t.Value.data<float>().ToArray());
        before.Count.ShouldBe(14);
        using (var trainer = new Trainer(model, TinyModel.Rows(8), Options with { Epochs = 4 }, CPU)) trainer.Run(_ => { }).ShouldBeTrue();
        foreach (var (name, value) in model.Trained.Where(t => before.ContainsKey(t.Name)))
            value.data<float>().ToArray().ShouldNotBe(before[name], name);
    }

    [Fact]
    public void The_adversary_waits_for_its_warm_up()
    {
        using var tiny = new TinyModel();
        float[] Trained(TrainOptions options)
        {
            using var model = tiny.Lora();
            using var trainer = new Trainer(model, TinyModel.Rows(16), options, CPU);
            trainer.Run(_ => { }).ShouldBeTrue();
            return [.. model.Trained.SelectMany(t => t.Value.data<float>().ToArray())];
        }
        var plain = Trained(Options with { Attack = new Plain() });
        Trained(Options with { AttackWarmUp = 1_000 }).ShouldBe(plain);
        Trained(Options with { AttackWarmUp = 2 }).ShouldNotBe(plain);
    }

    [Fact]
    public void A_checkpoint_of_another_run_or_another_shape_is_refused_in_one_line()
    {
        using var tiny = new TinyModel();
        var folder = Path.Combine(tiny.Folder, "checkpoint");
        using (var model = tiny.Lora())
        using (var trainer = new Trainer(model, TinyModel.Rows(4), Options, CPU))
            Checkpoint.Save(folder, model, trainer, "options");

        using var other = CausalLm.Load(tiny.Folder, new(Tune.Lora) { Lora = new(2, 2) });
        using var resumed = new Trainer(other, TinyModel.Rows(4), Options, CPU);
        Should.Throw<InvalidDataException>(() => Checkpoint.Load(folder, other, resumed, "others")).Message.ShouldContain("other options");
        Should.Throw<InvalidDataException>(() => Checkpoint.Load(folder, other, resumed, "options")).Message.ShouldContain("expected F32 [2, 16]");
        Checkpoint.Load(folder + "-absent", other, resumed, "options").ShouldBeFalse();
    }

    [Fact]
    public void No_tensor_outlives_a_step()
    {
        using var tiny = new TinyModel();
        using var model = tiny.Lora(dropout: 0.1);
        using var trainer = new Trainer(model, TinyModel.Rows(32), Options, CPU);
        var live = new List<long>();
        trainer.Run(_ => { }, (_, _) => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount));
        live.Skip(1).Distinct().Count().ShouldBe(1, string.Join(", ", live));
    }

    [Fact]
    public void Nothing_to_train_on_is_said_before_anything_runs()
    {
        using var tiny = new TinyModel();
        using var frozen = CausalLm.Load(tiny.Folder, new());
        Should.Throw<InvalidDataException>(() => new Trainer(frozen, TinyModel.Rows(2), Options, CPU)).Message.ShouldContain(
            "no trainable parameters");
        using var model = tiny.Lora();
        Should.Throw<InvalidDataException>(() => new Trainer(model, [], Options, CPU)).Message.ShouldContain("no examples");
    }

    /// <summary>The trained weights at the end, stopped after some steps and resumed in a fresh model when asked.</summary>
    static float[] Weights(TinyModel tiny, Example[] rows, TrainOptions options, int? pause, out int steps)
    {
        var folder = Path.Combine(tiny.Folder, "pause");
        var model = tiny.Lora(dropout: 0.1);
        var trainer = new Trainer(model, rows, options, CPU);
        try
        {
            if (pause is { } after)
            {
                using var stop = new CancellationTokenSource();
                trainer.Run(_ => { }, (done, _) => { if (done == after) stop.Cancel(); }, stop.Token).ShouldBeFalse();
                Checkpoint.Save(folder, model, trainer, "same");
                trainer.Dispose();
                model.Dispose();
                model = tiny.Lora(dropout: 0.1);
                trainer = new Trainer(model, rows, options, CPU);
                Checkpoint.Load(folder, model, trainer, "same").ShouldBeTrue();
                trainer.Done.ShouldBe(after);
            }
            trainer.Run(_ => { }).ShouldBeTrue();
            steps = trainer.Steps;
            return [.. model.Trained.SelectMany(t => t.Value.data<float>().ToArray())];
        }
        finally
        {
            trainer.Dispose();
            model.Dispose();
        }
    }
}

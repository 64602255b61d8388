using Anit.Models;
using Anit.Nlu;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>Looks at development rows: when they come, what is kept, when a run ends, and that a stop changes none of it.</summary>
public sealed class DevRowsTests : IDisposable
{
    static readonly TrainOptions Options =
        new() { Attack = new Plain(), Epochs = 3, MicroBatch = 4, Accumulate = 2, LearningRate = 1e-2, LogEvery = 2 };

    readonly TinyModel tiny = new();

    // F1 by step: up, down, up again.
    static DevScores Scores(int step) => new(1, step switch { 3 => 0.5, 6 => 0.4, 9 => 0.45, _ => 0.1 * step }, null, null);

    [Theory]
    [InlineData(0, new[] { 3, 6, 9 })] // 21 rows: three steps an epoch
    [InlineData(2, new[] { 2, 4, 6, 8, 9 })]
    [InlineData(100, new[] { 9 })]
    public void Looks_come_after_each_epoch_or_every_so_many_steps_and_after_the_last(int every, int[] steps)
    {
        var looks = Run(Options with { EvalEvery = every }, step => new(1, 1.0 / step, null, null)).Looks;
        looks.Select(l => l.Step).ShouldBe(steps);
        looks.Select(l => l.Epoch).ShouldBe(steps.Select(s => s / 3.0));
        looks.Select(l => l.Best).ShouldBe(steps.Select((_, i) => i == 0));
    }

    [Fact]
    public void A_run_ends_with_the_weights_that_scored_best()
    {
        var after3 = Run(Options with { MaxSteps = 0, EvalEvery = 3 }, Scores, stopAt: 3).Weights;
        var whole = Run(Options, Scores);
        whole.Weights.ShouldBe(after3);
        whole.Looks.Select(l => l.Best).ShouldBe([true, false, false]);
        Run(Options, null).Weights.ShouldNotBe(after3);
    }

    [Fact]
    public void Looking_changes_nothing_of_the_training()
    {
        var plain = Run(Options, null);
        var watched = Run(Options, step => new(1, step, null, null)); // the last is the best
        watched.Weights.ShouldBe(plain.Weights);
        watched.Log.ShouldBe(plain.Log);
    }

    [Fact]
    public void Of_equal_scores_the_lower_loss_is_better_and_noisy_ones_count_as_much_as_raw_ones()
    {
        DevScores[] scores = [new(2, 0.5, 2, 0.25), new(1, 0.375, 1, 0.375), new(1, 0.25, 1, 0.5), new(9, 0.625, 9, 0.25)];
        Run(Options with { EvalEvery = 2 }, step => scores[Math.Min(step / 2 - 1, 3)]).Looks.Take(4).Select(l => l.Best)
            .ShouldBe([true, true, false, true]);
    }

    [Fact]
    public void Patience_ends_a_run_and_a_stop_before_or_after_changes_nothing()
    {
        var options = Options with { EvalEvery = 1, Patience = 2, Epochs = 4 };
        // Best after step 2; steps 3 and 4 are no better.
        DevScores Falling(int step) => new(1, step <= 2 ? 0.1 * step : 0.1, null, null);
        var whole = Run(options, Falling);
        whole.Looks.Select(l => l.Step).ShouldBe([1, 2, 3, 4]);
        for (var pause = 1; pause <= 4; pause++)
        {
            var resumed = Run(options, Falling, pause);
            resumed.Looks.ShouldBe(whole.Looks, $"stopped after step {pause}");
            resumed.Log.ShouldBe(whole.Log);
            resumed.Weights.ShouldBe(whole.Weights);
        }
    }

    [Fact]
    public void A_stop_in_the_middle_of_a_look_is_made_good_by_the_next_run()
    {
        var options = Options with { EvalEvery = 3 };
        var whole = Run(options, Scores);
        using var stop = new CancellationTokenSource();
        var resumed = Run(options, step =>
        {
            if (step != 6 || stop.IsCancellationRequested) return Scores(step);
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        }, pause: 6, source: stop);
        (resumed.Looks, resumed.Log).ShouldSatisfyAllConditions(r => r.Looks.ShouldBe(whole.Looks), r => r.Log.ShouldBe(whole.Log));
        resumed.Weights.ShouldBe(whole.Weights);
    }

    [Fact]
    public void Scores_are_the_mean_loss_of_gold_answers_and_the_micro_f1_of_what_was_answered()
    {
        var folder = Path.Combine(SharedData.Repository, "data", "base");
        ExampleBuilder Builder() => new(new PlainEncoder(Tokenizer.Load(folder)), PromptTemplate.Anit, 512);
        using var model = CausalLm.Load(folder, new(Tune.Lora) { Lora = new(4, 8, Dropout: 0.5) });
        var rows = new[] { Row("r/1", "What is it?", "good", null), Row("r/2", "What is it?", "bad", "Waht is it?") };
        var dev = new DevRows(rows, Builder());
        var asked = new List<string>();
        model.Dropout.Enabled = true;
        IReadOnlyList<(string, bool)> Answers(IReadOnlyList<NluRow> rows)
        {
            asked.AddRange(rows.Select(r => r.Instruction));
            return [.. rows.Select(r => (r.Instruction.StartsWith("Waht", StringComparison.Ordinal) ? "good" : r.Target, false))];
        }
        var scores = dev.Score(model, Answers);
        asked.ShouldBe(["What is it?", "What is it?", "What is it?", "Waht is it?"]);
        (scores.F1, scores.NoisyF1).ShouldBe((1, 0.5));
        model.Dropout.Enabled = true;
        scores.ShouldBe(dev.Score(model, Answers)); // no dropout, whatever the training left
        scores.Loss.ShouldBeGreaterThan(1);
        new DevRows([rows[0]], Builder()).Score(model, rows => [("x", false)])
            .ShouldSatisfyAllConditions(s => s.F1.ShouldBe(0), s => s.NoisyF1.ShouldBeNull(), s => s.NoisyLoss.ShouldBeNull());
        Should.Throw<InvalidDataException>(() => new DevRows([rows[0] with { Target = "" }], Builder())).Message
            .ShouldStartWith("development row r/1: no token of an answer");
    }

    public void Dispose() => tiny.Dispose();

    static NluRow Row(string id, string instruction, string target, string? noisy) => new()
    {
        Id = id, Task = NluTask.Classification, Instruction = instruction, Options = ["good", "bad"], Text = "a b c", Target = target,
        NoisyInstruction = noisy,
    };

    (List<TrainLog> Log, List<DevLog> Looks, float[] Weights) Run(TrainOptions options, Func<int, DevScores>? scores, int? pause = null,
        int? stopAt = null, CancellationTokenSource? source = null)
    {
        var (log, looks, folder, rows) = (new List<TrainLog>(), new List<DevLog>(), Path.Combine(tiny.Folder, "pause"), TinyModel.Rows(21));
        if (pause is { } after)
        {
            using var first = tiny.Lora(dropout: 0.1);
            using var stopped = Make(first);
            using var own = new CancellationTokenSource();
            var stop = source ?? own;
            stopped.Run(log.Add, (done, _) => { if (done == after) stop.Cancel(); }, stop.Token);
            if (stopped.Done == after) Checkpoint.Save(folder, first, stopped, "same");
        }
        using var model = tiny.Lora(dropout: 0.1);
        using var trainer = Make(model);
        if (pause is not null) Checkpoint.Load(folder, model, trainer, "same").ShouldBeTrue();
        using var end = new CancellationTokenSource();
        trainer.Run(log.Add, (done, _) => { if (done == stopAt) end.Cancel(); }, end.Token).ShouldBe(stopAt is null);
        return (log, looks, [.. model.Trained.SelectMany(t => t.Value.data<float>().ToArray())]);

        Trainer Make(CausalLm model)
        {
            Trainer? made = null;
            made = new Trainer(model, rows, options, CPU) { Look = scores is null ? null : () => scores(made!.Done), Looked = looks.Add };
            return made;
        }
    }
}

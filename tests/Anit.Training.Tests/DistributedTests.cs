using Anit.Torch;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Training.Tests;

/// <summary>Several ranks, each a thread of this process with a model of its own, over Gloo as between machines.</summary>
public sealed class DistributedTests
{
    static readonly TrainOptions Options = new() { Epochs = 2, MicroBatch = 4, Accumulate = 2, LearningRate = 1e-2, LogEvery = 1, MaxSteps = 4 };

    // Every attack, since each has its own way of gradients; by rows, but for early, which mixes them.
    static readonly IAttack[] Attacks = [.. AttackKinds.All.Select(a => a.Make(new() { Epsilon = a.Name is "paper" or "early" ? 0.1 : null }))];

    [Fact]
    public void Ranks_sum_the_gradients_of_one_process()
    {
        using var tiny = new TinyModel();
        var rows = TinyModel.Rows(13);
        foreach (var attack in Attacks)
        {
            var options = Options with { Attack = attack, MaxSteps = 1 };
            var one = Train(tiny, rows, options, 1)[0];
            one.Gradients.Count.ShouldBe(1);
            foreach (var size in new[] { 2, 3 })
                foreach (var rank in Train(tiny, rows, options, size)) // rounding: products have other shapes; at most 1.02e-6, over 2.6
                    Distance(rank.Gradients[0], one.Gradients[0]).ShouldBeLessThan(3e-6, $"{attack.Name}, {size} ranks");
        }
    }

    [Fact]
    public void After_some_steps_all_ranks_have_the_weights_and_the_log_of_one_process()
    {
        using var tiny = new TinyModel();
        var rows = TinyModel.Rows(21);
        foreach (var attack in new IAttack[] { new Plain(), new NoiseResponse(), new NoiseResponse { TargetGain = 0.1 }, new FreeAt() })
        {
            var one = Train(tiny, rows, Options with { Attack = attack }, 1)[0];
            foreach (var size in new[] { attack is FreeAt ? 3 : 2 })
            {
                var all = Train(tiny, rows, Options with { Attack = attack }, size);
                foreach (var rank in all) rank.Weights.ShouldBe(all[0].Weights); // the same bits
                Distance(all[0].Weights, one.Weights).ShouldBeLessThan(1e-5, $"{attack.Name}, {size} ranks");
                all[0].Log.Count.ShouldBe(4);
                foreach (var (found, expected) in all[0].Log.Zip(one.Log))
                {
                    (found.Step, found.Tokens, found.Degenerate).ShouldBe((expected.Step, expected.Tokens, expected.Degenerate));
                    found.Loss.ShouldBe(expected.Loss, 1e-5);
                    found.GradientNorm.ShouldBe(expected.GradientNorm, 1e-4);
                    (found.Cosine ?? 0).ShouldBe(expected.Cosine ?? 0, 1e-4);
                    (found.LossAtEnd ?? 0).ShouldBe(expected.LossAtEnd ?? 0, 1e-5);
                }
            }
        }
    }

    [Fact]
    public void A_checkpoint_goes_on_with_another_number_of_ranks()
    {
        using var tiny = new TinyModel();
        var rows = TinyModel.Rows(21);
        foreach (var attack in new IAttack[] { new NoiseResponse(), new FreeAt() }) // stopped in the middle of a batch's replays
        {
            var options = Options with { Attack = attack };
            var whole = Train(tiny, rows, options, 1)[0];
            foreach (var (before, after) in attack is FreeAt ? new[] { (3, 2), (1, 3) } : [(2, 1)])
            {
                var folder = Path.Combine(tiny.Folder, $"{attack.Name}-{before}-{after}");
                var first = Train(tiny, rows, options, before, save: folder, pause: 2);
                first[0].Log.Count.ShouldBe(2);
                first.ShouldAllBe(rank => rank.Done == 2); // only the last of them was asked to stop
                var second = Train(tiny, rows, options, after, load: folder)[0];
                Distance(second.Weights, whole.Weights).ShouldBeLessThan(1e-5, $"{attack.Name}, {before} ranks, then {after}");
                second.Log.Select(l => l.Step).ShouldBe([3, 4]);
                second.Log[1].Loss.ShouldBe(whole.Log[3].Loss, 1e-5);
                second.Log[1].Tokens.ShouldBe(whole.Log[3].Tokens);
            }
        }
    }

    [Fact]
    public void Rank_0_asks_development_rows_and_all_end_where_it_sees_no_more_hope()
    {
        using var tiny = new TinyModel();
        var looks = 0;
        var all = Train(tiny, TinyModel.Rows(16), Options with { Attack = new Plain(), EvalEvery = 1, Patience = 2 }, 3,
            look: () => new(Loss: 1, F1: 0.5 - 0.1 * looks++, null, null));
        looks.ShouldBe(3);
        all.ShouldAllBe(rank => rank.Done == 3);
    }

    [Fact]
    public void Shares_are_all_rows_once_in_order_and_of_like_size()
    {
        for (var rows = 1; rows < 40; rows++)
            foreach (var size in new[] { 1, 2, 3, 8 })
                foreach (var whole in new[] { false, true })
                {
                    var step = TinyModel.Rows(rows).Chunk(6).ToArray();
                    var shares = Enumerable.Range(0, size).Select(rank => Shares.Of(step, rank, size, whole)).ToArray();
                    shares.SelectMany(s => s).SelectMany(s => s.Examples).ShouldBe(step.SelectMany(m => m));
                    foreach (var share in shares.SelectMany(s => s))
                        share.Examples.ShouldBe(step[share.MicroBatch].Skip(share.First).Take(share.Examples.Count));
                    if (whole) shares.SelectMany(s => s).ShouldAllBe(s => s.Examples.Count == step[s.MicroBatch].Length);
                    else
                        shares.Max(s => s.Sum(part => part.Examples.Sum(e => e.Inputs)))
                            .ShouldBeLessThanOrEqualTo(step.Sum(m => m.Sum(e => e.Inputs)) / size + step.Max(m => m.Max(e => e.Inputs)) + 1);
                }
    }

    sealed record Trained(float[] Weights, List<float[]> Gradients, List<TrainLog> Log, int Done);

    static Trained[] Train(TinyModel tiny, Example[] rows, TrainOptions options, int size, string? save = null, string? load = null, int pause = 0,
        Func<DevScores>? look = null)
    {
        using var server = size > 1 ? new TcpStore("127.0.0.1", 0, serves: true, TimeSpan.FromSeconds(30)) : null;
        var trained = new Trained[size];
        var threads = Enumerable.Range(0, size).Select(rank => Task.Factory.StartNew(() =>
        {
            using var store = server is null ? null : new TcpStore("127.0.0.1", server.Port, serves: false, TimeSpan.FromSeconds(30));
            using var group = store is null ? null : new ProcessGroup(store, GroupBackend.Gloo, rank, size, local: true);
            using var model = tiny.Lora(dropout: 0.1);
            var ranks = new Watched(rank, size, group);
            using var trainer = new Trainer(model, rows, options, CPU) { Ranks = ranks, Look = look };
            ranks.Gradients = trainer.Optimizer.Gradients;
            if (rank == 0 && load is not null) Checkpoint.Load(load, model, trainer, "same").ShouldBeTrue();
            using var stop = new CancellationTokenSource();
            var log = new List<TrainLog>();
            trainer.Run(log.Add, (done, _) => { if (done == pause - 1 && rank == size - 1 && size > 1 || done == pause) stop.Cancel(); }, stop.Token)
                .ShouldBe(pause == 0);
            if (save is not null)
            {
                trainer.Gather();
                if (rank == 0) Checkpoint.Save(save, model, trainer, "same");
            }
            trained[rank] = new([.. model.Trained.SelectMany(t => t.Value.data<float>().ToArray())], ranks.Seen, log, trainer.Done);
        }, TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(threads);
        return trained;
    }

    /// <summary>Ranks that remember the sums of gradients.</summary>
    sealed class Watched(int rank, int size, ProcessGroup? group) : IRanks
    {
        public Tensor? Gradients { get; set; }
        public List<float[]> Seen { get; } = [];
        public int Rank => rank;
        public int WorldSize => size;

        public void AllReduceSum(Tensor x)
        {
            group?.AllReduceSum(x);
            if (ReferenceEquals(x, Gradients)) Seen.Add(x.data<float>().ToArray());
        }

        public void Broadcast(Tensor x) => group?.Broadcast(x);

        public void Barrier() { }
    }

    static double Distance(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Sum() / b.Sum(y => Math.Pow(y, 2)));
}

using static TorchSharp.torch;

namespace Anit.Training.Loop;

/// <summary>The loop: epochs, accumulation, clipping, schedule. It knows no attack and no architecture.</summary>
/// <remarks>The loss of an optimizer step is the mean over all its answer tokens, whatever way they were cut into micro-batches and however many
/// processes share its rows (<see cref="Ranks"/>). Every process holds the model, the optimizer and the place in the run; rank 0's log, looks at
/// development rows and checkpoints are those of all.</remarks>
public sealed class Trainer : IDisposable
{
    readonly CausalLm model;
    readonly TrainOptions options;
    readonly Batches batches;
    readonly Device device;
    readonly Schedule schedule;
    readonly BestWeights best;
    readonly RadiusControl? control; // where the radius follows the gain
    readonly KeptPerturbations kept = new(); // of a batch that is replayed
    readonly Lock between = new(); // held while weights, place and log change
    bool isAskedToStop, isHopeless;    // agreed on by all processes

    /// <summary>Prepares a run.</summary>
    /// <exception cref="InvalidDataException">There is nothing to train on.</exception>
    public Trainer(CausalLm model, IReadOnlyList<Example> examples, TrainOptions options, Device device)
    {
        if (examples.Count == 0) throw new InvalidDataException("no examples to train on");
        if (model.Trained.Count == 0) throw new InvalidDataException("the model has no trainable parameters; load it with LoRA or for full tuning");
        var vocabulary = model.Config.VocabSize;
        if (examples.FirstOrDefault(e => Largest(e) >= vocabulary) is { } foreign)
            throw new InvalidDataException($"row {foreign.Id}: token id {Largest(foreign)} is not among the model's {vocabulary} (vocab_size); "
                + "do tokenizer.json and config.json belong together?");
        (this.model, this.options, this.device) = (model, options, device);
        batches = BatchesOf(examples, options);
        var all = batches.StepsBefore(options.Epochs);
        Steps = options.MaxSteps > 0 ? Math.Min(options.MaxSteps, all) : all;
        schedule = new(Steps, options.WarmUp, options.Decay);
        Optimizer = new(model.Trained, options.WeightDecay);
        best = new(model.Trained, options.Patience);
        control = options.Attack is Adversary { TargetGain: { } gain } ? new(gain) : null;
    }

    /// <summary>The batches that a run with these options takes.</summary>
    public static Batches BatchesOf(IReadOnlyList<Example> examples, TrainOptions options) =>
        new(examples, options.MicroBatch, options.Accumulate, options.Seed) { MostTokens = options.MostTokens, Weights = options.Weights };

    static int Largest(Example example) => Math.Max(example.Prompt.Max(), example.Answer.Max());

    /// <summary>About how many bytes the run takes at its peak on the CPU beyond what the process holds once this is made.</summary>
    /// <remarks>The largest micro-batch that the run takes, the perturbations of its tokens, and what libraries load when they first
    /// compute.</remarks>
    public long PeakBytes()
    {
        const long FirstUse = 50_000_000;
        var perturbations = options.Attack is Adversary or Neftune ? 8L : 0;
        var taken = Enumerable.Range(0, options.Epochs).SelectMany(batches.Epoch).Take(options.BatchAt(Steps - 1).Batch + 1);
        return FirstUse + taken.SelectMany(step => step).Max(micro =>
        {
            var (tokens, answers) = (micro.Sum(e => e.Inputs), micro.Sum(e => e.Targets));
            return model.ActivationBytes(tokens, answers) + perturbations * tokens * model.Config.HiddenSize * sizeof(float);
        });
    }

    /// <summary>Optimizer steps of the whole run.</summary>
    public int Steps { get; }

    /// <summary>Optimizer steps done.</summary>
    public int Done { get; private set; }

    /// <summary>Input tokens trained on so far.</summary>
    public long Tokens { get; private set; }

    /// <summary>The optimizer, whose state a checkpoint holds.</summary>
    public AdamWOptimizer Optimizer { get; }

    /// <summary>What ε is multiplied by; 1 unless it follows the gain. A checkpoint holds it.</summary>
    internal double RadiusScale
    {
        get => control?.Scale ?? 1;
        set { if (control is not null) control.Scale = value; }
    }

    /// <summary>The processes that train together.</summary>
    public IRanks Ranks { get; init; } = new Alone();

    /// <summary>Measures the model on development rows as it is now, on rank 0; null for a run without such rows.</summary>
    public Func<DevScores>? Look { get; init; }

    /// <summary>Receives the scores of each look, after the step's own record.</summary>
    public Action<DevLog>? Looked { get; set; }

    /// <summary>The step with the best scores so far; null without any.</summary>
    public int? BestStep => best.Stand?.Step;

    /// <summary>The step of the last look; a checkpoint holds it.</summary>
    internal int LookedAt { get; set; }

    /// <summary>The weights with the best scores, and where they stand; a checkpoint holds them.</summary>
    internal BestWeights Best => best;

    /// <summary>What the next log record will be made of.</summary>
    internal LogSums Sums { get; private set; } = new();

    /// <summary>δ of each micro-batch of a batch that is to be replayed; a checkpoint holds them.</summary>
    internal IReadOnlyDictionary<int, Tensor> Kept => kept.All;

    /// <summary>Keeps a micro-batch's δ for the batch's next replay.</summary>
    internal void Keep(int microBatch, Tensor delta) => kept.Put(microBatch, delta);

    /// <summary>Gives rank 0 what only others know; all call it before rank 0 takes a checkpoint.</summary>
    public void Gather() => kept.Gather(Ranks);

    /// <summary>Takes a checkpoint while another thread is in the middle of a step, of the state after the step before it; false where that is not
    /// possible, because nothing is done yet, a batch is in replay, or the state is changing all this time.</summary>
    public bool TrySave(Action save, TimeSpan patience)
    {
        if (!between.TryEnter(patience)) return false;
        try
        {
            if (Done == 0 || !kept.IsWhole) return false;
            save();
            return true;
        }
        finally
        {
            between.Exit();
        }
    }

    /// <summary>Continues after <paramref name="steps"/> steps; parameters and optimizer state must have been restored.</summary>
    internal void Resume(int steps, long tokens, LogSums sums)
    {
        (Done, Tokens, Sums) = (steps, tokens, sums);
        Optimizer.Resume(steps);
    }

    /// <summary>Runs until the end or until asked to stop; a stop takes effect between two steps.</summary>
    /// <param name="log">Receives a record every <see cref="TrainOptions.LogEvery"/> steps and at the end, before the step is reported.</param>
    /// <param name="stepped">Called after each step with the steps done and the step's loss.</param>
    /// <param name="stop">Asks for a stop.</param>
    /// <returns>Whether the run is complete; the model then has the weights with the best scores, where there are scores.</returns>
    public bool Run(Action<TrainLog> log, Action<int, double>? stepped = null, CancellationToken stop = default)
    {
        if (!Loop(log, stepped, stop)) return false;
        best.Take();
        return true;
    }

    bool Loop(Action<TrainLog> log, Action<int, double>? stepped, CancellationToken stop)
    {
        Agree();
        if (!LookIfDue(stop)) return false; // where a stop came in the middle of a look
        if (Done == Steps || isHopeless) return true;
        for (var epoch = batches.At(options.BatchAt(Done).Batch).Epoch; Done < Steps; epoch++)
        {
            foreach (var step in batches.Epoch(epoch).Skip(options.BatchAt(Done).Batch - batches.StepsBefore(epoch)))
            {
                do
                {
                    if (IsToStop(stop)) return false;
                    var loss = Step(step, epoch, options.LearningRate * schedule.Factor(Done), log, stop);
                    if (!LookIfDue(stop)) return false;
                    lock (between) stepped?.Invoke(Done, loss); // after the records, so that a checkpoint taken now has them
                    if (Done == Steps || isHopeless) return true;
                }
                while (options.BatchAt(Done).Replay > 0); // the same batch again
            }
        }
        return true;
    }

    // Several processes stop after the step in which the first of them was asked to.
    bool IsToStop(CancellationToken stop) => Ranks.WorldSize == 1 ? stop.IsCancellationRequested : isAskedToStop;

    // Everyone begins where rank 0 is, which may go on from a checkpoint.
    void Agree()
    {
        isHopeless = best.IsHopeless;
        if (Ranks.WorldSize == 1) return;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (_, value) in model.Trained) Ranks.Broadcast(value);
        foreach (var (_, value) in Optimizer.State) Ranks.Broadcast(value);
        var place = tensor([Done, Tokens, LookedAt, RadiusScale, isHopeless ? 1 : 0], ScalarType.Float64, device);
        Ranks.Broadcast(place);
        if (Ranks.Rank != 0 && place.cpu().data<double>().ToArray() is [var done, var tokens, var lookedAt, var scale, var hopeless])
        {
            Resume((int)done, (long)tokens, Sums);
            (LookedAt, RadiusScale, isHopeless) = ((int)lookedAt, scale, hopeless != 0);
        }
        kept.Share(Ranks, empty([1, model.Config.HiddenSize], ScalarType.Float32, device));
    }

    bool IsTimeToLook => Done > 0 && (Done == Steps || (options.EvalEvery > 0 ? Done % options.EvalEvery == 0
        : options.BatchAt(Done) is { Replay: 0 } at && batches.At(at.Batch).Place == 0));

    // False where a stop came before the look's end; the run goes on with this look then.
    bool LookIfDue(CancellationToken stop)
    {
        if (Look is not { } look || LookedAt == Done || !IsTimeToLook) return true;
        if (Ranks.WorldSize > 1 && isAskedToStop) return false;
        var isDone = true;
        if (Ranks.Rank == 0)
        {
            try { Learn(look()); }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { isDone = false; }
        }
        if (Ranks.WorldSize > 1)
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var outcome = tensor([isDone ? 1L : 0, best.IsHopeless ? 1 : 0], device: device);
            Ranks.Broadcast(outcome); // the others wait here, as long as it takes
            (isDone, isHopeless) = outcome.cpu().data<long>().ToArray() is [1, var none] ? (true, none != 0) : (false, false);
        }
        else
        {
            isHopeless = best.IsHopeless;
        }
        if (isDone) LookedAt = Done;
        return isDone;
    }

    void Learn(DevScores scores)
    {
        lock (between)
        {
            LookedAt = Done;
            var isBest = best.Add(Done, scores);
            Looked?.Invoke(new()
            {
                Step = Done, Epoch = batches.Epochs(options.BatchesAfter(Done)), Loss = scores.Loss, F1 = scores.F1,
                NoisyLoss = scores.NoisyLoss, NoisyF1 = scores.NoisyF1, Best = isBest,
            });
        }
    }

    double Step(IReadOnlyList<IReadOnlyList<Example>> step, int epoch, double rate, Action<TrainLog> log, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        var attack = options.AttackAt(Done);
        if (attack is Adversary adversary) attack = adversary.Scaled(RadiusScale);
        var (sums, tokens, squaredNorm, deltas) = Gradients(step, epoch, attack, stop);
        var answers = step.Sum(m => m.Sum(e => e.Targets));
        var (loss, norm) = (sums.Loss / answers, Math.Sqrt(squaredNorm));
        if (!double.IsFinite(loss + norm))
            throw new InvalidDataException($"step {Done + 1}: the loss is {loss} and the gradient norm {norm}; "
                + $"lower the learning rate (now {rate:g3}) or look at the row {step[0][0].Id} and its neighbours");
        lock (between)
        {
            Optimizer.Step(rate, options.ClipNorm > 0 ? AdamWOptimizer.ClipFactor(norm, options.ClipNorm) : 1);
            Optimizer.Clear();
            Tokens += tokens;
            Sums.Add(sums.OfMicroBatches());
            Sums.AddStep(norm);
            if (attack is Adversary { TargetGain: not null } used)
            {
                Sums.Epsilon = used.Epsilon;
                control!.Learn(loss, sums.End / answers);
            }
            Done++;
            if (options.BatchAt(Done).Replay == 0) kept.Forget();
            else kept.Put(step, deltas, Ranks, empty([1, model.Config.HiddenSize], ScalarType.Float32, device));
            if (Done % options.LogEvery == 0 || Done == Steps)
            {
                log(Sums.Record(Done, batches.Epochs(options.BatchesAfter(Done)), rate, Tokens));
                Sums = new();
            }
        }
        return loss;
    }

    // Adds up the gradients of all rows of a step, this process's and the others'.
    (LogSums Sums, long Tokens, double SquaredNorm, List<(Share Share, Tensor Delta)> Deltas) Gradients(
        IReadOnlyList<IReadOnlyList<Example>> step, int epoch, IAttack attack, CancellationToken stop)
    {
        var answers = step.Sum(m => m.Sum(e => e.Targets)); // everyone's
        var shares = Shares.Of(step, Ranks.Rank, Ranks.WorldSize, attack.MixesRows);
        var (measured, deltas) = (new List<Measured>(), new List<(Share, Tensor)>());
        foreach (var share in shares)
        {
            using var passes = NewDisposeScope(); // frees the graph of one micro-batch before the next
            using var batch = new MicroBatch(share.Examples, epoch, device);
            var dropout = CounterRandom.Key(options.Seed, Done, $"{share.MicroBatch}", "dropout");
            var run = new AttackStep(model, batch, 1.0 / answers, options.Seed, dropout) { Kept = kept.Of(share, step[share.MicroBatch]) };
            measured.Add(attack.Run(run));
            measured[^1].Values.MoveToOuterDisposeScope();
            if (run.Kept is { } delta && options.BatchAt(Done + 1).Replay > 0) deltas.Add((share, delta.alias().MoveToOuterDisposeScope()));
        }
        Ranks.AllReduceSum(Optimizer.Gradients);
        var (reports, squaredNorm) = Measured.ReadAll(measured, Optimizer.SquaredNorm()); // here a step waits for the device, once
        var sums = new LogSums();
        foreach (var report in reports) sums.Add(report);
        return (Together(sums, stop), step.Sum(m => m.Sum(e => (long)e.Inputs)), squaredNorm, deltas);
    }

    LogSums Together(LogSums own, CancellationToken stop)
    {
        if (Ranks.WorldSize == 1) return own;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var numbers = tensor([.. own.OfMicroBatches(), stop.IsCancellationRequested ? 1 : 0], ScalarType.Float64, device);
        Ranks.AllReduceSum(numbers);
        var all = numbers.cpu().data<double>().ToArray();
        isAskedToStop = all[^1] > 0;
        var sums = new LogSums();
        sums.Add(all);
        return sums;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        kept.Dispose();
        best.Dispose();
        Optimizer.Dispose();
    }
}

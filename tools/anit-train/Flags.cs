using System.CommandLine;
using System.Globalization;
using Anit.Cli;

namespace Anit.Tools.Train;

/// <summary>The options of a training run, and the records they become.</summary>
sealed class Flags
{
    public readonly Argument<string[]> Input = Opt.Input("Rows to train on (Parquet, Arrow, JSONL, by first bytes), from a file or several; standard "
        + "input when absent or -.");
    public readonly Option<string?> Weights = new("--weights")
    {
        Description = "With several inputs, a number for each: how often its rows come. An epoch has as many rows as the inputs together, of "
            + "each its share; when all rows of an input have come they begin again, in another order.",
        HelpName = "3,1",
    };
    public readonly Option<string> Model =
        new("--model", "-m") { Description = "Folder with config.json, tokenizer.json and safetensors.", Required = true, HelpName = "folder" };
    public readonly Option<string> Out = new("--out", "-o") { Description = "Folder to write: a PEFT adapter, or a whole model with --tune full.",
        Required = true, HelpName = "folder" };
    public readonly Option<string> Method =
        Among("--method", "How gradients are made; the names in brackets after an option are the methods that read it. "
            + $"{string.Join("; ", AttackKinds.All.Select(a => $"{a.Name}: {a.Summary}"))}.",
            "nrm", [.. AttackKinds.All.Select(a => a.Name)]);
    public readonly Option<string> Tune = Among("--tune", "What is trained: lora (default) or full.", "lora", "lora", "full");
    public readonly Option<string> Init =
        Among("--init", "Where weights start: load (default) or random, for a model from scratch.", "load", "load", "random");
    public readonly PromptFlags Prompt = new("anit");

    public readonly Option<int> Epochs = Opt.Count("--epochs", "Passes over the rows; with freeat a replayth of them, in as many steps.", 5);
    public readonly Option<int> MaxSteps = Opt.Count("--max-steps", "Stop after this many optimizer steps; 0 for no limit.", 0, from: 0);
    public readonly Option<int> Batch = Opt.Count("--batch", "Sequences in one forward pass.", 16);
    public readonly Option<int?> Tokens = Opt.OptionalCount("--tokens",
        "Input tokens in one forward pass at the most, instead of --batch: as many rows of like length as fit, a longer row alone.", from: 8);
    public readonly Option<int> Accumulate = Opt.Count("--accumulate", "Forward passes in one optimizer step.", 2);
    public readonly Option<int> MaxLength =
        Opt.Count("--max-length", "Longest sequence in tokens; longer rows lose the end of their text.", 512, from: 8);
    public readonly Option<double> LearningRate = Opt.Number("--lr", "Peak learning rate.", 1e-4, 0, 10);
    public readonly Option<double> WarmUp = Opt.Number("--warmup", "Share of the steps that warm up.", 0.04, 0, 1);
    public readonly Option<string> Schedule = Among("--schedule",
        "How the learning rate falls after the warm-up: cosine (default), linear, constant.", "cosine", "cosine", "linear", "constant");
    public readonly Option<double> WeightDecay = Opt.Number("--weight-decay", "Decoupled weight decay of matrices.", 0.01, 0, 1);
    public readonly Option<double> Clip = Opt.Number("--clip", "Largest gradient norm, whatever the method; 0 for no limit.", 1, 0, 1e6);
    public readonly Option<ulong> Seed = Opt.Seed();

    /// <summary>The update that is trained.</summary>
    public readonly LoraFlags Lora = new();

    /// <summary>What an attack may read.</summary>
    public readonly AttackFlags Attack = new();

    /// <summary>Development rows.</summary>
    public readonly DevFlags Dev = new();

    public readonly Option<int> LogEvery = Opt.Count("--log-every", "Optimizer steps between two records of train.jsonl.", 10);
    public readonly Option<int> SaveEvery =
        Opt.Count("--save-every", "Optimizer steps between checkpoints, of which the last two are kept; 0 for none but on SIGTERM.", 0, from: 0);
    public readonly Option<bool> Resume =
        new("--resume") { Description = "Go on from the checkpoint beside --out if there is one, which is what happens without it, too." };
    public readonly Option<bool> Fresh =
        new("--fresh") { Description = "Discard the checkpoint beside --out, whichever run it is of, and start anew." };
    public readonly Option<string> Device = DeviceOption.Make();
    public readonly Option<string> Dtype = DtypeOption.Make("Numbers of the frozen base and of the computation; trained weights are float32.");
    public readonly Option<string> SaveDtype = Among("--save-dtype", "Numbers that a fully tuned model is saved in: float32 (default), "
        + "bfloat16, float16.", "float32", "float32", "bfloat16", "float16");
    public readonly Option<bool> CheckpointActivations = new("--checkpoint-activations")
    {
        Description = "Keep only each layer's input for the backward pass, which computes the layer again: less memory, about half as much time "
            + "more, the same result.",
    };
    public readonly Option<int> Threads = Opt.Count("--threads",
        "CPU threads of each process; 0 for all cores (or OMP_NUM_THREADS), or their share.", 0, from: 0);
    public readonly Option<int?> Processes = Opt.OptionalCount("--nproc", "Processes on this machine that train together, each with its share of "
        + "every step's rows, its cores and, with cuda, its GPU: the same result. Leave it out under torchrun or srun, whose environment is heard; 1 "
        + "trains alone even there.", from: 1);
    public readonly Option<bool> Force = new("--force") { Description = "Run although --out is up to date, and replace another run's result in it." };
    public readonly Option<bool> DryRun = Opt.DryRun();
    public readonly Option<bool> Quiet = Opt.Quiet();
    public readonly Option<string?> Config = Opt.Config();

    public void AddTo(Command command)
    {
        command.Add(Input);
        foreach (var option in (Option[])
                 [
                     Model, Out, Method, Tune, Init, Prompt.Name, Prompt.System, Prompt.Date,
                         Epochs, MaxSteps, Batch, Tokens, Weights, Accumulate, MaxLength, LearningRate, WarmUp,
                         Schedule, WeightDecay, Clip, Seed,
                     .. Lora.All, .. Attack.All, .. Dev.All,
                     LogEvery, SaveEvery, Resume, Fresh, Device, Dtype, SaveDtype, CheckpointActivations, Threads,
                     Processes, Force, DryRun, Quiet, Config,
                 ])
            command.Add(option);
    }

    /// <summary>Options that change the result, beside those of method, update and prompt.</summary>
    public Option[] Deciding(ParseResult given) =>
    [
        Epochs, MaxSteps, given.GetValue(Tokens) is null ? Batch : Tokens, Weights, Accumulate, MaxLength, LearningRate, WarmUp, Schedule,
        WeightDecay, Clip, Seed,
    ];

    /// <summary>Options that only change how the work is done.</summary>
    public Option[] Working => [LogEvery, SaveEvery, Device, CheckpointActivations];

    public TrainOptions Options(ParseResult given) => new()
    {
        Attack = Attack.Of(given, given.GetRequiredValue(Method)),
        AttackWarmUp = given.GetValue(Attack.WarmUp),
        Epochs = given.GetValue(Epochs),
        MaxSteps = given.GetValue(MaxSteps),
        MicroBatch = given.GetValue(Batch),
        MostTokens = given.GetValue(Tokens) ?? 0,
        Weights = WeightsOf(given),
        Accumulate = given.GetValue(Accumulate),
        LearningRate = given.GetValue(LearningRate),
        WarmUp = given.GetValue(WarmUp),
        Decay = Enum.Parse<Decay>(given.GetRequiredValue(Schedule), ignoreCase: true),
        WeightDecay = given.GetValue(WeightDecay),
        ClipNorm = given.GetValue(Clip),
        Seed = given.GetValue(Seed),
        LogEvery = given.GetValue(LogEvery),
        EvalEvery = given.GetValue(Dev.Every),
        Patience = given.GetValue(Dev.Patience),
    };

    /// <summary>Refuses options that contradict each other or have no effect together.</summary>
    public void Check(ParseResult given)
    {
        var tune = given.GetRequiredValue(Tune);
        Attack.Check(given, Method);
        if (tune == "full") given.Refuse(Tune, tune, [.. Lora.All, Dtype]);
        else given.Refuse(Tune, tune, SaveDtype);
        Dev.Check(given);
        given.RefuseBoth(Tokens, Batch);
        given.RefuseBoth(Resume, Fresh);
        if (given.GetRequiredValue(Init) == "random" && tune != "full")
            throw new UserError("--init random starts a model from scratch: add --tune full", Exit.Usage);
        DtypeName(given);
    }

    double[]? WeightsOf(ParseResult given)
    {
        if (given.GetValue(Weights) is not { } text) return null;
        var weights = text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
            && weight is > 0 and < double.MaxValue ? weight : throw new UserError($"--weights is {text}; expected a number above 0 for each input, "
            + "as 3,1", Exit.Usage)).ToArray();
        var inputs = given.GetValue(Input) ?? [];
        return weights.Length == inputs.Length ? weights : throw new UserError($"--weights has {weights.Length} "
            + $"number{(weights.Length == 1 ? "" : "s")} for {inputs.Length} input{(inputs.Length == 1 ? "" : "s")}; give one for each", Exit.Usage);
    }

    /// <summary>What <see cref="Dtype"/> comes to: weights that are all trained are float32 on any device.</summary>
    public string DtypeName(ParseResult given) =>
        given.GetRequiredValue(Tune) == "full" ? "float32" : DtypeOption.Of(given, Dtype, Device);

    static Option<string> Among(string name, string description, string preset, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => preset, HelpName = "name" };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}

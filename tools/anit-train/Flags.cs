using System.CommandLine;
using Anit.Cli;
using TorchSharp;

namespace Anit.Tools.Train;

/// <summary>The options of a training run, and the records they become.</summary>
sealed class Flags
{
    static readonly string[] Methods = ["nrm", "paper", "early", "nrm2", "plain", "neftune"];

    public readonly Argument<string?> Input = Opt.Input("Rows to train on (Parquet, Arrow, JSONL, by first bytes); standard input when absent or -.");
    public readonly Option<string> Model =
        new("--model", "-m") { Description = "Folder with config.json, tokenizer.json and safetensors.", Required = true, HelpName = "folder" };
    public readonly Option<string> Out = new("--out", "-o") { Description = "Folder to write: a PEFT adapter, or a whole model with --tune full.",
        Required = true, HelpName = "folder" };
    public readonly Option<string> Method =
        Among("--method", "How gradients are made: nrm (default), its presets paper, early, nrm2, or plain, neftune.", "nrm", Methods);
    public readonly Option<string> Tune = Among("--tune", "What is trained: lora (default) or full.", "lora", "lora", "full");
    public readonly Option<string> Init =
        Among("--init", "Where weights start: load (default) or random, for a model from scratch.", "load", "load", "random");
    public readonly Option<string> Prompt = Among("--prompt", "Prompt template: anit (default) or alpaca.", "anit", "anit", "alpaca");

    public readonly Option<int> Epochs = Opt.Count("--epochs", "Passes over the rows.", 5);
    public readonly Option<int> MaxSteps = Opt.Count("--max-steps", "Stop after this many optimizer steps; 0 for no limit.", 0, from: 0);
    public readonly Option<int> Batch = Opt.Count("--batch", "Sequences in one forward pass.", 16);
    public readonly Option<int> Accumulate = Opt.Count("--accumulate", "Forward passes in one optimizer step.", 2);
    public readonly Option<int> MaxLength =
        Opt.Count("--max-length", "Longest sequence in tokens; longer rows lose the end of their text.", 512, from: 8);
    public readonly Option<double> LearningRate = Opt.Number("--lr", "Peak learning rate.", 1e-4, 0, 10);
    public readonly Option<double> WarmUp = Opt.Number("--warmup", "Share of the steps that warm up.", 0.04, 0, 1);
    public readonly Option<double> WeightDecay = Opt.Number("--weight-decay", "Decoupled weight decay of matrices.", 0.01, 0, 1);
    public readonly Option<double> Clip = Opt.Number("--clip", "Largest gradient norm, whatever the method; 0 for no limit.", 1, 0, 1e6);
    public readonly Option<ulong> Seed = Opt.Seed();

    public readonly Option<int> Rank = Opt.Count("--rank", "LoRA rank r, at most the model's hidden_size.", 16, to: LoraOptions.MostRank);
    public readonly Option<double> LoraAlpha = Opt.Number("--lora-alpha", "LoRA scale: the update is alpha/r · B A.", 16, 0, 1e6);
    public readonly Option<double> Dropout = Opt.Number("--dropout", "LoRA dropout.", 0.05, 0, 0.99);
    public readonly Option<string[]> Targets = new("--targets") { Description = "Linear layers that get LoRA, by name; all seven when absent.",
        AllowMultipleArgumentsPerToken = true, HelpName = "name" };
    public readonly Option<bool> Dora = new("--dora") { Description = "DoRA: train magnitudes and directions of the weights apart (slower)." };
    public readonly Option<bool> RsLora = new("--rslora") { Description = "Scale by alpha/√r." };

    public readonly Option<double?> Epsilon = Opt.Number("--epsilon", "Radius ε of the perturbation, absolute.", 0);
    public readonly Option<double?> RelativeEpsilon =
        Opt.Number("--epsilon-relative", "Radius ε as a multiple of ‖X‖ of each sample (preset nrm: 0.03).", 0);
    public readonly Option<double?> Alpha =
        Opt.Number("--alpha", "Ascent step α; the radius when absent (preset paper: 0.001). NEFTune: its noise scale (5).", 0);
    public readonly Option<double?> Start = Opt.Number("--init-scale", "c of Eq. 7, the size of the random start.", 0);
    public readonly Option<double?> Lambda = Opt.Number("--lambda", "Weight λ of the adversarial loss; 0 skips the adversary and its options.", 0);
    public readonly Option<string?> Radius =
        new("--radius") { Description = "Projection: fixed (ε), responsive (ε(1−β)) or none.", HelpName = "how" };
    public readonly Option<string?> Scope =
        new("--scope") { Description = "Tokens that may be perturbed: prompt, instruction or all.", HelpName = "tokens" };
    public readonly Option<int> AttackWarmUp = Opt.Count("--adv-warmup", "Optimizer steps of plain tuning before the adversary begins.", 0, from: 0);
    public readonly Option<double?> Beta = Opt.Number("--beta", "β of every noisy row, instead of the column beta.", 0, 1);

    public readonly Option<int> LogEvery = Opt.Count("--log-every", "Optimizer steps between two records of train.jsonl.", 10);
    public readonly Option<int> SaveEvery =
        Opt.Count("--save-every", "Optimizer steps between checkpoints, of which the last two are kept; 0 for none but on SIGTERM.", 0, from: 0);
    public readonly Option<bool> Resume =
        new("--resume") { Description = "Go on from the checkpoint beside --out if there is one, which is what happens without it, too." };
    public readonly Option<bool> Fresh =
        new("--fresh") { Description = "Discard the checkpoint beside --out, whichever run it is of, and start anew." };
    public readonly Option<string> Device = DeviceOption.Make();
    public readonly Option<string> Dtype = Among("--dtype", "Numbers of the frozen base and of the computation: float32 (default), bfloat16, "
        + "float16. Trained weights are float32.", "float32", "float32", "bfloat16", "float16");
    public readonly Option<string> SaveDtype = Among("--save-dtype", "Numbers that a fully tuned model is saved in: float32 (default), "
        + "bfloat16, float16.", "float32", "float32", "bfloat16", "float16");
    public readonly Option<int> Threads = Opt.Count("--threads", "CPU threads; 0 for all cores (or OMP_NUM_THREADS).", 0, from: 0);
    public readonly Option<bool> Force = new("--force") { Description = "Run although --out is up to date, and replace another run's result in it." };
    public readonly Option<bool> DryRun = Opt.DryRun();
    public readonly Option<bool> Quiet = Opt.Quiet();
    public readonly Option<string?> Config = Opt.Config();

    public Flags()
    {
        Radius.AcceptOnlyFromAmong("fixed", "responsive", "none");
        Scope.AcceptOnlyFromAmong("prompt", "instruction", "all");
    }

    public void AddTo(Command command)
    {
        command.Add(Input);
        foreach (var option in new Option[]
                 {
                     Model, Out, Method, Tune, Init, Prompt, Epochs, MaxSteps, Batch, Accumulate, MaxLength, LearningRate, WarmUp,
                         WeightDecay, Clip, Seed,
                     Rank, LoraAlpha, Dropout, Targets, RsLora, Dora, Epsilon, RelativeEpsilon, Alpha, Start, Lambda, Radius, Scope,
                         AttackWarmUp, Beta,
                     LogEvery, SaveEvery, Resume, Fresh, Device, Dtype, SaveDtype, Threads, Force, DryRun, Quiet, Config,
                 })
            command.Add(option);
    }

    public TrainOptions Options(ParseResult given) => new()
    {
        Attack = Attack(given),
        AttackWarmUp = given.GetValue(AttackWarmUp),
        Epochs = given.GetValue(Epochs),
        MaxSteps = given.GetValue(MaxSteps),
        MicroBatch = given.GetValue(Batch),
        Accumulate = given.GetValue(Accumulate),
        LearningRate = given.GetValue(LearningRate),
        WarmUp = given.GetValue(WarmUp),
        WeightDecay = given.GetValue(WeightDecay),
        ClipNorm = given.GetValue(Clip),
        Seed = given.GetValue(Seed),
        LogEvery = given.GetValue(LogEvery),
    };

    /// <summary>Refuses options that contradict each other or have no effect together.</summary>
    public void Check(ParseResult given)
    {
        var (method, tune) = (given.GetRequiredValue(Method), given.GetRequiredValue(Tune));
        Option[] ofResponse = [Epsilon, RelativeEpsilon, Start, Lambda, Radius, Scope, Beta],
            ofLora = [Rank, LoraAlpha, Dropout, Targets, Dora, RsLora];
        if (method is "plain" or "neftune") given.Refuse(Method, method, ofResponse);
        if (method == "plain") given.Refuse(Method, method, Alpha, AttackWarmUp);
        if (tune == "full") given.Refuse(Tune, tune, [.. ofLora, Dtype]);
        else given.Refuse(Tune, tune, SaveDtype);
        if (given.GetValue(Lambda) == 0) given.Refuse(Lambda, "0", Epsilon, RelativeEpsilon, Alpha, Start, Radius, Scope, AttackWarmUp);
        given.RefuseBoth(Epsilon, RelativeEpsilon);
        given.RefuseBoth(Resume, Fresh);
        if (given.GetRequiredValue(Init) == "random" && tune != "full")
            throw new UserError("--init random starts a model from scratch: add --tune full", Exit.Usage);
        if (given.GetRequiredValue(Dtype) == "float16" && given.GetRequiredValue(Device) == "cpu")
            throw new UserError("--dtype float16 needs --device cuda; on the cpu take bfloat16 or float32", Exit.Usage);
    }

    IAttack Attack(ParseResult given)
    {
        var method = given.GetRequiredValue(Method);
        if (method == "plain") return new Plain();
        if (method == "neftune") return new Neftune(given.GetValue(Alpha) ?? 5);
        var nrm = NoiseResponse.Preset(method);
        if (given.GetValue(Epsilon) is { } absolute) nrm = nrm with { Epsilon = absolute, Relative = false };
        if (given.GetValue(RelativeEpsilon) is { } relative) nrm = nrm with { Epsilon = relative, Relative = true };
        return nrm with
        {
            Alpha = given.GetValue(Alpha) ?? nrm.Alpha,
            Init = given.GetValue(Start) ?? nrm.Init,
            Lambda = given.GetValue(Lambda) ?? nrm.Lambda,
            Radius = given.GetValue(Radius) is { } radius ? Enum.Parse<Radius>(radius, ignoreCase: true) : nrm.Radius,
            Scope = given.GetValue(Scope) is { } scope ? Enum.Parse<Scope>(scope, ignoreCase: true) : nrm.Scope,
        };
    }

    /// <summary>The element type that an option names.</summary>
    public static torch.ScalarType Type(ParseResult given, Option<string> option) =>
        Enum.Parse<torch.ScalarType>(given.GetRequiredValue(option), ignoreCase: true);

    public LoraOptions Lora(ParseResult given)
    {
        var lora = new LoraOptions
        {
            Rank = given.GetValue(Rank), Alpha = given.GetValue(LoraAlpha), Dropout = given.GetValue(Dropout), RsLora = given.GetValue(RsLora),
                Dora = given.GetValue(Dora),
        };
        return given.GetValue(Targets) is { Length: > 0 } targets ? lora with { Targets = targets } : lora;
    }

    static Option<string> Among(string name, string description, string preset, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => preset, HelpName = "name" };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}

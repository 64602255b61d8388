using System.CommandLine;
using Anit.Cli;
using Anit.Models;
using Anit.Tools;
using Anit.Training;
using TorchSharp;

namespace Anit.Train;

/// <summary>The options of a training run, and the records they become.</summary>
sealed class Flags
{
    static readonly string[] Methods = ["nrm", "paper", "early", "nrm2", "plain", "neftune"];

    public readonly Argument<string?> Input = Opt.Input("Rows to train on (Parquet, Arrow, JSONL, by first bytes); standard input when absent or -.");
    public readonly Option<string> Model = new("--model", "-m") { Description = "Folder with config.json, tokenizer.json and safetensors.", Required = true, HelpName = "folder" };
    public readonly Option<string> Out = new("--out", "-o") { Description = "Folder to write: a PEFT adapter, or a whole model with --tune full.", Required = true, HelpName = "folder" };
    public readonly Option<string> Method = Among("--method", "How gradients are made: nrm (default), its presets paper, early, nrm2, or plain, neftune.", "nrm", Methods);
    public readonly Option<string> Tune = Among("--tune", "What is trained: lora (default) or full.", "lora", "lora", "full");
    public readonly Option<string> Init = Among("--init", "Where weights start: load (default) or random, for a model from scratch.", "load", "load", "random");
    public readonly Option<string> Prompt = Among("--prompt", "Prompt template: anit (default) or alpaca.", "anit", "anit", "alpaca");

    public readonly Option<int> Epochs = Opt.Count("--epochs", "Passes over the rows.", 5);
    public readonly Option<int> MaxSteps = Opt.Count("--max-steps", "Stop after this many optimizer steps; 0 for no limit.", 0, from: 0);
    public readonly Option<int> Batch = Opt.Count("--batch", "Sequences in one forward pass.", 16);
    public readonly Option<int> Accumulate = Opt.Count("--accumulate", "Forward passes in one optimizer step.", 2);
    public readonly Option<int> MaxLength = Opt.Count("--max-length", "Longest sequence in tokens; longer rows lose the end of their text.", 512, from: 8);
    public readonly Option<double> LearningRate = Opt.Number("--lr", "Peak learning rate.", 1e-4, 0, 10);
    public readonly Option<double> WarmUp = Opt.Number("--warmup", "Share of the steps that warm up.", 0.04, 0, 1);
    public readonly Option<double> WeightDecay = Opt.Number("--weight-decay", "Decoupled weight decay of matrices.", 0.01, 0, 1);
    public readonly Option<double?> Clip = new("--clip") { Description = "Largest gradient norm; 0.3 with an adversary, 1 without.", HelpName = "x" };
    public readonly Option<ulong> Seed = Opt.Seed();

    public readonly Option<int> Rank = Opt.Count("--rank", "LoRA rank r.", 16);
    public readonly Option<double> LoraAlpha = Opt.Number("--lora-alpha", "LoRA scale: the update is alpha/r · B A.", 16, 0, 1e6);
    public readonly Option<double> Dropout = Opt.Number("--dropout", "LoRA dropout.", 0.05, 0, 0.99);
    public readonly Option<string[]> Targets = new("--targets") { Description = "Linear layers that get LoRA, by name; all seven when absent.", AllowMultipleArgumentsPerToken = true, HelpName = "name" };
    public readonly Option<bool> Dora = new("--dora") { Description = "DoRA: train magnitudes and directions of the weights apart (slower)." };
    public readonly Option<bool> RsLora = new("--rslora") { Description = "Scale by alpha/√r." };

    public readonly Option<double?> Epsilon = new("--epsilon") { Description = "Radius ε of the perturbation, absolute.", HelpName = "x" };
    public readonly Option<double?> RelativeEpsilon = new("--epsilon-relative") { Description = "Radius ε as a multiple of ‖X‖ of each sample (preset nrm: 0.03).", HelpName = "x" };
    public readonly Option<double?> Alpha = new("--alpha") { Description = "Ascent step α; the radius when absent (preset paper: 0.001). NEFTune: its noise scale (5).", HelpName = "x" };
    public readonly Option<double?> Start = new("--init-scale") { Description = "c of Eq. 7, the size of the random start.", HelpName = "x" };
    public readonly Option<double?> Lambda = new("--lambda") { Description = "Weight λ of the adversarial loss; 0 skips the adversary.", HelpName = "x" };
    public readonly Option<string?> Radius = new("--radius") { Description = "Projection: fixed (ε), responsive (ε(1−β)) or none.", HelpName = "how" };
    public readonly Option<string?> Scope = new("--scope") { Description = "Tokens that may be perturbed: prompt, instruction or all.", HelpName = "tokens" };
    public readonly Option<int> AttackWarmUp = Opt.Count("--adv-warmup", "Optimizer steps of plain tuning before the adversary begins.", 0, from: 0);
    public readonly Option<double?> Beta = new("--beta") { Description = "β of every noisy row, instead of the column beta.", HelpName = "x" };

    public readonly Option<int> LogEvery = Opt.Count("--log-every", "Optimizer steps between two records of train.jsonl.", 10);
    public readonly Option<int> SaveEvery = Opt.Count("--save-every", "Optimizer steps between checkpoints; 0 for none but on SIGTERM.", 0, from: 0);
    public readonly Option<bool> Resume = new("--resume") { Description = "Continue from the checkpoint beside --out, if there is one." };
    public readonly Option<string> Device = DeviceOption.Make();
    public readonly Option<string> Dtype = Among("--dtype", "Numbers of the frozen base and of the computation: float32 (default), bfloat16, float16. Trained weights are float32.", "float32", "float32", "bfloat16", "float16");
    public readonly Option<string> SaveDtype = Among("--save-dtype", "Numbers that a fully tuned model is saved in: float32 (default), bfloat16, float16.", "float32", "float32", "bfloat16", "float16");
    public readonly Option<int> Threads = Opt.Count("--threads", "CPU threads; 0 for all cores (or OMP_NUM_THREADS).", 0, from: 0);
    public readonly Option<bool> Force = Opt.Force();
    public readonly Option<bool> DryRun = Opt.DryRun();
    public readonly Option<bool> Quiet = Opt.Quiet();
    public readonly Option<string?> Config = Opt.Config();

    public Flags()
    {
        Radius.AcceptOnlyFromAmong("fixed", "responsive", "none");
        Scope.AcceptOnlyFromAmong("prompt", "instruction", "all");
        foreach (var share in new[] { Beta }) Within(share, 0, 1);
        foreach (var positive in new[] { Clip, Epsilon, RelativeEpsilon, Alpha, Start, Lambda }) Within(positive, 0, double.MaxValue);
    }

    public void AddTo(Command command)
    {
        command.Add(Input);
        foreach (var option in new Option[]
                 {
                     Model, Out, Method, Tune, Init, Prompt, Epochs, MaxSteps, Batch, Accumulate, MaxLength, LearningRate, WarmUp, WeightDecay, Clip, Seed,
                     Rank, LoraAlpha, Dropout, Targets, RsLora, Dora, Epsilon, RelativeEpsilon, Alpha, Start, Lambda, Radius, Scope, AttackWarmUp, Beta,
                     LogEvery, SaveEvery, Resume, Device, Dtype, SaveDtype, Threads, Force, DryRun, Quiet, Config,
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
    public static torch.ScalarType Type(ParseResult given, Option<string> option) => Enum.Parse<torch.ScalarType>(given.GetRequiredValue(option), ignoreCase: true);

    public LoraOptions Lora(ParseResult given)
    {
        var lora = new LoraOptions
        {
            Rank = given.GetValue(Rank), Alpha = given.GetValue(LoraAlpha), Dropout = given.GetValue(Dropout), RsLora = given.GetValue(RsLora), Dora = given.GetValue(Dora),
        };
        return given.GetValue(Targets) is { Length: > 0 } targets ? lora with { Targets = targets } : lora;
    }

    static Option<string> Among(string name, string description, string preset, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => preset, HelpName = "name" };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    static void Within(Option<double?> option, double from, double to) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double?>() is { } value && !(value >= from && value <= to))
            result.AddError($"{option.Name} is {value}; expected a number from {from}{(to < double.MaxValue ? $" to {to}" : " upwards")}");
    });
}

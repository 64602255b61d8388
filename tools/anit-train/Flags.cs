using System.CommandLine;
using Anit.Cli;
using TorchSharp;
using static System.FormattableString;

namespace Anit.Tools.Train;

/// <summary>The options of a training run, and the records they become.</summary>
sealed class Flags
{
    public readonly Argument<string[]> Input = Opt.Input("Rows to train on (Parquet, Arrow, JSONL, by first bytes), from a file or several; standard "
        + "input when absent or -.");
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

    // What an attack may read; the help of each says which do, and the others refuse it.
    public readonly Option<double?> Epsilon =
        Opt.Number("--epsilon", "Radius ε of the perturbation, absolute; in the norm linf of each element."
            + Readers(nameof(AttackKnobs.Epsilon)), 0);
    public readonly Option<double?> RelativeEpsilon = Opt.Number("--epsilon-relative",
        "Radius ε as a multiple of ‖X‖ of each sample, in the norm linf of ‖X‖/√N; "
        + Invariant($"{new Fgm().Epsilon}, as measured on development rows (docs/attacks.md), unless --epsilon is given or the method is paper or early (1, absolute).")
        + Readers(nameof(AttackKnobs.EpsilonRelative)), 0);
    public readonly Option<double?> TargetGain = Opt.Number("--target-gain",
        "Let ε follow what it does: from where it begins it is raised or lowered, at most 5 % a step, until (loss at δ - clean loss) / clean loss is "
        + "this, 0.02 say." + Readers(nameof(AttackKnobs.TargetGain)), 0.0001);
    public readonly Option<double?> Alpha = Opt.Number("--alpha",
        "Ascent step α, absolute or relative as ε is; the radius when absent, 0.001 in paper and early." + Readers(nameof(AttackKnobs.Alpha)), 0);
    public readonly Option<int?> Steps = Opt.OptionalCount("--steps",
        "K: passes of FreeLB, ascents of PGD; 3 when absent." + Readers(nameof(AttackKnobs.Steps)), from: 1);
    public readonly Option<string?> Norm = new("--norm")
    {
        Description = "Norm of ε and α: l2 (steps along the gradient; when absent) or linf (along its sign)." + Readers(nameof(AttackKnobs.Norm)),
        HelpName = "norm",
    };
    public readonly Option<int?> Replays = Opt.OptionalCount("--replays",
        "m: optimizer steps on each batch, of which there are then 1/m as many; 3 when absent." + Readers(nameof(AttackKnobs.Replays)), from: 1);
    public readonly Option<double?> Start = Opt.Number("--init-scale",
        "c of Eq. 7, the size of the random start: its norm is c ε/√3; √3/2 when absent, 10 in paper and early."
        + Readers(nameof(AttackKnobs.InitScale)), 0);
    public readonly Option<double?> Lambda = Opt.Number("--lambda",
        "Weight λ of the adversarial loss beside the clean one; 0 skips the adversary and its options; 1 when absent."
        + Readers(nameof(AttackKnobs.Lambda)), 0);
    public readonly Option<string?> Radius = new("--radius")
    {
        Description = "Projection: fixed (ε; paper), responsive (ε(1−β); nrm, nrm2) or none (early)." + Readers(nameof(AttackKnobs.Radius)),
        HelpName = "how",
    };
    public readonly Option<string?> Scope = new("--scope")
    {
        Description = "Tokens that may be perturbed: prompt (when absent), instruction, or all (early)." + Readers(nameof(AttackKnobs.Scope)),
        HelpName = "tokens",
    };
    public readonly Option<double?> NeftuneAlpha = Opt.Number("--neftune-alpha",
        "Noise scale of NEFTune: U(−1, 1) times it/√N; 5 when absent." + Readers(nameof(AttackKnobs.NeftuneAlpha)), 0);
    public readonly Option<int> AttackWarmUp = Opt.Count("--adv-warmup",
        "Optimizer steps of plain tuning before the method begins." + Readers(AttackKnobs.WarmUp), 0, from: 0);
    public readonly Option<double?> Beta =
        Opt.Number("--beta", "β of every noisy row, instead of the column beta." + Readers(AttackKnobs.Beta), 0, 1);

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
        Norm.AcceptOnlyFromAmong("l2", "linf");
        Radius.AcceptOnlyFromAmong("fixed", "responsive", "none");
        Scope.AcceptOnlyFromAmong("prompt", "instruction", "all");
    }

    public void AddTo(Command command)
    {
        command.Add(Input);
        foreach (var option in new Option[]
                 {
                     Model, Out, Method, Tune, Init, Prompt.Name, Prompt.System, Prompt.Date,
                         Epochs, MaxSteps, Batch, Accumulate, MaxLength, LearningRate, WarmUp,
                         WeightDecay, Clip, Seed,
                     Rank, LoraAlpha, Dropout, Targets, RsLora, Dora, Epsilon, RelativeEpsilon, TargetGain, Alpha, Steps, Norm, Replays, Start, Lambda, Radius,
                         Scope, NeftuneAlpha, AttackWarmUp, Beta,
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
        Option[] ofLora = [Rank, LoraAlpha, Dropout, Targets, Dora, RsLora];
        var reads = AttackKinds.Find(method)!.Knobs;
        given.Refuse(Method, method, [.. Knobs.Where(knob => !reads.Contains(knob.Name)).Select(knob => knob.Option)]);
        if (tune == "full") given.Refuse(Tune, tune, [.. ofLora, Dtype]);
        else given.Refuse(Tune, tune, SaveDtype);
        if (given.GetValue(Lambda) == 0)
            given.Refuse(Lambda, "0", [.. Knobs.Select(knob => knob.Option).Where(option => option != Lambda && option != Beta)]);
        given.RefuseBoth(Epsilon, RelativeEpsilon);
        given.RefuseBoth(Resume, Fresh);
        if (given.GetRequiredValue(Init) == "random" && tune != "full")
            throw new UserError("--init random starts a model from scratch: add --tune full", Exit.Usage);
        if (given.GetRequiredValue(Dtype) == "float16" && given.GetRequiredValue(Device) == "cpu")
            throw new UserError("--dtype float16 needs --device cuda; on the cpu take bfloat16 or float32", Exit.Usage);
    }

    /// <summary>Whether the method reads β, so that noisy rows must have one.</summary>
    public bool ReadsBeta(ParseResult given) => AttackKinds.Find(given.GetRequiredValue(Method))!.Knobs.Contains(AttackKnobs.Beta);

    (string Name, Option Option)[] Knobs =>
    [
        (nameof(AttackKnobs.Epsilon), Epsilon), (nameof(AttackKnobs.EpsilonRelative), RelativeEpsilon),
        (nameof(AttackKnobs.TargetGain), TargetGain), (nameof(AttackKnobs.Alpha), Alpha),
        (nameof(AttackKnobs.Steps), Steps), (nameof(AttackKnobs.Norm), Norm), (nameof(AttackKnobs.Replays), Replays),
        (nameof(AttackKnobs.InitScale), Start), (nameof(AttackKnobs.Lambda), Lambda), (nameof(AttackKnobs.Radius), Radius),
        (nameof(AttackKnobs.Scope), Scope), (nameof(AttackKnobs.NeftuneAlpha), NeftuneAlpha), (AttackKnobs.WarmUp, AttackWarmUp),
        (AttackKnobs.Beta, Beta),
    ];

    IAttack Attack(ParseResult given) => AttackKinds.Find(given.GetRequiredValue(Method))!.Make(new()
    {
        Epsilon = given.GetValue(Epsilon), EpsilonRelative = given.GetValue(RelativeEpsilon), TargetGain = given.GetValue(TargetGain),
        Alpha = given.GetValue(Alpha),
        Steps = given.GetValue(Steps), Norm = Choice<Norm>(given.GetValue(Norm)), Replays = given.GetValue(Replays),
        InitScale = given.GetValue(Start), Lambda = given.GetValue(Lambda), Radius = Choice<Radius>(given.GetValue(Radius)),
        Scope = Choice<Scope>(given.GetValue(Scope)), NeftuneAlpha = given.GetValue(NeftuneAlpha),
    });

    static T? Choice<T>(string? name) where T : struct, Enum => name is null ? null : Enum.Parse<T>(name, ignoreCase: true);

    static string Readers(string knob) => $" [{string.Join(", ", AttackKinds.All.Where(a => a.Knobs.Contains(knob)).Select(a => a.Name))}]";

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

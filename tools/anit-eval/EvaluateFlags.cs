using System.CommandLine;
using Anit.Cli;
using Anit.Torch;

namespace Anit.Tools.Eval;

/// <summary>The options of an evaluation, and the records they become.</summary>
sealed class EvaluateFlags
{
    public readonly StageFlags Files = new();
    public readonly Option<string> Model = new("--model")
    {
        Description = "Folder of the model: config.json, safetensors, tokenizer.json; with --endpoint, its name on the server.",
        Required = true, HelpName = "folder|name",
    };
    public readonly Option<string[]> Adapter = new("--adapter")
    {
        Description = "LoRA adapter in PEFT's form; may be repeated, then every one is a run of its own in the table. name=folder gives it a "
            + "name; base is the model alone.",
        HelpName = "[name=]folder",
    };
    public readonly Option<string> Instruction = new("--instruction")
    {
        Description = "Which instruction to ask with: raw, noisy (where a row has one), empty (\"Please.\") or swapped (another task's); "
            + "several with commas between.",
        DefaultValueFactory = _ => Predictions.Raw, HelpName = "raw|noisy|empty|swapped",
    };
    public readonly PromptFlags Prompt = new("the one that the adapter's or the model's anit-train.json names, else anit,", "--template");
    public readonly Option<int> NewTokens = Opt.Count("--max-new-tokens", "Tokens an answer may have.", 128);
    public readonly Option<int> MaxLength =
        Opt.Count("--max-length", "Tokens prompt and answer may have together; longer texts are cut at their end.", 512);
    public readonly Option<int> Batch = Opt.Count("--batch", "Prompts computed together.", 32);
    public readonly Option<string> Device = DeviceOption.Make();
    public readonly Option<string> Dtype = DtypeOption.Make("Numbers to compute with.");
    public readonly Option<int> Threads = Opt.Count("--threads", "CPU threads; 0 for all cores (or OMP_NUM_THREADS).", 0, from: 0);
    public readonly Option<int> Limit = Opt.Count("--limit", "Only the first rows; 0 takes all.", 0, from: 0);
    public readonly Option<string?> Answers = new("--predictions")
    {
        Description = "Also write every answer: .parquet .arrow .jsonl .csv. When they are up to date they are scored again, without the model.",
        HelpName = "file",
    };
    public readonly Option<bool> DryRun = Opt.DryRun();
    public readonly NoiseGridFlags Noise = new();
    public readonly ScoringFlags Scoring = new();
    public readonly EndpointFlags Endpoint = new();

    public EvaluateFlags()
    {
        Instruction.Validators.Add(result =>
        {
            if (Conditions(result.GetValueOrDefault<string>()!).Except(Asking.Names).Any())
                result.AddError($"--instruction is {result.Tokens[0].Value}; expected raw, noisy, empty or swapped, or several as raw,noisy");
        });
    }

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        Model, Adapter, Instruction, .. Prompt.All, NewTokens, MaxLength, Batch, Device, Dtype, Threads, Limit, Answers, Files.Force,
        Files.Explain, Files.Cache, DryRun, Files.Quiet, Opt.Config(), .. Noise.All, .. Scoring.All, .. Endpoint.All,
    ];

    /// <summary>The table of rows.</summary>
    public TableInput Input(ParseResult given) => new(given.GetValue(Files.Input) ?? []);

    /// <summary>The table of rows, and the predictions as what is written.</summary>
    public StageIO IO(ParseResult given) => Files.Into(given, given.GetValue(Answers));

    /// <summary>What was asked for; options that contradict each other are an error.</summary>
    public async Task<Evaluation> Of(ParseResult given, CancellationToken stop)
    {
        var remote = Endpoint.Named(given, Adapter, Prompt.Date, MaxLength, Batch, Device, Dtype, Threads);
        var dtype = DtypeOption.Of(given, Dtype, Device);
        foreach (var option in new Option[] { Scoring.Csv, Scoring.Report })
        {
            given.RefuseBoth(option, DryRun);
            given.RefuseBoth(option, Endpoint.Estimate);
        }
        var grid = await Noise.Of(given, stop);
        var named = Conditions(given.GetValue(Instruction)!);
        if (grid.Count > 0) named = named.Prepend(Predictions.Raw).Distinct(); // curves begin at the clean score
        return new(remote ? Remote(given) : Local(given, dtype), Scoring.Of(given, Files.Force), [.. named.Select(Asking.Named), .. grid],
            given.GetValue(Files.Quiet), given.GetValue(Noise.Pool));
    }

    // Methods of their own, so that neither libtorch nor HTTP is loaded for the other.
    AnswerChoices Local(ParseResult given, string dtype)
    {
        Native.UseThreads(given.GetValue(Threads));
        return new AnswerChoices(given.GetValue(Model)!, Runs(given), DeviceOption.Of(given, Device), dtype,
            given.GetValue(NewTokens), given.GetValue(MaxLength), given.GetValue(Batch));
    }

    RemoteAnswers Remote(ParseResult given) =>
        Endpoint.Open(given, given.GetValue(Model)!, Prompt.Of(given), given.GetValue(NewTokens), Files);

    List<RunChoice> Runs(ParseResult given)
    {
        var (adapters, model) = (given.GetValue(Adapter) ?? [], given.GetValue(Model)!);
        var runs = adapters.Length > 0 ? adapters.Select(RunChoice.Of).ToList() : [RunChoice.ModelAlone(model)];
        var twice = runs.GroupBy(r => r.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw new UserError($"--adapter: two runs are called {twice.Key}; name them with name=folder", Exit.Usage);
        // The model alone, beside adapters, is asked as they are.
        var ofModel = PromptChoice.Remembered(model);
        var remembered = runs.ConvertAll(r => PromptChoice.Remembered(r.Adapter) ?? ofModel);
        var first = remembered.Find(r => r is not null);
        var chosen = runs.Zip(remembered, (run, own) => new RunChoice(run.Name, run.Adapter, Prompt.Of(given, own ?? first))).ToList();
        foreach (var (run, own) in chosen.Zip(remembered))
            if (own is not null && own != run.Prompt)
                Console.Error.WriteLine($"anit-eval: {run.Name} was trained with {own}, but is asked with {run.Prompt}");
        return chosen;
    }

    static IEnumerable<string> Conditions(string text) => text.Split(',', StringSplitOptions.TrimEntries).Distinct();
}

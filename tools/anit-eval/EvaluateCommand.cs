using System.CommandLine;
using Anit.Cli;
using Anit.Torch;

namespace Anit.Tools.Eval;

/// <summary><c>anit-eval TABLE --model FOLDER</c>: answers every row, scores the answers, shows the scores.</summary>
static class EvaluateCommand
{
    public static RootCommand Root()
    {
        var model = new Option<string>("--model") { Description = "Folder of the model: config.json, safetensors, tokenizer.json; with "
            + "--endpoint, its name on the server.", Required = true, HelpName = "folder|name" };
        var adapter = new Option<string[]>("--adapter")
        {
            Description = "LoRA adapter in PEFT's form; may be repeated, then every one is a run of its own in the table. name=folder gives it a "
                + "name; base is the model alone.",
            HelpName = "[name=]folder",
        };
        var instruction = new Option<string>("--instruction")
        {
            Description = "Which instruction to ask with: raw, noisy (where a row has one), empty (\"Please.\") or swapped (another task's); "
                + "several with commas between.",
            DefaultValueFactory = _ => Predictions.Raw,
            HelpName = "raw|noisy|empty|swapped",
        };
        instruction.Validators.Add(result =>
        {
            if (Conditions(result.GetValueOrDefault<string>()!).Except(Asking.Names).Any())
                result.AddError($"--instruction is {result.Tokens[0].Value}; expected raw, noisy, empty or swapped, or several as raw,noisy");
        });
        var prompt = new PromptFlags("the one that the adapter's or the model's anit-train.json names, else anit,", "--template");
        var newTokens = Opt.Count("--max-new-tokens", "Tokens an answer may have.", 128);
        var maxLength = Opt.Count("--max-length", "Tokens prompt and answer may have together; longer texts are cut at their end.", 512);
        var batch = Opt.Count("--batch", "Prompts computed together.", 32);
        var device = DeviceOption.Make();
        var dtype = new Option<string>("--dtype") { Description = "Numbers to compute with.", DefaultValueFactory = _ => "float32" };
        dtype.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        var threads = Opt.Count("--threads", "CPU threads; 0 for all cores (or OMP_NUM_THREADS).", 0, from: 0);
        var limit = Opt.Count("--limit", "Only the first rows; 0 takes all.", 0, from: 0);
        var predictions = new Option<string?>("--predictions") { Description = "Also write every answer: .parquet .arrow .jsonl .csv. When they are "
            + "up to date they are scored again, without the model.", HelpName = "file" };
        var noise = new NoiseGridFlags();
        var endpoint = new EndpointFlags();
        var files = new StageFlags();
        var (dry, config) = (Opt.DryRun(), Opt.Config());
        var (options, choices) = ScoringChoices.Options();

        var root = new RootCommand("Answers every row with a model, greedily, and scores the answers.")
        {
            files.Input, model, adapter, instruction, prompt.Name, prompt.System, prompt.Date, newTokens, maxLength, batch, device,
                dtype, threads, limit, predictions, files.Force, files.Explain, files.Cache, dry, files.Quiet, config,
        }.Example("anit-eval test.parquet --model Llama-3-8B --adapter adapter --instruction raw,noisy --predictions answers.parquet",
            "anit-eval test.parquet --model Llama-3-8B --adapter plain --adapter nrm --noise all6 --omega 0.1:0.5:0.1 --noise-seed 1,2,3",
            "anit-eval test.parquet --endpoint http://localhost:8000/v1 --model Qwen/Qwen3-8B --estimate",
            "anit-eval score answers.parquet");
        foreach (var option in noise.All.Concat(options).Concat(endpoint.All)) root.Options.Add(option);
        root.Add(ScoreCommand.Create());
        root.Add(CompareCommand.Create());
        root.Add(ArmsCommand.Create());

        OutOfMemory.Guard(root, "take a smaller --batch or --max-length, or --dtype bfloat16", async (given, stop) =>
        {
            var remote = endpoint.Named(given, adapter, prompt.Date, maxLength, batch, device, dtype, threads);
            if (given.GetValue(dtype) == "float16" && given.GetValue(device) == "cpu")
                throw new UserError("--dtype float16 needs --device cuda; on the cpu take bfloat16 or float32", Exit.Usage);
            var grid = await noise.Of(given, stop);
            var named = Conditions(given.GetValue(instruction)!);
            if (grid.Count > 0) named = named.Prepend(Predictions.Raw).Distinct(); // curves begin at the clean score
            var how = remote ? Remote(given) : Local(given);
            var evaluation = new Evaluation(how, choices(given), [.. named.Select(Asking.Named), .. grid],
                given.GetValue(files.Quiet), given.GetValue(noise.Pool));
            var input = new TableInput(given.GetValue(files.Input) ?? []);
            return given.GetValue(dry) ? await evaluation.ShowFirst(input, stop)
                : endpoint.OnlyEstimate(given) ? await evaluation.ShowEstimate(input, given.GetValue(limit), stop)
                : await evaluation.Run(files.Into(given, given.GetValue(predictions)), given.GetValue(limit), stop);
        });
        return root;

        // Methods of their own, so that neither libtorch nor HTTP is loaded for the other.
        IAnswerSource Local(ParseResult given)
        {
            Native.UseThreads(given.GetValue(threads));
            return new AnswerChoices(given.GetValue(model)!, Runs(given.GetValue(adapter) ?? [], given.GetValue(model)!, prompt, given),
                DeviceOption.Of(given, device), given.GetValue(dtype)!, given.GetValue(newTokens), given.GetValue(maxLength), given.GetValue(batch));
        }

        IAnswerSource Remote(ParseResult given) => endpoint.Open(given, given.GetValue(model)!, prompt.Of(given), given.GetValue(newTokens), files);
    }

    static List<RunChoice> Runs(string[] adapters, string model, PromptFlags flags, ParseResult given)
    {
        var runs = adapters.Length > 0 ? adapters.Select(RunChoice.Of).ToList() : [RunChoice.ModelAlone(model)];
        var twice = runs.GroupBy(r => r.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw new UserError($"--adapter: two runs are called {twice.Key}; name them with name=folder", Exit.Usage);
        // The model alone, beside adapters, is asked as they are.
        var ofModel = PromptChoice.Remembered(model);
        var remembered = runs.ConvertAll(r => PromptChoice.Remembered(r.Adapter) ?? ofModel);
        var first = remembered.Find(r => r is not null);
        var chosen = runs.Zip(remembered, (run, own) => new RunChoice(run.Name, run.Adapter, flags.Of(given, own ?? first))).ToList();
        foreach (var (run, own) in chosen.Zip(remembered))
            if (own is not null && own != run.Prompt)
                Console.Error.WriteLine($"anit-eval: {run.Name} was trained with {own}, but is asked with {run.Prompt}");
        return chosen;
    }

    static IEnumerable<string> Conditions(string text) => text.Split(',', StringSplitOptions.TrimEntries).Distinct();
}

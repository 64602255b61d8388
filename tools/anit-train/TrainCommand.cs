using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Anit.Cli;
using Anit.Models;
using Anit.Nlu;
using Anit.Tools;
using Anit.Torch;
using Anit.Training;

namespace Anit.Train;

/// <summary>The main command: rows in, an adapter or a model out.</summary>
static class TrainCommand
{
    const string ResultFile = "anit-train.json", LogFile = "train.jsonl", Version = "1";
    static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonSerializerOptions Indented = new(Json) { WriteIndented = true };

    public static RootCommand Root()
    {
        var root = new RootCommand("Tunes LLaMA-family models on instruction rows: LoRA or full, plain or with adversarial embedding perturbations that answer to each row's noise.")
        {
            TokenizerCommand.Create(), MergeCommand.Create(),
        };
        var flags = new Flags();
        flags.AddTo(root);
        root.Example(
            "anit-train data/samples/train.jsonl --model data/base --method plain --epochs 1 --out out/plain",
            "anit-noise data/samples/train.jsonl --phi 0.5 | anit-score | anit-train - --model data/base --method nrm --epochs 1 --out out/nrm");
        root.SetAction((given, stop) => Run(flags, given, stop));
        return root;
    }

    static async Task<int> Run(Flags flags, ParseResult given, CancellationToken stop)
    {
        var (folder, output) = (given.GetRequiredValue(flags.Model), given.GetRequiredValue(flags.Out).TrimEnd('/'));
        var quiet = given.GetValue(flags.Quiet);
        var options = flags.Options(given);
        var full = given.GetRequiredValue(flags.Tune) == "full";
        var random = given.GetRequiredValue(flags.Init) == "random";
        if (random && !full) throw new UserError("--init random starts a model from scratch: add --tune full", Exit.Usage);
        if (!Directory.Exists(folder)) throw new UserError($"{folder}: no such model folder", Exit.BadData);

        // Cheap checks before dear ones: the rows are read and checked before the model is loaded.
        var template = PromptTemplate.ByName(given.GetRequiredValue(flags.Prompt));
        var builder = new ExampleBuilder(Tokenizer.Load(folder), template, given.GetValue(flags.MaxLength));
        var rows = await TrainingRows.Read(given.GetValue(flags.Input), builder, options.Attack is NoiseResponse, given.GetValue(flags.Beta), stop);
        var record = Record(flags, given, options, rows, full, random);
        var result = Path.Combine(output, ResultFile);
        if (!given.GetValue(flags.Force) && File.Exists(result) && await File.ReadAllTextAsync(result, stop) == record)
        {
            Say(quiet, $"{output} is up to date");
            return Exit.Done;
        }

        Native.UseThreads(given.GetValue(flags.Threads));
        var device = DeviceOption.Of(given, flags.Device);
        using var model = CausalLm.Load(folder, new(full ? Tune.Full : Tune.Lora)
        {
            Device = device, Dtype = Flags.Type(given, flags.Dtype), RandomInit = random, Seed = options.Seed, Lora = full ? null : flags.Lora(given),
        });
        using var trainer = new Trainer(model, rows.Examples, options, device);
        Describe(quiet, rows, trainer, model, options);
        if (given.GetValue(flags.DryRun))
        {
            DryRun.Show(rows.Examples, options, builder, trainer, model);
            return Exit.Done;
        }

        Signals.Defer(); // a checkpoint is written first
        var part = output + ".part";
        Directory.CreateDirectory(part);
        var checkpoint = output + ".checkpoint";
        if (given.GetValue(flags.Resume) && Checkpoint.Load(checkpoint, model, trainer, record)) Say(quiet, $"continuing after step {trainer.Done:N0}");
        if (!Train(trainer, model, part, checkpoint, record, given.GetValue(flags.SaveEvery), options, quiet, stop))
        {
            Checkpoint.Save(checkpoint, model, trainer, record);
            Say(quiet: false, $"stopped after step {trainer.Done:N0} of {trainer.Steps:N0}; run again with --resume to go on from {checkpoint}");
            return Exit.Stopped;
        }

        if (full) ModelFolder.Save(part, model, folder, Flags.Type(given, flags.SaveDtype));
        else PeftAdapter.Save(part, model, Path.GetFileName(Path.GetFullPath(folder)));
        await File.WriteAllTextAsync(Path.Combine(part, ResultFile), record, CancellationToken.None);
        Checkpoint.Replace(part, output);
        if (Directory.Exists(checkpoint)) Directory.Delete(checkpoint, recursive: true);
        return Exit.Done;
    }

    static bool Train(Trainer trainer, CausalLm model, string folder, string checkpoint, string record, int saveEvery, TrainOptions options, bool quiet, CancellationToken stop)
    {
        using var file = new StreamWriter(Path.Combine(folder, LogFile), append: trainer.Done > 0);
        using var progress = new Progress("steps", quiet, trainer.Steps);
        var (startTokens, clock) = (trainer.Tokens, System.Diagnostics.Stopwatch.StartNew());
        var watch = new Warnings(options);
        return trainer.Run(
            log =>
            {
                file.WriteLine(JsonSerializer.Serialize(log, Json));
                file.Flush();
                if (watch.Of(log) is { } warning) Say(quiet, warning);
            },
            (done, loss) =>
            {
                progress.Report(done, $"loss {loss:0.000}, {(trainer.Tokens - startTokens) / clock.Elapsed.TotalSeconds:N0} tokens/s");
                if (saveEvery > 0 && done % saveEvery == 0 && done < trainer.Steps) Checkpoint.Save(checkpoint, model, trainer, record);
            },
            stop);
    }

    static void Describe(bool quiet, TrainingRows rows, Trainer trainer, CausalLm model, TrainOptions options)
    {
        var trained = model.Trained.Sum(t => t.Value.numel());
        Say(quiet, $"{rows.Examples.Count:N0} rows, {rows.Noisy:N0} of them noisy (mean beta {rows.Beta:0.####}); {options.Attack.Name}, {trainer.Steps:N0} steps, {trained:N0} trained parameters");
        if (rows.Shortened > 0) Say(quiet, $"{rows.Shortened:N0} rows were longer than --max-length and lost the end of their text");
    }

    // What can change the result, and nothing else: no path, no thread count, no time.
    static string Record(Flags flags, ParseResult given, TrainOptions options, TrainingRows rows, bool full, bool random) => JsonSerializer.Serialize(
        new
        {
            tool = "anit-train",
            version = Version,
            method = options.Attack.Name,
            attack = options.Attack is Plain ? null : (object)options.Attack,
            tune = full ? "full" : "lora",
            init = random ? "random" : null,
            lora = full ? null : flags.Lora(given),
            options.AttackWarmUp,
            options.Epochs,
            options.MaxSteps,
            options.MicroBatch,
            options.Accumulate,
            options.LearningRate,
            options.WarmUp,
            options.WeightDecay,
            Clip = options.Clip,
            options.Seed,
            max_length = given.GetValue(flags.MaxLength),
            dtype = given.GetRequiredValue(flags.Dtype),
            save_dtype = full ? given.GetRequiredValue(flags.SaveDtype) : null,
            prompt = given.GetRequiredValue(flags.Prompt),
            model = ModelDigest.Of(given.GetRequiredValue(flags.Model), random),
            rows = rows.Examples.Count,
            noisy = rows.Noisy,
            beta = rows.Beta,
            data = rows.Digest,
        },
        Indented) + "\n";

    static void Say(bool quiet, string line)
    {
        if (!quiet) Console.Error.WriteLine($"anit-train: {line}");
    }
}

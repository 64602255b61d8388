using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using Anit.Models;
using Anit.Torch;

namespace Anit.Tools.Train;

/// <summary>The main command: rows in, an adapter or a model out.</summary>
static class TrainCommand
{
    const string Version = "2";

    public static RootCommand Root()
    {
        var root = new RootCommand("Tunes LLaMA-family models on instruction rows: LoRA or full, plain or with adversarial embedding perturbations "
            + "that answer to each row's noise. A row has the columns id, task, instruction, target and, as it needs them, text, options, question "
            + "and format, as anit-data import writes them; anit-noise adds noisy instructions, anit-score their beta. What is left is an adapter in "
            + "PEFT's format with its settings (config.yaml), log (train.jsonl), curves (report.html) and model card; a run that was stopped goes on "
            + "when the same command is given again.")
        {
            TokenizerCommand.Create(), MergeCommand.Create(),
        };
        var flags = new Flags();
        flags.AddTo(root);
        root.Example(
            "anit-train data/samples/train.jsonl --model data/base --method plain --epochs 1 --out out/plain",
            "anit-noise data/samples/train.jsonl --phi 0.5 | anit-score | anit-train - --model data/base --method nrm --epochs 1 --out out/nrm",
            "anit-train data/samples/train.jsonl --model data/base --method plain --eval data/samples/dev.jsonl --patience 2 --out out/best",
            "anit-train data/samples/train.jsonl --config out/best/config.yaml --seed 7 --out out/again");
        OutOfMemory.Guard(root, "take a smaller --batch, --max-length or --rank, --checkpoint-activations, or --dtype bfloat16",
            (given, stop) => Run(flags, given, stop));
        return root;
    }

    static async Task<int> Run(Flags flags, ParseResult given, CancellationToken stop)
    {
        LocalRanks.Follow();
        flags.Check(given);
        var (dry, processes) = (given.GetValue(flags.DryRun), given.GetValue(flags.Processes));
        var place = Team.PlaceOf(processes);
        if (dry) return place.Rank == 0 ? await Run(flags, given, Team.Join(RankPlace.Single, TorchSharp.DeviceType.CPU), stop) : Exit.Done;
        var type = given.GetRequiredValue(flags.Device) == "cpu" ? TorchSharp.DeviceType.CPU : TorchSharp.DeviceType.CUDA;
        if (processes > 1 && !LocalRanks.IsOne)
            return Ranks.Lacking(type) is { } lacking ? throw new UserError(lacking)
                : await LocalRanks.Run(processes.Value, reads: (given.GetValue(flags.Input) ?? []) is var names && new TableInput(names).Paths.Any(
                    Streams.IsStandard));
        using var team = Team.Join(place, type);
        return await team.Do(() => Run(flags, given, team, stop));
    }

    static async Task<int> Run(Flags flags, ParseResult given, Team team, CancellationToken stop)
    {
        var folder = given.GetRequiredValue(flags.Model);
        var adapter = given.GetValue(flags.Lora.InitAdapter);
        var (quiet, dry, force, fresh) = (given.GetValue(flags.Quiet) || !team.Leads, given.GetValue(flags.DryRun), given.GetValue(flags.Force),
            given.GetValue(flags.Fresh));
        var (options, prompt) = (flags.Options(given), flags.Prompt.Of(given, PromptChoice.Remembered(adapter)));
        var full = given.GetRequiredValue(flags.Tune) == "full";
        var random = given.GetRequiredValue(flags.Init) == "random";
        var dev = given.GetValue(flags.Dev.Rows);
        var device = DeviceOption.Of(given, flags.Device, team.Place.LocalRank);
        var lora = full ? null : flags.Lora.Of(given);
        if (!Directory.Exists(folder)) throw new UserError($"{folder}: no such model folder", Exit.BadData);

        // Cheap checks before dear ones: the place of the result, then the rows, then the model.
        var input = new TableInput(given.GetValue(flags.Input) ?? []);
        using var output = !team.Leads ? null : new OutputFolder(given.GetRequiredValue(flags.Out),
            [("the model", folder), ("the adapter", adapter), ("the options", given.GetValue(flags.Config)),
                ("the development rows", dev),
                .. input.Paths.Select(path => ("the rows", path))]);
        IReadOnlyList<string> files = [Records.Name, TrainReport.Name, Settings.Name, EventFile.Name, ModelCard.Name,
            .. full ? ModelFolder.Files : PeftAdapter.Files];
        if (!dry && output is { Result: null }) output.Begin(files);
        var encoder = prompt.Encoder(folder, Tokenizer.Load(folder));
        ExampleBuilder Builder() => new(encoder, prompt.Template, given.GetValue(flags.MaxLength));
        var builder = Builder();
        IReadOnlyList<TableInput> inputs = options.Weights is null ? [input] : [.. input.Names.Select(name => new TableInput(name))];
        var rows = await TrainingRows.Read(inputs, builder, prompt.IsChat,
            AttackFlags.ReadBeta(options.Attack.Name), given.GetValue(flags.Attack.Beta), stop);
        var development = dev is null ? null : await Development.Read(dev, Builder(), rows, stop);
        var settings = Settings.Of(flags, given, options.Attack, lora, prompt);
        var record = Record(settings, rows, development, folder, adapter);
        team.Agree(record);
        var checkpoint = output?.Name + ".checkpoint";
        if (!team.IsToTrain(output is not null && (force || !output.Holds(record))))
        {
            if (output is null) return Exit.Done;
            if (!dry) Checkpoint.Discard(checkpoint, record); // of a run that was killed after its last step
            Say(quiet, $"{output.Name} is up to date");
            return Exit.Done;
        }
        if (!force && output?.Result is not null)
            throw new UserError($"{output.Name} holds the result of another run; replace it with --force or choose another --out");
        if (output is not null) Checkpoint.Check(checkpoint);
        var found = fresh || output is null ? null : Checkpoint.Find(checkpoint, record, line => Say(quiet: false, line));

        Limits.Check(ModelConfig.FromFolder(folder), lora, random,
            device.type == TorchSharp.DeviceType.CPU ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : long.MaxValue);
        Native.UseThreads(given.GetValue(flags.Threads) is > 0 and var threads ? threads : team.Threads);
        using var model = CausalLm.Load(folder, new(full ? Tune.Full : Tune.Lora)
        {
            Device = device, Dtype = DtypeOption.Type(flags.DtypeName(given)), RandomInit = random, Seed = options.Seed, Lora = lora,
            Adapter = adapter,
        });
        model.Checkpointing = given.GetValue(flags.CheckpointActivations);
        var asked = development is null ? null : new Asked(development, model, Answers(flags, given, model, prompt), stop);
        using var trainer = new Trainer(model, rows.Examples, options, device) { Look = asked is null ? null : asked.Score, Ranks = team.Ranks };
        Describe(quiet, rows, trainer, model, options, team);
        if (development?.Familiar > 0)
            Say(quiet, $"{development.Familiar:N0} of the rows of --eval are among those trained on; what the model knows by heart is no measure");
        if (dry)
        {
            DryRun.Show(rows.Examples, options, builder, trainer, model);
            return Exit.Done;
        }

        Signals.Defer(); // a checkpoint is written first
        if (output is null) return Follow(trainer, given.GetValue(flags.SaveEvery), stop);
        output.Begin(files);
        var log = Path.Combine(output.Part, Records.Name);
        if (fresh) Checkpoint.Discard(checkpoint);
        if (found is not null)
        {
            found.Restore(model, trainer, log);
            Say(quiet: false, $"goes on after step {found.Step:N0} of {trainer.Steps:N0}, from {found.Folder} (--fresh starts anew)");
        }
        void Save() => Checkpoint.Save(checkpoint, model, trainer, record, log);
        team.LastWords = () => LastWords(trainer, Save, checkpoint);
        var keep = new Keep(Save, given.GetValue(flags.SaveEvery));
        var summary = new RunSummary(trainer);
        if (!Train(trainer, log, keep, options, quiet, stop))
        {
            trainer.Gather();
            keep.Now();
            Say(quiet: false, $"stopped after step {trainer.Done:N0} of {trainer.Steps:N0}; run the same command again to go on from {checkpoint}");
            return Exit.Stopped;
        }
        team.LastWords = null; // nobody is needed any more

        var baseName = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (full) ModelFolder.Save(output.Part, model, folder, DtypeOption.Type(given.GetRequiredValue(flags.SaveDtype)));
        else PeftAdapter.Save(output.Part, model, baseName);
        var records = Records.Read(log);
        File.WriteAllText(Path.Combine(output.Part, Settings.Name), settings.Yaml());
        File.WriteAllText(Path.Combine(output.Part, ModelCard.Name), new ModelCard(baseName, !full, settings, rows, records).Text());
        EventFile.Write(Path.Combine(output.Part, EventFile.Name), log);
        new TrainReport(options, rows, record, records, asked?.Samples() ?? []).Write(output.Part);
        output.Commit(record);
        Checkpoint.Discard(checkpoint);
        foreach (var line in summary.Lines(trainer, records, output.Name, Next(flags, given, full))) Say(quiet, line);
        return Exit.Done;
    }

    // Every other rank: it computes its share and gives rank 0 what a checkpoint needs, at the same steps.
    static int Follow(Trainer trainer, int saveEvery, CancellationToken stop)
    {
        var isDone = trainer.Run(_ => { }, (done, _) => { if (IsTimeToSave(done, saveEvery, trainer)) trainer.Gather(); }, stop);
        if (!isDone) trainer.Gather();
        return isDone ? Exit.Done : Exit.Stopped;
    }

    static bool IsTimeToSave(int done, int every, Trainer trainer) => every > 0 && done % every == 0 && done < trainer.Steps;

    static string LastWords(Trainer trainer, Action save, string checkpoint)
    {
        var isSaved = trainer.TrySave(save, TimeSpan.FromSeconds(10));
        return isSaved ? $"the state after step {trainer.Done:N0} of {trainer.Steps:N0} is in {checkpoint}: run the same command again, with as many "
                + "ranks as there are, to go on"
            : Directory.Exists(checkpoint) ? $"run the same command again, with as many ranks as there are, to go on from {checkpoint}"
            : "nothing was done yet; run the same command again, with as many ranks as there are";
    }

    static GreedyAnswers Answers(Flags flags, ParseResult given, CausalLm model, PromptChoice prompt) =>
        new(model, given.GetRequiredValue(flags.Model), prompt)
        {
            // A prompt may be as long as a training row, and its answer comes on top.
            MaxNewTokens = given.GetValue(flags.Dev.MaxNewTokens),
            MaxLength = given.GetValue(flags.MaxLength) + given.GetValue(flags.Dev.MaxNewTokens),
        };

    // What evaluates the result, as it can be pasted.
    static string Next(Flags flags, ParseResult given, bool full)
    {
        var (model, place) = (given.GetRequiredValue(flags.Model), given.GetRequiredValue(flags.Out));
        return $"anit-eval TEST.parquet --model {Shell.Word(full ? place : model)}{(full ? "" : $" --adapter {Shell.Word(place)}")}"
            + " --instruction raw,noisy"; // the result remembers its prompt
    }

    /// <summary>How a checkpoint is saved, and after how many steps; 0 for not by itself.</summary>
    sealed record Keep(Action Now, int Every);

    static bool Train(Trainer trainer, string log, Keep keep, TrainOptions options, bool quiet, CancellationToken stop)
    {
        using var file = new StreamWriter(log, append: trainer.Done > 0);
        using var progress = new Progress("steps", quiet, trainer.Steps, trainer.Done);
        var (startTokens, clock) = (trainer.Tokens, System.Diagnostics.Stopwatch.StartNew());
        var smooth = new Smoothed();
        var watch = new Warnings(options);
        trainer.Looked = scores =>
        {
            Write(scores);
            Say(quiet, $"after step {scores.Step:N0}: {RunSummary.Scores(scores)}{(scores.Best ? ", the best so far" : "")}");
        };
        return trainer.Run(
            record =>
            {
                Write(record);
                if (watch.Of(record) is { } warning) Say(quiet, warning);
            },
            (done, loss) =>
            {
                progress.Report(done, $"loss {smooth.Of(loss):0.000}, {(trainer.Tokens - startTokens) / clock.Elapsed.TotalSeconds:N0} tokens/s");
                if (!IsTimeToSave(done, keep.Every, trainer)) return;
                trainer.Gather();
                keep.Now();
            },
            stop);

        void Write<T>(T record)
        {
            file.WriteLine(Records.Line(record));
            file.Flush();
        }
    }

    static void Describe(bool quiet, TrainingRows rows, Trainer trainer, CausalLm model, TrainOptions options, Team team)
    {
        var trained = model.Trained.Sum(t => t.Value.numel());
        var noisy = rows.Noisy == 0 ? "none of them noisy"
            : $"{rows.Noisy:N0} of them noisy with {rows.NoisyTexts:N0} distinct texts "
                + $"({(rows.OneBeta is null ? "mean " : "")}beta {rows.Beta:0.####})";
        Say(quiet, $"{rows.Examples.Count:N0} rows, {noisy}; {options.Attack.Name}, "
            + $"{trainer.Steps:N0} steps of {options.Attack.Passes} {(options.Attack.Passes == 1 ? "pass" : "passes")}, "
            + $"{trained:N0} trained parameters{(team.Place.WorldSize > 1 ? $", {team.Place.WorldSize} ranks" : "")}");
        if (rows.Shortened > 0) Say(quiet, $"{rows.Shortened:N0} rows were longer than --max-length and lost "
            + (rows.Conversations ? "their last turns" : "the end of their text"));
        if (Warnings.AtStart(options, rows) is { } warning) Say(quiet, warning);
    }

    // What can change the result, and nothing else: no path, no thread count, no time.
    static string Record(Settings settings, TrainingRows rows, Development? development, string model, string? adapter)
    {
        var record = new JsonObject { ["tool"] = "anit-train", ["version"] = Version };
        foreach (var (name, value) in settings.Decide) record[name] = value!.DeepClone();
        record["base-digest"] = ModelDigest.Of(model, withoutWeights: $"{settings.Decide["init"]}" == "random");
        if (adapter is not null) record["adapter-digest"] = ModelDigest.OfAdapter(adapter);
        record["data-digest"] = rows.Digest;
        if (development is not null) record["eval-digest"] = development.Digest;
        record["rows"] = rows.Examples.Count;
        record["noisy-rows"] = rows.Noisy;
        record["mean-beta"] = rows.Beta;
        return record.ToJsonString(Settings.Readable) + "\n";
    }

    static void Say(bool quiet, string line)
    {
        if (!quiet) Console.Error.WriteLine($"anit-train: {line}");
    }
}

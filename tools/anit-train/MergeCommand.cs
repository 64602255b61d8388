using System.CommandLine;
using System.Text.Json.Nodes;
using Anit.Cli;
using static TorchSharp.torch;

namespace Anit.Tools.Train;

/// <summary><c>anit-train merge</c>: base model and adapter as one whole model, for programs that load no adapters.</summary>
static class MergeCommand
{
    const string AsStored = "base";

    public static Command Create()
    {
        var folder = new Option<string>("--model", "-m") { Description = "Folder of the base model the adapter was trained on.", Required = true,
            HelpName = "folder" };
        var adapter = new Option<string>("--adapter", "-a") { Description = "LoRA or DoRA adapter in PEFT's form.", Required = true,
            HelpName = "folder" };
        var output = new Option<string>("--out", "-o") { Description = "Folder to write: config.json, model.safetensors and the tokenizer's files.",
            Required = true, HelpName = "folder" };
        var dtype = new Option<string>("--dtype") { Description = "Numbers the merged weights are saved in: base (default) for those of the base "
            + "model, float32, bfloat16, float16.", DefaultValueFactory = _ => AsStored, HelpName = "name" };
        dtype.AcceptOnlyFromAmong(AsStored, "float32", "bfloat16", "float16");
        var (force, quiet) = (new Option<bool>("--force") { Description = "Replace an earlier result of ours." }, Opt.Quiet());
        var command = new Command("merge", "Adds an adapter to its base model and writes the whole model as a Hugging Face folder.") { folder,
            adapter, output, dtype, force, quiet }
            .Example("anit-train merge --model data/base --adapter out/plain --out out/merged");
        OutOfMemory.Guard(command, "merge on a machine with more of it", (given, _) => Task.FromResult(Merge(given.GetRequiredValue(folder),
            given.GetRequiredValue(adapter), given.GetRequiredValue(output), given.GetRequiredValue(dtype), given.GetValue(force),
            given.GetValue(quiet))));
        return command;
    }

    static int Merge(string folder, string adapter, string output, string type, bool force, bool quiet)
    {
        using var place = new OutputFolder(output, ("the model", folder), ("the adapter", adapter));
        if (place.Result is not null && !force)
            throw new UserError($"{place.Name} is already there; choose another --out, or replace it with --force");
        place.Begin(ModelFolder.Files);

        // In the type they are stored in, weights stay in the mapped files: merging needs the memory of one matrix, not of the model.
        var stored = ModelFolder.StoredType(folder);
        using var model = CausalLm.Load(folder, new() { Adapter = adapter, KeepAdapterApart = true, Dtype = stored });
        ModelFolder.Save(place.Part, model, folder, type == AsStored ? stored : Enum.Parse<ScalarType>(type, ignoreCase: true));
        place.Commit(Record(adapter).ToJsonString());
        if (!quiet) Console.Error.WriteLine($"anit-train: {place.Name} holds {Path.GetFileName(Path.GetFullPath(folder))} with "
            + $"{model.Options.Lora!.Targets.Count} kinds of layers updated");
        return Exit.Done;
    }

    // The whole model is asked with the prompt that the adapter was trained with.
    static JsonObject Record(string adapter)
    {
        var record = new JsonObject { ["tool"] = "anit-train merge" };
        if (PromptChoice.Remembered(adapter) is not { } prompt) return record;
        record["prompt"] = prompt.Name;
        if (prompt.System is not null) record["system"] = prompt.System;
        if (prompt.Day is not null) record["date"] = prompt.Day;
        return record;
    }
}

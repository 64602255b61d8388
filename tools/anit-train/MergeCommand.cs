using System.CommandLine;
using Anit.Cli;
using Anit.Models;
using Anit.Training;
using static TorchSharp.torch;

namespace Anit.Train;

/// <summary><c>anit-train merge</c>: base model and adapter as one whole model, for programs that load no adapters.</summary>
static class MergeCommand
{
    const string AsStored = "base";

    public static Command Create()
    {
        var folder = new Option<string>("--model", "-m") { Description = "Folder of the base model the adapter was trained on.", Required = true, HelpName = "folder" };
        var adapter = new Option<string>("--adapter", "-a") { Description = "LoRA or DoRA adapter in PEFT's form.", Required = true, HelpName = "folder" };
        var output = new Option<string>("--out", "-o") { Description = "Folder to write: config.json, model.safetensors and the tokenizer's files.", Required = true, HelpName = "folder" };
        var dtype = new Option<string>("--dtype") { Description = "Numbers the merged weights are saved in: base (default) for those of the base model, float32, bfloat16, float16.", DefaultValueFactory = _ => AsStored, HelpName = "name" };
        dtype.AcceptOnlyFromAmong(AsStored, "float32", "bfloat16", "float16");
        var (force, quiet) = (new Option<bool>("--force") { Description = "Replace the output folder if it is there." }, Opt.Quiet());
        var command = new Command("merge", "Adds an adapter to its base model and writes the whole model as a Hugging Face folder.") { folder, adapter, output, dtype, force, quiet }
            .Example("anit-train merge --model data/base --adapter out/plain --out out/merged");
        command.SetAction(given => Merge(given.GetRequiredValue(folder), given.GetRequiredValue(adapter), given.GetRequiredValue(output).TrimEnd('/'),
            given.GetRequiredValue(dtype), given.GetValue(force), given.GetValue(quiet)));
        return command;
    }

    static int Merge(string folder, string adapter, string output, string type, bool force, bool quiet)
    {
        if (Directory.Exists(output) && !force) throw new UserError($"{output} is already there; choose another --out, or replace it with --force");
        if (new[] { folder, adapter }.Any(f => Path.GetFullPath(f) == Path.GetFullPath(output))) throw new UserError($"--out {output} is what is read; choose another folder", Exit.Usage);

        // In the type they are stored in, weights stay in the mapped files: merging needs the memory of one matrix, not of the model.
        var stored = ModelFolder.StoredType(folder);
        using var model = CausalLm.Load(folder, new() { Adapter = adapter, KeepAdapterApart = true, Dtype = stored });
        var part = output + ".part";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        ModelFolder.Save(part, model, folder, type == AsStored ? stored : Enum.Parse<ScalarType>(type, ignoreCase: true));
        Checkpoint.Replace(part, output);
        if (!quiet) Console.Error.WriteLine($"anit-train: {output} holds {Path.GetFileName(Path.GetFullPath(folder))} with {model.Options.Lora!.Targets.Count} kinds of layers updated");
        return Exit.Done;
    }
}

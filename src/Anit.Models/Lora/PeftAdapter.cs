using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Anit.Models.Lora;

/// <summary>Low-rank updates as PEFT keeps them: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <remarks>Tensor names are <c>base_model.model.</c> + the layer's name in the base model + <c>.lora_A.weight</c> or <c>.lora_B.weight</c>,
/// with DoRA also <c>.lora_magnitude_vector</c>.
/// Only keys that PEFT has known since 0.9 are written, so that older versions read the folder too. A setting that would change the
/// numbers and is not computed here is refused by name.</remarks>
public static class PeftAdapter
{
    internal const string ConfigFile = "adapter_config.json";
    internal const string WeightsFile = "adapter_model.safetensors";
    internal const string Prefix = "base_model.model.";

    /// <summary>Names of the files that <see cref="Save"/> writes.</summary>
    public static IReadOnlyList<string> Files => [ConfigFile, WeightsFile];

    /// <summary>Writes a model's updates.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="model">A model with updates.</param>
    /// <param name="baseName">What <c>base_model_name_or_path</c> says: the base model's name, not a path of this machine.</param>
    public static void Save(string folder, CausalLm model, string baseName)
    {
        if (model.Options.Lora is not { } lora) throw new InvalidOperationException("this model has no low-rank updates to save");
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, WeightsFile),
            model.Adapters.Select(a => (Prefix + a.Name, (Func<Tensor>)(() => a.Value.alias()))));
        var path = Path.Combine(folder, ConfigFile);
        File.WriteAllText(path + ".part", Config(lora, baseName));
        File.Move(path + ".part", path, overwrite: true);
    }

    /// <summary>Reads which layers an adapter updates, and how.</summary>
    /// <exception cref="FileNotFoundException">There is no adapter in the folder.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of a kind that is not supported.</exception>
    public static LoraOptions ReadOptions(string folder)
    {
        var path = Path.Combine(folder, ConfigFile);
        if (!File.Exists(path)) throw new FileNotFoundException($"{folder}: no {ConfigFile}; is this a PEFT adapter folder?", folder);
        return Options(JsonKeys.Parse(FolderHint.Read(path), path));
    }

    static string Config(LoraOptions lora, string baseName)
    {
        var json = new JsonObject
        {
            ["alpha_pattern"] = new JsonObject(),
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = baseName,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["layers_pattern"] = null,
            ["layers_to_transform"] = null,
            ["lora_alpha"] = lora.Alpha == Math.Floor(lora.Alpha) ? (JsonNode)(long)lora.Alpha : lora.Alpha,
            ["lora_dropout"] = lora.Dropout,
            ["modules_to_save"] = null,
            ["peft_type"] = "LORA",
            ["r"] = lora.Rank,
            ["rank_pattern"] = new JsonObject(),
            ["revision"] = null,
            ["target_modules"] = null,
            ["task_type"] = "CAUSAL_LM",
            ["use_dora"] = lora.Dora,
            ["use_rslora"] = lora.RsLora,
        };
        (lora.Peft ?? new PeftTargets(new(lora.Targets))).Write(json);
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    // What PEFT adds to a low-rank update and is not computed here; off as null, false, [] and {}.
    static readonly string[] Refused =
    [
        "lora_bias", "use_qalora", "modules_to_save", "layer_replication", "trainable_token_indices", "target_parameters",
        "alora_invocation_tokens", "use_bdlora", "ensure_weight_tying", "arrow_config", "kasa_config", "monteclora_config", "velora_config",
    ];

    static LoraOptions Options(JsonKeys keys)
    {
        if (keys.Text("peft_type") is var type and not "LORA") throw keys.Bad($"peft_type {type ?? "is missing and"} is not supported; only LORA is");
        foreach (var name in Refused)
            if (keys.Value(name) is { } set && set.GetRawText() is not ("false" or "[]" or "{}"))
                throw keys.Bad($"{name} {JsonKeys.Short(set)} is not supported, expected null or false");
        if (keys.Text("bias") is { } bias and not "none") throw keys.Bad($"bias {bias} is not supported; only none is");

        // The others begin by changing the base model, whose weights we read as they were.
        if (keys.Value("init_lora_weights") is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) } init)
        {
            var how = keys.Text("init_lora_weights", "true, false or a name");
            if (how is not ("gaussian" or "orthogonal" or "eva"))
                throw keys.Bad($"init_lora_weights {JsonKeys.Short(init)} is not supported; convert the adapter with peft's "
                    + "path_initial_model_for_weight_conversion");
        }

        var rank = keys.Integer("r", 1, LoraOptions.MostRank) ?? throw keys.Missing("r", $"a whole number from 1 to {LoraOptions.MostRank}");
        var dropout = keys.Number("lora_dropout", 0, 1) ?? 0;
        if (dropout >= 1) throw keys.Bad($"lora_dropout is {dropout}, expected 0 or more and less than 1");
        // About layers that keep weights the other way round; PEFT ignores it for linear ones, which all of ours are.
        keys.Flag("fan_in_fan_out");

        var targets = PeftTargets.Read(keys);
        foreach (var name in new[] { "lm_head", "model.embed_tokens" })
            if (targets.Match(name))
                throw keys.Bad($"target_modules matches {name}, which cannot be updated here; merge the adapter with peft (merge_and_unload)");
        var alpha = keys.Number("lora_alpha", -PeftTargets.MostAlpha, PeftTargets.MostAlpha) ?? 8;
        return new LoraOptions(rank, alpha, dropout, keys.Flag("use_rslora") ?? false)
        {
            Targets = targets.Targets.Pattern is { } pattern ? [pattern.Text] : targets.Targets.List,
            Dora = keys.Flag("use_dora") ?? false,
            Peft = targets,
        };
    }
}

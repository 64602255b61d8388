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
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            return Options(json.RootElement, path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: {e.Message}");
        }
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

    static LoraOptions Options(JsonElement json, string path)
    {
        InvalidDataException Bad(string what) => new($"{path}: {what}");
        JsonElement? Value(string name) =>
            json.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) ? value : null;

        if (Value("peft_type")?.GetString() != "LORA") throw Bad($"peft_type {Value("peft_type")} is not supported; only LORA is");
        foreach (var name in new[] { "lora_bias", "use_qalora", "modules_to_save", "layer_replication",
            "trainable_token_indices", "target_parameters", "alora_invocation_tokens", "use_bdlora", "ensure_weight_tying",
            "arrow_config", "kasa_config", "monteclora_config", "velora_config" })
            if (Value(name) is { } set && set.GetRawText() is not ("[]" or "{}")) throw Bad($"{name} {set.GetRawText()} is not supported");
        if (Value("bias")?.GetString() is { } bias and not "none") throw Bad($"bias {bias} is not supported; only none is");

        // The others begin by changing the base model, whose weights we read as they were.
        if (Value("init_lora_weights") is { ValueKind: JsonValueKind.String } init && init.GetString() is not ("gaussian" or "orthogonal" or "eva"))
            throw Bad($"init_lora_weights {init.GetRawText()} is not supported; convert the adapter with peft's "
                + "path_initial_model_for_weight_conversion");

        var rank = Value("r")?.GetInt32() ?? throw Bad("r is missing");
        if (rank < 1) throw Bad($"r is {rank}, expected 1 or more");
        if (rank > LoraOptions.MostRank) throw Bad($"r is {rank}, expected at most {LoraOptions.MostRank}");
        var dropout = Value("lora_dropout")?.GetDouble() ?? 0;
        if (dropout is < 0 or >= 1) throw Bad($"lora_dropout is {dropout}, expected 0 or more and less than 1");

        // fan_in_fan_out is about layers that keep weights the other way round; PEFT ignores it for linear ones, which all of ours are.
        var targets = PeftTargets.Read(json, Bad);
        foreach (var name in new[] { "lm_head", "model.embed_tokens" })
            if (targets.Match(name))
                throw Bad($"target_modules matches {name}, which cannot be updated here; merge the adapter with peft (merge_and_unload)");
        return new LoraOptions(rank, Value("lora_alpha")?.GetDouble() ?? 8, dropout, Value("use_rslora") is not null)
        {
            Targets = targets.Targets.Pattern is { } pattern ? [pattern] : targets.Targets.List,
            Dora = Value("use_dora") is not null,
            Peft = targets,
        };
    }
}

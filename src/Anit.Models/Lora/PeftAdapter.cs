using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Low-rank updates as PEFT keeps them: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <remarks>Tensor names are <c>base_model.model.</c> + the layer's name in the base model + <c>.lora_A.weight</c> or <c>.lora_B.weight</c>,
/// with DoRA also <c>.lora_magnitude_vector</c>.
/// Only keys that PEFT has known since 0.9 are written, so that older versions read the folder too. A setting that would change the
/// numbers and is not computed here is refused by name.</remarks>
public static class PeftAdapter
{
    const string ConfigFile = "adapter_config.json";
    const string WeightsFile = "adapter_model.safetensors";
    const string Prefix = "base_model.model.";

    /// <summary>Writes a model's updates.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="model">A model with updates.</param>
    /// <param name="baseName">What <c>base_model_name_or_path</c> says: the base model's name, not a path of this machine.</param>
    public static void Save(string folder, CausalLm model, string baseName)
    {
        if (model.Options.Lora is not { } lora) throw new InvalidOperationException("this model has no low-rank updates to save");
        Directory.CreateDirectory(folder);
        Safetensors.Write(Path.Combine(folder, WeightsFile), model.Adapters.Select(a => (Prefix + a.Name, (Func<Tensor>)(() => a.Value.alias()))));
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

    /// <summary>Puts an adapter's numbers into a model that was made with its options.</summary>
    internal static void ReadInto(CausalLm model, string folder)
    {
        var path = Path.Combine(folder, WeightsFile);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{folder}: no {WeightsFile}"
                + (File.Exists(Path.Combine(folder, "adapter_model.bin")) ? "; adapter_model.bin is not read, save it as safetensors" : ""), folder);
        using var file = new SafetensorsFile(path);
        var known = model.Adapters.Select(a => Prefix + a.Name).ToHashSet(StringComparer.Ordinal);
        if (file.Tensors.Keys.FirstOrDefault(name => !known.Contains(name)) is { } extra)
            throw new InvalidDataException($"{path}: tensor {extra} has no place in this model; was the adapter trained on another base model?");
        foreach (var (name, value) in model.Adapters)
        {
            if (!file.Tensors.TryGetValue(Prefix + name, out var stored))
                throw new InvalidDataException($"{path}: tensor {Prefix + name} is missing, expected shape [{string.Join(", ", value.shape)}]");
            if (!stored.Shape.SequenceEqual(value.shape))
                throw new InvalidDataException($"{path}: tensor {Prefix + name} has shape [{string.Join(", ", stored.Shape)}], "
                    + $"{ConfigFile} and the base model ask for [{string.Join(", ", value.shape)}]");
            using var scope = NewDisposeScope();
            value.copy_(MappedWeights.Copy(file, stored));
        }
    }

    static string Config(LoraOptions lora, string baseName) => new JsonObject
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
        ["target_modules"] = new JsonArray([.. lora.Targets.Order(StringComparer.Ordinal).Select(t => (JsonNode)t)]),
        ["task_type"] = "CAUSAL_LM",
        ["use_dora"] = lora.Dora,
        ["use_rslora"] = lora.RsLora,
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

    static LoraOptions Options(JsonElement json, string path)
    {
        InvalidDataException Bad(string what) => new($"{path}: {what}");
        JsonElement? Value(string name) =>
            json.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) ? value : null;

        if (Value("peft_type")?.GetString() != "LORA") throw Bad($"peft_type {Value("peft_type")} is not supported; only LORA is");
        foreach (var name in new[] { "lora_bias", "use_qalora", "modules_to_save", "layers_to_transform", "layer_replication",
            "trainable_token_indices", "target_parameters", "alora_invocation_tokens", "use_bdlora", "fan_in_fan_out",
            "arrow_config", "kasa_config", "monteclora_config", "velora_config" })
            if (Value(name) is { } set) throw Bad($"{name} {set.GetRawText()} is not supported");
        foreach (var name in new[] { "rank_pattern", "alpha_pattern" })
            if (Value(name) is { ValueKind: JsonValueKind.Object } pattern && pattern.EnumerateObject().Any()) throw Bad($"{name} is not supported");
        if (Value("bias")?.GetString() is { } bias and not "none") throw Bad($"bias {bias} is not supported; only none is");

        // The others begin by changing the base model, whose weights we read as they were.
        if (Value("init_lora_weights") is { ValueKind: JsonValueKind.String } init && init.GetString() is not ("gaussian" or "orthogonal" or "eva"))
            throw Bad($"init_lora_weights {init.GetRawText()} is not supported; convert the adapter with peft's path_initial_model_for_weight_conversion");

        var rank = Value("r")?.GetInt32() ?? throw Bad("r is missing");
        var targets = Value("target_modules") switch
        {
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(t => t.GetString() ?? "")],
            { ValueKind: JsonValueKind.String } word when word.GetString() == "all-linear" => LoraOptions.AllLinear,
            var other => throw Bad($"target_modules {other?.GetRawText() ?? "null"} is not supported; expected a list of layer names"),
        };
        return new LoraOptions(rank, Value("lora_alpha")?.GetDouble() ?? 8, Value("lora_dropout")?.GetDouble() ?? 0, Value("use_rslora") is not null)
        {
            Targets = targets,
            Dora = Value("use_dora") is not null,
        };
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Anit.Models.Tests.Tokenizers;
using Shouldly;

namespace Anit.Models.Tests.Families;

/// <summary>Every key of every settings file with every kind of wrong value: one line that names file and key, or no effect by design.</summary>
public sealed class SettingTypeTests : IDisposable
{
    static readonly string[] Values =
    [
        "0", "-1", "1", "1.5", "1e300", "1e999", "99999999999999999999", "true", "false", "\"\"", "\"x\"", "\"8\"", "\"\\ud800\"", "[]",
        "[1]", "[\"x\"]", "[null]", "[[1]]", "[\"\\ud800\"]", "{}", "{\"x\":1}", "{\"x\":\"y\"}",
    ];

    readonly Checkpoint checkpoint = new(Checkpoint.Small);

    public void Dispose() => checkpoint.Dispose();

    // For each key of an adapter_config.json the values above that are good; for all others, values that say "off".
    static readonly Dictionary<string, string[]> AdapterKeys = new()
    {
        ["peft_type"] = [], ["r"] = ["1"], ["lora_alpha"] = ["0", "-1", "1", "1.5"], ["lora_dropout"] = ["0"], ["bias"] = [],
        ["use_rslora"] = ["true", "false"], ["use_dora"] = ["true", "false"], ["fan_in_fan_out"] = ["true", "false"],
        ["init_lora_weights"] = ["true", "false"], ["target_modules"] = ["\"x\"", "\"8\"", "\"\"", "[]", "[\"x\"]"],
        ["exclude_modules"] = ["\"x\"", "\"8\"", "\"\"", "[]", "[\"x\"]"], ["layers_to_transform"] = ["0", "1", "[]", "[1]"],
        ["layers_pattern"] = ["\"\"", "[]"], ["rank_pattern"] = ["{}", "{\"x\":1}"], ["alpha_pattern"] = ["{}", "{\"x\":1}"],
        ["lora_bias"] = Off, ["use_qalora"] = Off, ["modules_to_save"] = Off, ["layer_replication"] = Off, ["trainable_token_indices"] = Off,
        ["target_parameters"] = Off, ["alora_invocation_tokens"] = Off, ["use_bdlora"] = Off, ["ensure_weight_tying"] = Off, ["arrow_config"] = Off,
        ["kasa_config"] = Off, ["monteclora_config"] = Off, ["velora_config"] = Off,
    };

    static string[] Off => ["false", "[]", "{}"];

    /// <summary>What PEFT notes and what starts or places a training: nothing that a finished adapter's numbers hang on.</summary>
    static readonly string[] AdapterNotes =
    [
        "auto_mapping", "base_model_name_or_path", "corda_config", "eva_config", "inference_mode", "loftq_config", "lora_ga_config",
        "megatron_config", "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config", "task_type",
    ];

    [Fact]
    public void A_key_of_an_adapter_is_right_or_named_with_what_was_found_and_what_was_expected()
    {
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        using (var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0) { Targets = ["q_proj"] })) PeftAdapter.Save(folder, model, "base");
        var path = Path.Combine(folder, "adapter_config.json");
        var before = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        before.Select(k => k.Key).Except([.. AdapterKeys.Keys, .. AdapterNotes]).ShouldBeEmpty("a key that is written and not tried here");
        var faults = new List<string>();
        foreach (var (key, good) in AdapterKeys.Concat(AdapterNotes.Select(k => KeyValuePair.Create(k, Values))))
            foreach (var value in Values.Append("null"))
            {
                File.WriteAllText(path, With(before, key, value));
                var error = Error(() => PeftAdapter.ReadOptions(folder));
                var isGood = good.Contains(value) || value == "null" && key is not ("peft_type" or "r" or "target_modules");
                if (isGood ? error is not null : !Names(error, path, key)) faults.Add($"{key} {value}: {error?.Message ?? "accepted"}");
            }
        faults.ShouldBeEmpty();
    }

    // Good values for each key of a config.json, all different from what stands there; what they change says whether a family reads the key.
    static readonly (string Key, Func<JsonElement, bool> IsGood, string[] Others)[] ConfigKeys =
    [
        .. Keys(IsInteger, ("vocab_size", "60"), ("hidden_size", "32"), ("intermediate_size", "44"), ("num_hidden_layers", "3"),
            ("num_attention_heads", "2"), ("num_key_value_heads", "4"), ("head_dim", "4"), ("max_position_embeddings", "32"),
            ("sliding_window", "4"), ("max_window_layers", "1"), ("sliding_window_pattern", "1"), ("bos_token_id", "7"), ("pretraining_tp", "2")),
        .. Keys(v => v.ValueKind == JsonValueKind.Number, ("rms_norm_eps", "0.1"), ("rope_theta", "100"), ("initializer_range", "0.5"),
            ("query_pre_attn_scalar", "100"), ("attn_logit_softcapping", "0.5"), ("final_logit_softcapping", "0.5"),
            ("rope_local_base_freq", "100"), ("partial_rotary_factor", "0.5"), ("rope_scaling.factor", "3"), ("rope_scaling.rope_theta", "100"),
            ("rope_scaling.beta_fast", "16"), ("rope_scaling.attention_factor", "2"), ("rope_scaling.original_max_position_embeddings", "8")),
        .. Keys(v => v.ValueKind is JsonValueKind.True or JsonValueKind.False, ("attention_bias", "true"), ("mlp_bias", "true"),
            ("use_sliding_window", "false"),
            ("use_bidirectional_attention", "true"), ("use_mrope", "true"), ("rope_scaling.truncate", "false")),
        .. Keys(v => v.ValueKind == JsonValueKind.String, ("model_type", "\"mixtral\""), ("hidden_act", "\"gelu\""),
            ("hidden_activation", "\"gelu\""), ("rope_scaling.rope_type", "\"dynamic\"")),
        ("rope_scaling", v => v.ValueKind == JsonValueKind.Object, ["""{"rope_type":"linear","factor":2}"""]),
        ("rope_parameters", v => v.ValueKind == JsonValueKind.Object, ["""{"rope_type":"mrope"}"""]),
        ("tie_word_embeddings", v => v.ValueKind is JsonValueKind.True or JsonValueKind.False, ["true", "false"]),
        ("layer_types", v => v.ValueKind == JsonValueKind.Array, ["""["linear_attention","full_attention"]"""]),
        ("eos_token_id", v => IsInteger(v) || v.ValueKind == JsonValueKind.Array && v.EnumerateArray().All(IsInteger), ["7", "[7,8]"]),
        ("quantization_config", _ => false, ["{}"]), ("compression_config", _ => false, ["{}"]),
        .. Keys(_ => true, ("architectures", "1"), ("attention_dropout", "1"), ("torch_dtype", "1"), ("transformers_version", "1"),
            ("use_cache", "1"), ("pad_token_id", "1"), ("cache_implementation", "1"), ("_name_or_path", "1")),
    ];

    static IEnumerable<(string, Func<JsonElement, bool>, string[])> Keys(Func<JsonElement, bool> isGood, params (string Key, string Other)[] keys) =>
        keys.Select(k => (k.Key, isGood, new[] { k.Other }));

    public static TheoryData<string> Types => [.. ModelFamilies.All.Select(f => f.ModelType)];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_key_of_a_config_is_right_or_named_or_of_no_effect_at_all(string type)
    {
        var before = JsonNode.Parse($$"""
            {"model_type":"{{type}}","vocab_size":61,"hidden_size":24,"intermediate_size":40,"num_hidden_layers":2,"num_attention_heads":4,
             "num_key_value_heads":2,"head_dim":6,"max_position_embeddings":16,"rope_scaling":{"rope_type":"yarn","factor":2},
             "sliding_window":8,"use_sliding_window":true,"max_window_layers":0}
            """)!.AsObject();
        var plain = Shape(before.ToJsonString());
        var faults = new List<string>();
        foreach (var (key, isGood, others) in ConfigKeys)
        {
            var isRead = others.Any(other => Error(() => Shape(With(before, key, other))) is not null || Shape(With(before, key, other)) != plain);
            foreach (var value in Values)
            {
                using var parsed = JsonDocument.Parse(value);
                var read = "";
                var error = Error(() => read = Shape(With(before, key, value)));
                var fine = error is not null ? Names(error, "config.json", key.Split('.')[^1]) : isRead ? isGood(parsed.RootElement) : read == plain;
                if (!fine) faults.Add($"{key} {value}: {error?.Message ?? (isRead ? "accepted" : "not read and yet of effect")}");
            }
        }
        faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("generation_config.json", "eos_token_id")]
    [InlineData("tokenizer_config.json", "bos_token")]
    [InlineData("tokenizer_config.json", "unk_token")]
    [InlineData("tokenizer_config.json", "add_bos_token")]
    [InlineData("tokenizer_config.json", "clean_up_tokenization_spaces")]
    public void The_small_files_beside_a_model_are_read_as_carefully(string name, string key)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", SmallTokenizer.Plain().ToJsonString());
        File.Copy(Path.Combine(checkpoint.Folder, "config.json"), Path.Combine(folder.Path, "config.json"));
        var faults = new List<string>();
        foreach (var value in Values.Append("null"))
            foreach (var text in new[] { $$"""{"{{key}}":{{value}}}""", value })
            {
                folder.Write(name, text);
                if (Error(() => { ModelConfig.FromFolder(folder.Path); Tokenizer.Load(folder.Path); }) is { } error && !Names(error, name, ""))
                    faults.Add($"{text}: {error}");
            }
        faults.ShouldBeEmpty();
        folder.Write(name, $$"""{"{{key}}":[[1]]}""");
        Names(Error(() => { ModelConfig.FromFolder(folder.Path); Tokenizer.Load(folder.Path); }), name, key).ShouldBeTrue();
    }

    [Fact]
    public void An_expression_that_takes_too_long_is_named_whichever_layer_it_is_slow_on()
    {
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        using (var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0) { Targets = ["q_proj"] })) PeftAdapter.Save(folder, model, "base");
        var path = Path.Combine(folder, "adapter_config.json");
        // Quick on self_attn, exponential on mlp.
        const string Slow = """ ".*q_proj|(([a-z.0-9_])+)+mlp(([a-z._])+)+!" """;
        File.WriteAllText(path, With(JsonNode.Parse(File.ReadAllText(path))!.AsObject(), "target_modules", Slow));
        Should.Throw<InvalidDataException>(() => checkpoint.Load(new() { Adapter = folder })).Message
            .ShouldMatch("adapter_config.json: target_modules '.*' takes too long to be matched with .*; write a simpler regular expression$");
    }

    static bool IsInteger(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _);

    /// <summary>All of a config in one text, lists too.</summary>
    static string Shape(string json)
    {
        var config = ModelConfig.FromJson(json);
        return $"{config} {string.Join(',', config.EosTokenIds)} {string.Join(',', config.SlidingLayers)} "
            + config.RopeScaling?.ToJson().ToJsonString();
    }

    static string With(JsonObject before, string key, string value)
    {
        // As text: a half surrogate pair is no string that a JsonNode could hold.
        var json = before.DeepClone().AsObject();
        var (at, last) = key.Split('.') is [var outer, var inner] ? (json[outer]!.AsObject(), inner) : (json, key);
        at[last] = "\u0001";
        return json.ToJsonString().Replace("\"\\u0001\"", value, StringComparison.Ordinal);
    }

    static Exception? Error(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    static bool Names(Exception? error, string file, string key) => error is InvalidDataException
        && error.Message.Contains(file, StringComparison.Ordinal)
        && error.Message.Contains(key, StringComparison.Ordinal) && !error.Message.Contains('\n', StringComparison.Ordinal)
        && !error.Message.Contains("element", StringComparison.Ordinal); // "The requested operation requires an element of type ..."
}

using System.Text.Json.Nodes;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>No key of a config that changes what the reference computes is passed over: a folder that differs in it alone computes something
/// else or is refused by name.</summary>
public sealed class ConfigKeyTests
{
    /// <summary>Keys of every family; sizes first, which the tensors contradict.</summary>
    static readonly (string Key, string Value)[] Everywhere =
    [
        ("model_type", "\"mixtral\""), ("vocab_size", "60"), ("hidden_size", "32"), ("intermediate_size", "44"), ("num_hidden_layers", "1"),
            ("num_hidden_layers", "3"),
        ("num_attention_heads", "2"), ("num_key_value_heads", "4"), ("head_dim", "4"), ("rms_norm_eps", "0.1"), ("rope_theta", "100"),
        ("rope_scaling", """{"rope_type":"linear","factor":2}"""), ("rope_scaling", """{"type":"linear","factor":2}"""),
        ("rope_scaling", """{"rope_type":"dynamic","factor":2}"""), ("rope_scaling", """{"rope_type":"yarn","factor":2}"""),
        ("rope_scaling", """{"rope_type":"llama3","factor":2,"low_freq_factor":1,"high_freq_factor":4}"""),
        ("rope_scaling", """{"rope_type":"longrope","factor":2,"short_factor":[1,2,3],"long_factor":[1,2,4]}"""),
        ("rope_scaling", """{"rope_type":"mrope"}"""), ("rope_scaling", """{"rope_theta":100}"""), ("rope_scaling", "2"),
        ("rope_parameters", """{"rope_type":"linear","factor":2}"""), ("rope_parameters", """{"rope_theta":100}"""),
            ("rope_parameters", """{"partial_rotary_factor":0.5}"""),
        ("rope_parameters", """{"full_attention":{"rope_theta":100},"sliding_attention":{"rope_theta":100}}"""), ("partial_rotary_factor", "0.5"),
        ("layer_types", """["full_attention","sliding_attention"]"""), ("layer_types", """["linear_attention","full_attention"]"""),
        ("pretraining_tp", "2"), ("quantization_config", """{"quant_method":"gptq","bits":4}"""),
            ("compression_config", """{"format":"int-quantized"}"""),
        ("use_bidirectional_attention", "true"), ("use_mrope", "true"),
    ];

    /// <summary>What a family reads beside them. Where the key is absent here, the reference's class does not read it either.</summary>
    static readonly Dictionary<string, (string Base, (string Key, string Value)[] Keys)> Families = new()
    {
        ["llama"] = ("", [("attention_bias", "true"), ("mlp_bias", "true"), ("hidden_act", "\"gelu\""), ("hidden_act", "\"relu\""),
            ("tie_word_embeddings", "true")]),
        ["mistral"] = ("\"sliding_window\":8,", [("sliding_window", "4"), ("sliding_window", "null"), ("hidden_act", "\"gelu\"")]),
        ["qwen2"] = ("\"use_sliding_window\":true,\"sliding_window\":8,\"max_window_layers\":0,",
            [("use_sliding_window", "false"), ("sliding_window", "4"), ("max_window_layers", "1"), ("hidden_act", "\"gelu\"")]),
        ["qwen3"] = ("\"use_sliding_window\":true,\"sliding_window\":8,\"max_window_layers\":0,",
            [("use_sliding_window", "false"), ("sliding_window", "4"), ("max_window_layers", "1"), ("attention_bias", "true"),
                ("hidden_act", "\"gelu\"")]),
        ["gemma"] = ("", [("attention_bias", "true"), ("hidden_activation", "\"silu\"")]),
        ["gemma2"] = ("\"sliding_window\":8,",
            [("sliding_window", "4"), ("query_pre_attn_scalar", "100"), ("attn_logit_softcapping", "0.5"), ("attn_logit_softcapping", "null"),
            ("final_logit_softcapping", "0.5"), ("final_logit_softcapping", "null"), ("hidden_activation", "\"silu\"")]),
        ["gemma3_text"] = ("\"sliding_window\":8,\"sliding_window_pattern\":2,",
            [("sliding_window", "4"), ("sliding_window_pattern", "1"), ("query_pre_attn_scalar", "100"),
            ("attn_logit_softcapping", "0.5"), ("final_logit_softcapping", "0.5"), ("rope_local_base_freq", "100"), ("hidden_activation", "\"silu\""),
            ("rope_parameters", """{"full_attention":{"rope_theta":100}}"""), ("rope_parameters", """{"sliding_attention":{"rope_theta":100}}"""),
            ("rope_parameters", """{"full_attention":{"rope_type":"linear","factor":2}}"""),
                ("rope_parameters", """{"sliding_attention":{"rope_type":"linear","factor":2}}""")]),
    };

    public static TheoryData<string> Types => [.. ModelFamilies.All.Select(f => f.ModelType)];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_key_computes_something_else_or_is_refused_by_name(string type)
    {
        var (start, own) = Families[type];
        using var checkpoint = new Checkpoint(ModelConfig.FromJson($$"""
            {"model_type":"{{type}}","vocab_size":61,"hidden_size":24,"intermediate_size":40,"num_hidden_layers":2,"num_attention_heads":4,
              "num_key_value_heads":2,"head_dim":6,
             {{start}}"tie_word_embeddings":{{(type.StartsWith("gemma", StringComparison.Ordinal) ? "true" : "false")}},"max_position_embeddings":16,
              "initializer_range":0.3}
            """));
        var path = Path.Combine(checkpoint.Folder, "config.json");
        var before = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var key in new[] { "head_dim", "layer_types" }) before.Remove(key);
        before["head_dim"] = 6;
        File.WriteAllText(path, before.ToJsonString());
        using var scope = NewDisposeScope();
        var plain = Logits(checkpoint.Folder);
        foreach (var (key, value) in Everywhere.Concat(own))
        {
            var json = before.DeepClone().AsObject();
            json[key] = JsonNode.Parse(value);
            File.WriteAllText(path, json.ToJsonString());
            try
            {
                // The reference stores its output layer tied or not; a tied one beside another stored layer is untied again.
                if (key == "tie_word_embeddings") Numbers.Distance(Logits(checkpoint.Folder), plain).ShouldBe(0, key);
                else Numbers.Distance(Logits(checkpoint.Folder), plain).ShouldBeGreaterThan(1e-6, $"{type}: {key} {value} changed nothing");
            }
            catch (InvalidDataException e)
            {
                // By its own name, that of a key inside it, or by the tensors that it would need.
                string[] names = [key, .. (json[key] as JsonObject)?.Select(inner => inner.Key) ?? [], "num_attention_heads", "config.json asks for",
                    "does config.json belong to these weights?", ".bias is missing", "layers.2."];
                names.ShouldContain(name => e.Message.Contains(name, StringComparison.Ordinal), $"{type}: {key} {value}: {e.Message}");
            }
        }
    }

    static Tensor Logits(string folder)
    {
        using var model = CausalLm.Load(folder);
        using var batch = new PackedBatch([Numbers.Tokens(24, 60, 3)]);
        return model.Logits(model.Hidden(batch));
    }

    [Fact]
    public void A_tied_output_layer_that_is_stored_and_differs_is_used_trained_and_saved_as_it_is()
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small with { TieWordEmbeddings = false });
        var path = Path.Combine(checkpoint.Folder, "config.json");
        using var scope = NewDisposeScope();
        var untied = Logits(checkpoint.Folder);
        File.WriteAllText(path,
            File.ReadAllText(path).Replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true", StringComparison.Ordinal));
        Logits(checkpoint.Folder).bytes.SequenceEqual(untied.bytes).ShouldBeTrue();
        var again = Path.Combine(checkpoint.Folder, "again");
        using (var model = checkpoint.Load(new(Tune.Full)))
        {
            model.Config.TieWordEmbeddings.ShouldBeFalse();
            model.Trained.Select(t => t.Name).ShouldContain("lm_head.weight");
            ModelFolder.Save(again, model, checkpoint.Folder);
        }
        Logits(again).bytes.SequenceEqual(untied.bytes).ShouldBeTrue();
        File.ReadAllText(Path.Combine(again, "config.json")).ShouldContain("\"tie_word_embeddings\": false");

        using (var model = checkpoint.Load())
            SafetensorsWriter.Write(Path.Combine(again, "model.safetensors"), model.Exported()
                .Select(t => t.Name == "lm_head.weight" ? (t.Name, model.Exported().First(e => e.Name == "model.embed_tokens.weight").Value) : t));
        File.Copy(path, Path.Combine(again, "config.json"), overwrite: true);
        using var copied = CausalLm.Load(again, new(Tune.Full));
        copied.Config.TieWordEmbeddings.ShouldBeTrue("the stored layer is the embedding");
        copied.Trained.Select(t => t.Name).ShouldNotContain("lm_head.weight");
    }

    [Theory]
    [InlineData("2", null, new[] { 2 })]
    [InlineData("2", """{"eos_token_id":[3,2]}""", new[] { 2, 3 })]
    [InlineData("null", """{"eos_token_id":7}""", new[] { 7 })]
    [InlineData("[2,4]", """{"eos_token_id":null}""", new[] { 2, 4 })]
    public void Stop_ids_come_from_both_files(string inConfig, string? generation, int[] expected)
    {
        using var checkpoint = new Checkpoint(Checkpoint.Small);
        var path = Path.Combine(checkpoint.Folder, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json["eos_token_id"] = JsonNode.Parse(inConfig);
        json["quantization_config"] = null; // null is no quantisation
        File.WriteAllText(path, json.ToJsonString());
        if (generation is not null) File.WriteAllText(Path.Combine(checkpoint.Folder, "generation_config.json"), generation);
        using var model = checkpoint.Load();
        model.Config.EosTokenIds.ShouldBe(expected);
    }
}

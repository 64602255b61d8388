using System.Text.Json.Nodes;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>Which layers an adapter_config.json updates, and how: by PEFT's rules (its check_target_module_exists and get_pattern_key).</summary>
public sealed class PeftTargetsTests : IDisposable
{
    const string Q0 = "model.layers.0.self_attn.q_proj", Q1 = "model.layers.1.self_attn.q_proj", V0 = "model.layers.0.self_attn.v_proj",
        V1 = "model.layers.1.self_attn.v_proj", Up0 = "model.layers.0.mlp.up_proj", Up1 = "model.layers.1.mlp.up_proj";

    static readonly string[] All = [.. Enumerable.Range(0, 2).SelectMany(i => LoraOptions.AllLinear
        .Select(p => $"model.layers.{i}.{(p is "gate_proj" or "up_proj" or "down_proj" ? "mlp" : "self_attn")}.{p}"))];

    readonly Checkpoint checkpoint = new(Checkpoint.Small);

    public void Dispose() => checkpoint.Dispose();

    /// <summary>Keys beside r 3 and lora_alpha 6; the layers they update, each with its rank and the scale of its update.</summary>
    public static TheoryData<string, string[], double, double> Rules => new()
    {
        { """ "target_modules":["q_proj","c_attn"] """, [Q0, Q1], 3, 2 },
        { $""" "target_modules":["{Q1}","{V0}"] """, [Q1, V0], 3, 2 },
        { """ "target_modules":["self_attn.q_proj"] """, [Q0, Q1], 3, 2 },
        { """ "target_modules":["0.mlp.up_proj","roj"] """, [Up0], 3, 2 },
        { """ "target_modules":"all-linear" """, All, 3, 2 },
        { """ "target_modules":"ALL-LINEAR","exclude_modules":["mlp.up_proj"] """, [.. All.Except([Up0, Up1])], 3, 2 },
        { """ "target_modules":".*\\.(q|v)_proj" """, [Q0, Q1, V0, V1], 3, 2 },
        { """ "target_modules":"model\\.layers\\.1\\.self_attn\\.q_proj|q_proj" """, [Q1], 3, 2 },
        { """ "target_modules":["q_proj","v_proj"],"exclude_modules":".*0\\.self_attn\\.v.*" """, [Q0, Q1, V1], 3, 2 },
        { """ "target_modules":["q_proj"],"layers_to_transform":1 """, [Q1], 3, 2 },
        { """ "target_modules":["q_proj","up_proj"],"layers_to_transform":[0,7] """, [Q0, Up0], 3, 2 },
        { """ "target_modules":["q_proj"],"layers_to_transform":[1],"layers_pattern":"layers" """, [Q1], 3, 2 },
        { """ "target_modules":["q_proj"],"layers_to_transform":[1],"layers_pattern":["h","layers"] """, [Q1], 3, 2 },
        { """ "target_modules":["q_proj"],"layers_to_transform":[],"layers_pattern":[] """, [Q0, Q1], 3, 2 },
        { $""" "target_modules":["v_proj","{Q0}"],"layers_to_transform":[1] """, [V1, Q0], 3, 2 }, // a full name is not kept to layers
        { """ "target_modules":["q_proj"],"rank_pattern":{"q_proj":2} """, [Q0, Q1], 2, 3 },
        { """ "target_modules":["q_proj"],"layers_to_transform":0,"rank_pattern":{"1.self_attn.q_proj":5,"layers.0.*":2,"q_proj":4} """, [Q0], 2, 3 },
        { """ "target_modules":["q_proj"],"rank_pattern":{"roj":5},"alpha_pattern":{"[kq]_proj":12,"q_proj":1} """, [Q0, Q1], 3, 4 },
        { """ "target_modules":["q_proj"],"use_rslora":true,"rank_pattern":{"q_proj":4},"alpha_pattern":{"q_proj":5} """, [Q0, Q1], 4, 2.5 },
        { """ "target_modules":["q_proj"],"fan_in_fan_out":true,"bias":"none","modules_to_save":[],"lora_dropout":0.3,"target_parameters":[] """,
            [Q0, Q1], 3, 2 },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Layers_ranks_and_scales_are_those_of_PEFT_and_are_written_as_they_were_read(string keys, string[] layers, double rank, double scale)
    {
        using var scope = NewDisposeScope();
        using var plain = checkpoint.Load();
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), $$"""{"peft_type":"LORA","r":3,"lora_alpha":6,{{keys}}}""");
        var weights = plain.Exported().ToDictionary(t => t.Name, t => t.Value());
        var parts = layers.ToDictionary(l => l, l => (A: Init.Normal(0.3).Make([(long)rank, weights[l + ".weight"].size(1)], 1),
            B: Init.Normal(0.3).Make([weights[l + ".weight"].size(0), (long)rank], 2)));
        SafetensorsWriter.Write(Path.Combine(folder, "adapter_model.safetensors"), parts.SelectMany(p => new (string, Func<Tensor>)[]
        {
            ($"base_model.model.{p.Key}.lora_A.weight", () => p.Value.A.alias()),
                ($"base_model.model.{p.Key}.lora_B.weight", () => p.Value.B.alias()),
        }));
        foreach (var (layer, (a, b)) in parts) weights[layer + ".weight"] = weights[layer + ".weight"] + b.matmul(a) * scale;
        var merged = Path.Combine(checkpoint.Folder, "merged");
        Directory.CreateDirectory(merged);
        File.Copy(Path.Combine(checkpoint.Folder, "config.json"), Path.Combine(merged, "config.json"));
        SafetensorsWriter.Write(Path.Combine(merged, "model.safetensors"), weights.Select(w => (w.Key, (Func<Tensor>)(() => w.Value.alias()))));

        using var tuned = checkpoint.Load(new() { Adapter = folder, KeepAdapterApart = true });
        using var wanted = CausalLm.Load(merged);
        using var batch = new PackedBatch([Numbers.Tokens(20, 61, 1)]);
        Numbers.Distance(tuned.Hidden(batch), wanted.Hidden(batch)).ShouldBeLessThan(2e-6);
        Numbers.Distance(tuned.Hidden(batch), plain.Hidden(batch)).ShouldBeGreaterThan(1e-3);

        PeftAdapter.Save(folder + "2", tuned, "base");
        using var again = checkpoint.Load(new() { Adapter = folder + "2", KeepAdapterApart = true });
        again.Hidden(batch).bytes.SequenceEqual(tuned.Hidden(batch).bytes).ShouldBeTrue();
    }

    [Theory]
    [InlineData(""" "modules_to_save":["lm_head"] """, "modules_to_save")]
    [InlineData(""" "layer_replication":[[0,2],[0,1]] """, "layer_replication")]
    [InlineData(""" "trainable_token_indices":[1,2] """, "trainable_token_indices")]
    [InlineData(""" "target_parameters":["mlp.experts"] """, "target_parameters")]
    [InlineData(""" "bias":"lora_only" """, "bias lora_only")]
    [InlineData(""" "lora_bias":true """, "lora_bias")]
    [InlineData(""" "use_qalora":true """, "use_qalora")]
    [InlineData(""" "alora_invocation_tokens":[1] """, "alora_invocation_tokens")]
    [InlineData(""" "init_lora_weights":"pissa" """, "init_lora_weights")]
    [InlineData(""" "use_dora":true """, "lora_magnitude_vector is missing")]
    [InlineData(""" "target_modules":["q_proj","lm_head"] """, "target_modules matches lm_head")]
    [InlineData(""" "target_modules":"(" """, "target_modules '(' is no regular expression")]
    [InlineData(""" "target_modules":".*(q_proj|embed_tokens)" """, "target_modules matches model.embed_tokens")]
    [InlineData(""" "target_modules":".*q_proj","layers_to_transform":[0] """, "layers_to_transform has no effect")]
    [InlineData(""" "layers_pattern":"h" """, "layers_pattern has no effect without layers_to_transform")]
    [InlineData(""" "layers_to_transform":"all" """, "layers_to_transform is \"all\", expected the number of a layer")]
    [InlineData(""" "rank_pattern":{"q_proj":0} """, "rank_pattern.q_proj is 0, expected a whole number")]
    [InlineData(""" "exclude_modules":["q_proj"] """, "match no linear layer of this model")]
    public void What_is_not_followed_is_refused_by_the_name_of_its_key(string keys, string message)
    {
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        using (var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0) { Targets = ["q_proj"] })) PeftAdapter.Save(folder, model, "base");
        var path = Path.Combine(folder, "adapter_config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse($"{{{keys}}}")!.AsObject()) json[key] = value?.DeepClone();
        File.WriteAllText(path, json.ToJsonString());
        Should.Throw<InvalidDataException>(() => checkpoint.Load(new() { Adapter = folder })).Message.ShouldContain(message);
    }

    [Fact]
    public void Saved_embeddings_and_numbers_that_are_none_are_named()
    {
        using var scope = NewDisposeScope();
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0) { Targets = ["q_proj"] });
        PeftAdapter.Save(folder, model, "base");
        var path = Path.Combine(folder, "adapter_model.safetensors");
        var tensors = model.Adapters.Select(a => ("base_model.model." + a.Name, (Func<Tensor>)(() => a.Value.alias()))).ToArray();

        SafetensorsWriter.Write(path, [.. tensors, ("base_model.model.model.embed_tokens.weight", () => ones(61, 24))]);
        Should.Throw<InvalidDataException>(() => checkpoint.Load(new() { Adapter = folder })).Message
            .ShouldContain("saved embeddings (base_model.model.model.embed_tokens.weight) are not supported; merge the adapter with peft");

        using (no_grad()) model.Trained[1].Value.view(-1).narrow(0, 5, 1).fill_(float.NaN);
        SafetensorsWriter.Write(path, tensors);
        Should.Throw<InvalidDataException>(() => checkpoint.Load(new() { Adapter = folder })).Message
            .ShouldBe($"{path}: tensor base_model.model.{Q0}.lora_B.weight holds NaN or infinity (element 5); its training diverged or the file is "
                + "damaged, use another copy");
    }
}

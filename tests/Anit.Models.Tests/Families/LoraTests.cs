using System.Text.Json;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

public sealed class LoraTests : IDisposable
{
    readonly Checkpoint checkpoint = new(Checkpoint.Small with { AttentionBias = true });
    readonly int[][] sequences = [Numbers.Tokens(9, 61, 1), Numbers.Tokens(14, 61, 2), Numbers.Tokens(3, 61, 3)];

    public void Dispose() => checkpoint.Dispose();

    [Fact]
    public void A_fresh_update_changes_nothing()
    {
        using var plain = checkpoint.Load();
        using var updated = checkpoint.Load(new(Tune.Lora));
        using var scope = NewDisposeScope();
        Hidden(updated).equal(Hidden(plain)).all().item<bool>().ShouldBeTrue();
        using var dora = checkpoint.Load(new(Tune.Lora) { Lora = new() { Dora = true } });
        Numbers.Distance(Hidden(dora), Hidden(plain)).ShouldBeLessThan(1e-6);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Merged_and_apart_compute_the_same(bool rsLora, bool dora)
    {
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0, rsLora) { Dora = dora });
        using var scope = NewDisposeScope();
        var apart = Hidden(model);
        model.Merge();
        var merged = Hidden(model);
        model.Unmerge();
        Numbers.Distance(merged, apart).ShouldBeLessThan(2e-6);
        Hidden(model).equal(apart).all().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_adapter_loads_merged_or_apart_or_to_train_on(bool dora)
    {
        using var scope = NewDisposeScope();
        using var trained = checkpoint.LoadTuned(new LoraOptions(3, 6, 0.1, RsLora: true) { Targets = ["q_proj", "down_proj"], Dora = dora });
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        PeftAdapter.Save(folder, trained, "base");
        var wanted = Hidden(trained);

        using var merged = checkpoint.Load(new() { Adapter = folder });
        using var apart = checkpoint.Load(new() { Adapter = folder, KeepAdapterApart = true });
        using var again = checkpoint.Load(new(Tune.Lora) { Adapter = folder });

        merged.IsMerged.ShouldBeTrue();
        Numbers.Distance(Hidden(merged), wanted).ShouldBeLessThan(2e-6);
        Numbers.Distance(Hidden(apart), wanted).ShouldBeLessThan(1e-7);
        Numbers.Distance(Hidden(again), wanted).ShouldBeLessThan(1e-7);
        again.Options.Lora!.Dropout.ShouldBe(0.1);
        again.Trained.Select(t => t.Name).ShouldBe(trained.Trained.Select(t => t.Name));
        apart.Trained.ShouldBeEmpty();
    }

    [Fact]
    public void An_adapter_has_PEFT_s_files_names_and_keys()
    {
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0.1) { Targets = ["v_proj", "q_proj"] });
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        PeftAdapter.Save(folder, model, "base");

        using var file = new SafetensorsFile(Path.Combine(folder, "adapter_model.safetensors"));
        file.Tensors["base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight"].Shape.ShouldBe([3L, 24L]);
        file.Tensors["base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight"].Shape.ShouldBe([12L, 3L]);
        file.Tensors.Count.ShouldBe(8, "only what was trained");
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json"))).RootElement;
        config.GetProperty("peft_type").GetString().ShouldBe("LORA");
        config.GetProperty("task_type").GetString().ShouldBe("CAUSAL_LM");
        config.GetProperty("lora_alpha").GetInt32().ShouldBe(6);
        config.GetProperty("target_modules").EnumerateArray().Select(t => t.GetString()).ShouldBe(["q_proj", "v_proj"]);
    }

    [Fact]
    public void A_merged_model_saved_whole_computes_the_same()
    {
        using var scope = NewDisposeScope();
        using var tuned = checkpoint.LoadTuned(new LoraOptions(3, 6, 0));
        var folder = Path.Combine(checkpoint.Folder, "whole");
        ModelFolder.Save(folder, tuned, checkpoint.Folder);
        using var whole = CausalLm.Load(folder);
        Numbers.Distance(Hidden(whole), Hidden(tuned)).ShouldBeLessThan(2e-6);
    }

    [Fact]
    public void A_base_stored_in_bfloat16_is_merged_in_float32_and_rounded_once()
    {
        using var scope = NewDisposeScope();
        var (half, adapter, whole) =
            (Path.Combine(checkpoint.Folder, "half"), Path.Combine(checkpoint.Folder, "adapter"), Path.Combine(checkpoint.Folder, "whole"));
        using (var tuned = checkpoint.LoadTuned(new LoraOptions(3, 6, 0))) PeftAdapter.Save(adapter, tuned, "base");
        using (var plain = checkpoint.Load()) ModelFolder.Save(half, plain, checkpoint.Folder, ScalarType.BFloat16);
        ModelFolder.StoredType(half).ShouldBe(ScalarType.BFloat16);

        using (var model = CausalLm.Load(half, new() { Adapter = adapter, KeepAdapterApart = true, Dtype = ScalarType.BFloat16 }))
            ModelFolder.Save(whole, model, half, ScalarType.Float32);

        using var merged = CausalLm.Load(whole);
        using var apart = CausalLm.Load(half, new() { Adapter = adapter, KeepAdapterApart = true });
        Numbers.Distance(Hidden(merged), Hidden(apart)).ShouldBeLessThan(2e-6);
        JsonDocument.Parse(File.ReadAllText(Path.Combine(whole, "config.json"))).RootElement.GetProperty("torch_dtype").GetString()
            .ShouldBe("float32");
    }

    [Theory]
    [InlineData("""{"peft_type":"IA3"}""", "peft_type IA3 is not supported")]
    [InlineData("""{"peft_type":"LORA","r":3,"target_modules":["q_proj","v_proj"],"use_dora":true}""", "q_proj.lora_magnitude_vector is missing, "
        + "expected shape [24]")]
    [InlineData("""{"peft_type":"LORA","r":3,"target_modules":["q_proj"],"lora_bias":true}""", "lora_bias true is not supported")]
    [InlineData("""{"peft_type":"LORA","r":3,"target_modules":["q_proj"],"bias":"all"}""", "bias all is not supported")]
    [InlineData("""{"peft_type":"LORA","target_modules":["q_proj"]}""", "r is missing")]
    [InlineData("""{"peft_type":"LORA","r":3}""", "target_modules is missing, expected a list of layers' names or a regular expression")]
    [InlineData("""{"peft_type":"LORA","r":0,"target_modules":["q_proj"]}""", "r is 0, expected a whole number from 1 to 65536")]
    [InlineData("""{"peft_type":"LORA","r":2147483647,"target_modules":["q_proj"]}""", "r is 2147483647, expected a whole number from 1 to 65536")]
    [InlineData("""{"peft_type":"LORA","r":3,"rank_pattern":{"q_proj":1e9},"target_modules":["q_proj"]}""",
        "rank_pattern.q_proj is 1e9, expected")]
    [InlineData("""{"peft_type":"LORA","r":3,"lora_dropout":1.5,"target_modules":["q_proj"]}""",
        "lora_dropout is 1.5, expected a number from 0 to 1")]
    [InlineData("""{"peft_type":"LORA","r":3,"target_modules":["c_attn"]}""", "target_modules (c_attn) match no linear layer of this model")]
    [InlineData("""{"peft_type":"LORA","r":4,"target_modules":["q_proj","v_proj"]}""", "has shape [3, 24]")]
    [InlineData("""{"peft_type":"LORA","r":3,"target_modules":["q_proj","k_proj","v_proj"]}""", "k_proj.lora_A.weight is missing, expected "
        + "shape [3, 24]")]
    [InlineData("""{"peft_type":"LORA","r":3,"target_modules":["q_proj"]}""", "v_proj.lora_A.weight has no place in this model")]
    [InlineData("nonsense", "adapter_config.json")]
    public void An_adapter_that_does_not_fit_is_refused_by_name(string config, string message)
    {
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0) { Targets = ["v_proj", "q_proj"] });
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        PeftAdapter.Save(folder, model, "base");
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), config);
        Should.Throw<InvalidDataException>(() => checkpoint.Load(new() { Adapter = folder })).Message.ShouldContain(message);
    }

    [Fact]
    public void No_memory_is_taken_for_an_update_before_its_shape_is_found_in_the_adapter()
    {
        var folder = Path.Combine(checkpoint.Folder, "adapter");
        using (var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0) { Targets = ["q_proj"] })) PeftAdapter.Save(folder, model, "base");
        using var stored = new PeftWeights(folder);
        using var store = new Weights.Store(null, new(), 0.02) { Stored = stored };
        var place = new Weights(store).At("model.layers.0.self_attn.q_proj");
        Should.Throw<InvalidDataException>(() => place.Adapter("lora_A.weight", [65_535, 1L << 36], Init.Zeros)).Message // 2^54 bytes
            .ShouldEndWith("has shape [3, 24], adapter_config.json and the base model ask for [65535, 68719476736]");
    }

    [Fact]
    public void The_same_seed_drops_the_same_elements_however_sequences_are_batched()
    {
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0.3));
        using var scope = NewDisposeScope();
        var off = Hidden(model);
        (model.Dropout.Enabled, model.Dropout.Seed) = (true, 7);
        using var batch = new PackedBatch(sequences, keys: [11, 22, 33]);
        var first = model.Hidden(batch);

        model.Hidden(batch).equal(first).all().item<bool>().ShouldBeTrue();
        Numbers.Distance(first, off).ShouldBeGreaterThan(1e-3);
        for (var i = 0; i < sequences.Length; i++)
        {
            using var alone = new PackedBatch([sequences[i]], keys: [11UL * (ulong)(i + 1)]);
            Numbers.Distance(model.Hidden(alone), first.narrow(0, batch.Starts[i], sequences[i].Length)).ShouldBeLessThan(1e-5);
        }
        Numbers.Distance(model.Hidden(batch, at: tensor(new long[] { 25, 3 })), first.index_select(0, tensor(new long[] { 25, 3 })))
            .ShouldBeLessThan(1e-5);
        model.Dropout.Seed = 8;
        Numbers.Distance(model.Hidden(batch), first).ShouldBeGreaterThan(1e-3);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.5)]
    public void Dropout_drops_its_share_and_keeps_the_mean(double rate)
    {
        using var scope = NewDisposeScope();
        var keys = Enumerable.Range(0, 400).Select(i => (ulong)i * 0x9E37_79B9_7F4A_7C15).ToArray();
        var state = new DropoutState { Seed = 3 };
        var mask = state.Mask(5, new(null, 400, null!, null!, null, null, new(keys)), 255, rate, CPU, ScalarType.Float32);
        mask.shape.ShouldBe([400L, 255L]);
        mask.eq(0).to(ScalarType.Float64).mean().item<double>().ShouldBe(rate, 0.005);
        mask.to(ScalarType.Float64).mean().item<double>().ShouldBe(1, 0.01);

        // A GPU makes the same mask by libtorch's operations.
        var names = tensor(Array.ConvertAll(keys, key => unchecked((long)key)));
        var device = Anit.Torch.Fused.DropoutMask(names, state.Stream(5), DropoutState.Threshold(rate), DropoutState.Keep(rate), 255,
            ScalarType.Float32);
        device.equal(mask).all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void A_frozen_base_gets_no_gradient()
    {
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0));
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(sequences);
        model.Hidden(batch).sum().backward();
        model.Trained.Count.ShouldBe(2 * 7 * 2);
        model.Trained.Select(t => t.Value.grad).ShouldNotContain((Tensor?)null);
        model.Embed(tensor(new long[] { 1 })).requires_grad.ShouldBeFalse();
    }

    Tensor Hidden(CausalLm model)
    {
        using var batch = new PackedBatch(sequences);
        return model.Hidden(batch);
    }
}

using System.Runtime.InteropServices;
using Shouldly;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>Layers with a backward half of their own give the numbers of the same layers on the tape, operation by operation.</summary>
public sealed class FusedLayerTests
{
    static readonly int[][] Sequences = [[.. Enumerable.Range(0, 60).Select(i => i * 7 % 61)], [5, 9, 2], [.. Enumerable.Range(0, 19)], [7]];

    public static TheoryData<string> Kinds => ["llama", "mistral", "qwen2", "gemma"];

    static ModelConfig Config(string type)
    {
        var config = Checkpoint.Small with
        {
            ModelType = type, HiddenSize = 48, HeadDim = 16, NumAttentionHeads = 4, NumKeyValueHeads = 2, IntermediateSize = 70, NumHiddenLayers = 3,
        };
        return type switch
        {
            "mistral" => config with { SlidingWindow = 7 },
            "gemma" => config with { HiddenAct = "gelu_pytorch_tanh", TieWordEmbeddings = true, NumKeyValueHeads = 1 },
            _ => config,
        };
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_and_gradients_equal_those_of_the_operations_one_by_one(string type)
    {
        foreach (var (dropout, selects) in new[] { (0.0, true), (0.25, false), (0.25, true) })
            Compare(type, new LoraOptions(3, 6, dropout), selects, detached: false);
        Compare(type, new LoraOptions(4, 8, 0) { Targets = ["q_proj", "v_proj"] }, selects: true, detached: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Layers_computed_twice_give_the_same_bits(string type)
    {
        using var checkpoint = new Checkpoint(Config(type));
        using var model = checkpoint.LoadTuned(new LoraOptions(3, 6, 0.25));
        (model.Dropout.Enabled, model.Dropout.Seed) = (true, 3);
        using var scope = NewDisposeScope();
        var at = tensor(new long[] { 3, 40, 58, 59, 60, 62, 82 });
        var once = Run(model, at, detached: false, unfused: false);
        model.Checkpointing = true;
        var twice = Run(model, at, detached: false, unfused: false);
        for (var i = 0; i < once.Length; i++) twice[i].equal(once[i]).all().item<bool>().ShouldBeTrue($"{type}, tensor {i}");
    }

    [Fact]
    public void A_perturbation_alone_gets_its_gradient()
    {
        using var checkpoint = new Checkpoint(Config("llama"));
        using var model = checkpoint.Load();
        using var scope = NewDisposeScope();
        var (fused, reference) = (Run(model, null, detached: false, unfused: false), Run(model, null, detached: false, unfused: true));
        for (var i = 0; i < fused.Length; i++) Numbers.Distance(fused[i], reference[i]).ShouldBeLessThan(1e-5, $"tensor {i}");
    }

    [Fact]
    public void A_second_backward_pass_through_a_freed_graph_is_refused()
    {
        using var checkpoint = new Checkpoint(Config("llama"));
        using var model = checkpoint.LoadTuned(new LoraOptions(2, 4, 0));
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(Sequences);
        var loss = model.Hidden(batch).square().sum();
        loss.backward(retain_graph: true);
        var once = model.Trained[0].Value.grad!.clone();
        loss.backward();
        Numbers.Distance(model.Trained[0].Value.grad!, once * 2).ShouldBeLessThan(1e-6);
        Should.Throw<ExternalException>(() => loss.backward()); // what TorchSharp throws; ours derives from it
    }

    static void Compare(string type, LoraOptions lora, bool selects, bool detached)
    {
        using var checkpoint = new Checkpoint(Config(type));
        using var model = checkpoint.LoadTuned(lora);
        (model.Dropout.Enabled, model.Dropout.Seed) = (lora.Dropout > 0, 3);
        using var scope = NewDisposeScope();
        var at = selects ? tensor(new long[] { 3, 40, 58, 59, 60, 62, 82 }) : null; // ascending; the third sequence has none but its last
        var fused = Run(model, at, detached, unfused: false);
        var reference = Run(model, at, detached, unfused: true);
        fused.Length.ShouldBe(reference.Length);
        for (var i = 0; i < fused.Length; i++)
            Numbers.Distance(fused[i], reference[i]).ShouldBeLessThan(3e-5, $"{type}, dropout {lora.Dropout}, tensor {i}");
    }

    /// <summary>Logits, the gradient of the embeddings unless they are detached, and those of the updates.</summary>
    static Tensor[] Run(CausalLm model, Tensor? at, bool detached, bool unfused)
    {
        model.Unfused = unfused;
        using var batch = new PackedBatch(Sequences);
        var embeddings = model.Embed(batch.Ids).detach();
        if (!detached) embeddings.requires_grad_();
        var logits = model.Logits(model.Hidden(batch, embeddings, at));
        foreach (var (_, value) in model.Trained) value.grad = null;
        (logits.sin() * logits).sum().backward();
        Tensor[] tensors = [logits.detach(), .. model.Trained.Select(t => t.Value.grad!.clone())];
        return detached ? tensors : [.. tensors, embeddings.grad!];
    }
}

using static TorchSharp.torch;

namespace Anit.Models.Tests.Families;

/// <summary>A small model folder, made afresh and deleted after the test. Its numbers follow from the seed and the tensors' names.</summary>
sealed class Checkpoint : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("anit-models-").FullName;

    public ModelConfig Config { get; }

    public Checkpoint(ModelConfig config, ulong seed = 1)
    {
        Config = config;
        File.WriteAllText(Path.Combine(Folder, "config.json"), config.ToJson());
        using var model = CausalLm.Load(Folder, new(Tune.Full) { RandomInit = true, Seed = seed });
        Randomise(model.Trained.Select(t => (t.Name, (Tensor)t.Value)), seed, config);
        ModelFolder.Save(Folder, model);
    }

    /// <summary>A small LLaMA with grouped queries.</summary>
    public static ModelConfig Small { get; } = new()
    {
        ModelType = "llama", VocabSize = 61, HiddenSize = 24, IntermediateSize = 40, NumHiddenLayers = 2,
        NumAttentionHeads = 4, NumKeyValueHeads = 2, HeadDim = 6, InitializerRange = 0.2,
    };

    /// <summary>Norms around one (Gemma: zero) and biases around zero, so that mistakes in them show.</summary>
    static void Randomise(IEnumerable<(string Name, Tensor Value)> tensors, ulong seed, ModelConfig config)
    {
        using var quiet = no_grad();
        foreach (var (name, value) in tensors)
        {
            using var scope = NewDisposeScope();
            var isNorm = name.EndsWith("norm.weight", StringComparison.Ordinal);
            if (!isNorm && !name.EndsWith(".bias", StringComparison.Ordinal)) continue;
            var noise = Init.Normal(0.2).Make(value.shape, SplitMix64.Key(seed, name));
            value.copy_(isNorm && !config.ModelType.StartsWith("gemma", StringComparison.Ordinal) ? noise + 1 : noise);
        }
    }

    public CausalLm Load(LoadOptions? options = null) => CausalLm.Load(Folder, options ?? new());

    /// <summary>The model with updates whose B is not zero.</summary>
    public CausalLm LoadTuned(LoraOptions lora, ulong seed = 1)
    {
        var model = Load(new(Tune.Lora) { Lora = lora });
        Fill(model, seed);
        return model;
    }

    public static void Fill(CausalLm model, ulong seed)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in model.Trained) value.copy_(Init.Normal(0.1).Make(value.shape, SplitMix64.Key(seed, name)));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

static class Numbers
{
    /// <summary>Relative distance: ‖a - b‖ / ‖b‖.</summary>
    public static double Distance(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        var wide = b.to(ScalarType.Float64);
        return (a.to(ScalarType.Float64) - wide).norm().item<double>() / Math.Max(wide.norm().item<double>(), 1e-300);
    }

    /// <summary>Token ids of one sequence, by seed.</summary>
    public static int[] Tokens(int length, int vocab, ulong seed) =>
        [.. Enumerable.Range(0, length).Select(i => (int)(SplitMix64.At(SplitMix64.Key(seed, "tokens"), (ulong)i) % (ulong)vocab))];
}

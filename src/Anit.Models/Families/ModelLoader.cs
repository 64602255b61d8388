using static TorchSharp.torch;

namespace Anit.Models.Families;

/// <summary>From a folder and options to a model: which files are read, in which order, and what is refused.</summary>
static class ModelLoader
{
    public static CausalLm Load(string folder, LoadOptions options)
    {
        if (options.Tune == Tune.Full && (options.Adapter is not null || options.Lora is not null))
            throw new ArgumentException("full tuning trains the weights themselves; merge the adapter first, or tune with LoRA");

        var config = ModelConfig.FromFolder(folder);
        options = options with
        {
            Dtype = options.Tune == Tune.Full ? ScalarType.Float32 : options.Dtype,
            Lora = options.Adapter is not null ? Stored(options.Adapter, options.Lora)
                : options.Tune == Tune.Lora ? options.Lora ?? new LoraOptions()
                : null,
        };
        using var adapter = options.Adapter is null ? null : new PeftWeights(options.Adapter);
        var store = new Weights.Store(options.RandomInit ? null : new SafetensorsFolder(folder), options, config.InitializerRange)
        {
            Stored = adapter,
        };
        try
        {
            using var quiet = no_grad();
            var model = new CausalLm(config, store);
            store.CheckAllTaken();
            CheckTargets(options.Lora, model);
            adapter?.ReadInto(model);
            if (options is { Adapter: not null, Tune: Tune.None, KeepAdapterApart: false }) model.Merge();
            return model;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    // An adapter is what it is; only the dropout is a matter of the training to come.
    static LoraOptions Stored(string adapter, LoraOptions? given)
    {
        var stored = PeftAdapter.ReadOptions(adapter);
        return given is null ? stored : stored with { Dropout = given.Dropout };
    }

    static void CheckTargets(LoraOptions? lora, CausalLm model)
    {
        if (lora?.Peft is not null && model.Adapters.Count == 0)
            throw new InvalidDataException($"the adapter's target_modules ({string.Join(", ", lora.Targets)}) match no linear layer of this model; "
                + $"it has {string.Join(", ", LoraOptions.AllLinear)}");
        foreach (var target in lora is { Peft: null } ? lora.Targets : [])
            if (!model.Adapters.Any(a => a.Name.Contains($".{target}.lora_A", StringComparison.Ordinal)))
                throw new InvalidDataException($"LoRA target {target} is no linear layer of this model; it has "
                    + $"{string.Join(", ", LoraOptions.AllLinear)}");
    }
}

using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>What is trained.</summary>
public enum Tune
{
    /// <summary>Nothing: the model is for reading and writing answers only.</summary>
    None,

    /// <summary>Low-rank updates of a frozen base model.</summary>
    Lora,

    /// <summary>Every weight, in float32.</summary>
    Full,
}

/// <summary>How to load a model.</summary>
/// <param name="Tune">What is trained; with <see cref="Tune.Lora"/> and no <see cref="Lora"/> the default updates are added.</param>
public sealed record LoadOptions(Tune Tune = Tune.None)
{
    /// <summary>Element type of frozen weights and of the computation: float32, bfloat16 or float16. Trained weights are float32.</summary>
    public ScalarType Dtype { get; init; } = ScalarType.Float32;

    /// <summary>Element type of activations: on the CPU float32 whatever the weights are, so that only the weights are rounded.</summary>
    internal ScalarType ActivationDtype => Device.type == TorchSharp.DeviceType.CPU && Dtype == ScalarType.BFloat16 ? ScalarType.Float32 : Dtype;

    /// <summary>Where the model computes.</summary>
    public Device Device { get; init; } = new("cpu");

    /// <summary>The low-rank updates to add. Ignored when <see cref="Adapter"/> brings its own.</summary>
    public LoraOptions? Lora { get; init; }

    /// <summary>A PEFT folder to load: trained further with <see cref="Tune.Lora"/>, merged into the weights with <see cref="Tune.None"/>.</summary>
    public string? Adapter { get; init; }

    /// <summary>Keep a loaded adapter apart from the weights instead of merging it; slower.</summary>
    public bool KeepAdapterApart { get; init; }

    /// <summary>Make fresh weights instead of reading them: only config.json is needed.</summary>
    public bool RandomInit { get; init; }

    /// <summary>Seed of fresh weights and fresh updates.</summary>
    public ulong Seed { get; init; } = 42;
}

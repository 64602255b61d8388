using static TorchSharp.torch;

namespace Anit.Models.Encoders;

/// <summary>How to load a sentence encoder.</summary>
public sealed record EncoderOptions
{
    /// <summary>Element type of the weights: float32, bfloat16 or float16.</summary>
    public ScalarType Dtype { get; init; } = ScalarType.Float32;

    /// <summary>Where to compute.</summary>
    public Device Device { get; init; } = new("cpu");

    /// <summary>A name among the prompts of <c>config_sentence_transformers.json</c>; null for the default one there, or none.</summary>
    public string? Prompt { get; init; }

    /// <summary>Put before each text instead of a prompt of the folder's.</summary>
    public string? Prefix { get; init; }
}

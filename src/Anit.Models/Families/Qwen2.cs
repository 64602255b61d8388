namespace Anit.Models.Families;

/// <summary>Qwen 2 and 2.5: LLaMA with biases of queries, keys and values, and a window in the upper layers where a config asks for it.</summary>
/// <remarks>Yang et al. (2024), arXiv:2407.10671, arXiv:2412.15115.</remarks>
static class Qwen2
{
    public static Family Family { get; } = new("qwen2", "Qwen2ForCausalLM")
    {
        AttentionBiases = (true, false),
        MaxPositions = 32_768,
        Window = 4096,
        ListsLayers = true,
        Slides = SlidesFromLayer,
        Write = (config, json) =>
        {
            var first = config.SlidingLayers.ToList().IndexOf(true);
            json["use_sliding_window"] = first >= 0;
            json["max_window_layers"] = first >= 0 ? first : config.NumHiddenLayers;
        },
    };

    /// <summary>Layers from <c>max_window_layers</c> on, if <c>use_sliding_window</c>.</summary>
    public static bool SlidesFromLayer(ConfigReader keys, int layer) =>
        (keys.Flag("use_sliding_window") ?? false) && layer >= (keys.Integer("max_window_layers") ?? 28);
}

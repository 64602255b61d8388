namespace Anit.Models.Families;

/// <summary>Qwen 3, dense: Qwen 2 with normalised queries and keys instead of biases, and heads of 128.</summary>
/// <remarks>Yang et al. (2025), arXiv:2505.09388. The norms run over each head's channels, before positions.</remarks>
static class Qwen3
{
    public static Family Family { get; } = new("qwen3", "Qwen3ForCausalLM")
    {
        NormsQueriesAndKeys = true,
        HeadDim = 128,
        MaxPositions = 32_768,
        Window = 4096,
        ListsLayers = true,
        Slides = Qwen2.SlidesFromLayer,
        Write = Qwen2.Family.Write,
    };
}

namespace Anit.Models.Families;

/// <summary>Mistral: LLaMA in which every layer looks back <c>sliding_window</c> tokens, in the releases that set one.</summary>
/// <remarks>Jiang et al. (2023), arXiv:2310.06825. A token sees itself and the window - 1 before it.</remarks>
static class Mistral
{
    public static Family Family { get; } = new("mistral", "MistralForCausalLM")
    {
        AttentionBiases = (false, false),
        MaxPositions = 131_072,
        Window = 4096,
        Slides = (_, _) => true,
    };
}

namespace Anit.Models.Families;

/// <summary>LLaMA 1 to 3.2: pre-norm blocks with rotary positions, grouped queries and a gated SiLU.</summary>
/// <remarks>Touvron et al. (2023), arXiv:2302.13971; Grattafiori et al. (2024), arXiv:2407.21783.</remarks>
static class Llama
{
    public static Family Family { get; } = new("llama", "LlamaForCausalLM")
    {
        HasMlpBias = true,
    };
}

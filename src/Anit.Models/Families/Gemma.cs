namespace Anit.Models.Families;

/// <summary>Gemma 1: LLaMA's blocks with a tanh GELU, norms that scale by 1 + w, heads wider than C / H and scaled embeddings.</summary>
/// <remarks>Gemma Team (2024), arXiv:2403.08295. The first configs said "gelu" in <c>hidden_act</c>; the reference computes the tanh form
/// for them all the same.</remarks>
static class Gemma
{
    public static Family Family { get; } = new("gemma", "GemmaForCausalLM")
    {
        NormsAddOne = true,
        ScalesEmbeddings = true,
        HeadDim = 256,
        Ties = true,
        MaxPositions = 8192,
        Activation = ("hidden_activation", "gelu_pytorch_tanh"),
    };
}

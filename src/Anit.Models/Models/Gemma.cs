using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Gemma 1: LLaMA's blocks with a tanh GELU, norms that scale by 1 + w, heads wider than C / H and scaled embeddings.</summary>
/// <remarks>Gemma Team (2024), arXiv:2403.08295. Embeddings are multiplied by sqrt(C) inside the model, after the injection point of
/// perturbations; the factor is rounded to the model's element type first, as the reference rounds it.</remarks>
sealed class Gemma(ModelConfig config, Weights.Store store) : CausalLm(config, store, onePlus: true)
{
    private protected override Tensor Scaled(Tensor embeddings)
    {
        using var factor = tensor((float)Math.Sqrt(Config.HiddenSize), device: embeddings.device).to(embeddings.dtype);
        return embeddings * factor;
    }
}

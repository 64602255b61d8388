using System.Text.Json.Nodes;

namespace Anit.Models.Families;

/// <summary>Gemma 2: Gemma with norms after attention and MLP too, softly capped scores, and a window in every other layer.</summary>
/// <remarks>Gemma Team (2024), arXiv:2408.00118. Scores are divided by sqrt(<c>query_pre_attn_scalar</c>), which is not the width of a head
/// in every size.</remarks>
static class Gemma2
{
    public static Family Family { get; } = Gemma.Family with
    {
        ModelType = "gemma2",
        ClassName = "Gemma2ForCausalLM",
        NormsOutputs = true,
        Window = 4096,
        ListsLayers = true,
        Slides = (_, layer) => layer % 2 == 0,
        Read = (keys, config) => config with
        {
            QueryPreAttnScalar = keys.Number("query_pre_attn_scalar") ?? 256,
            AttnLogitSoftcapping = keys.NumberOrNull("attn_logit_softcapping", preset: 50),
            FinalLogitSoftcapping = keys.NumberOrNull("final_logit_softcapping", preset: 30),
        },
        Write = Write,
    };

    /// <summary>The keys of Gemma 2 and 3.</summary>
    public static void Write(ModelConfig config, JsonObject json)
    {
        json["query_pre_attn_scalar"] = config.QueryPreAttnScalar;
        json["attn_logit_softcapping"] = config.AttnLogitSoftcapping;
        json["final_logit_softcapping"] = config.FinalLogitSoftcapping;
    }
}

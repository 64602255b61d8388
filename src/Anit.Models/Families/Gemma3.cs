namespace Anit.Models.Families;

/// <summary>Gemma 3, text: Gemma 2 with normalised queries and keys instead of capped scores; five layers with a window and positions of
/// their own for each one without.</summary>
/// <remarks>Gemma Team (2025), arXiv:2503.19786. Layers with a window turn by <c>rope_local_base_freq</c> unscaled, the others by
/// <c>rope_theta</c> and <c>rope_scaling</c>. Folders of the models that see pictures too have model_type gemma3 and are refused.</remarks>
static class Gemma3
{
    public static Family Family { get; } = Gemma2.Family with
    {
        ModelType = "gemma3_text",
        ClassName = "Gemma3ForCausalLM",
        NormsQueriesAndKeys = true,
        MaxPositions = 131_072,
        RopeTheta = 1_000_000,
        LocalRopeTheta = 10_000,
        Slides = (keys, layer) => (layer + 1) % (keys.Integer("sliding_window_pattern", least: 1) ?? 6) != 0,
        Read = (keys, config) => config with
        {
            QueryPreAttnScalar = keys.Number("query_pre_attn_scalar") ?? 256,
            // The reference reads attn_logit_softcapping and then leaves scores as they are.
            AttnLogitSoftcapping = keys.Number("attn_logit_softcapping") is { } cap
                ? throw keys.Bad($"attn_logit_softcapping {cap} is not supported for gemma3_text; no release sets it") : null,
            FinalLogitSoftcapping = keys.Number("final_logit_softcapping"),
        },
        Write = (config, json) =>
        {
            Gemma2.Write(config, json);
            json["rope_local_base_freq"] = config.RopeLocalTheta;
            var whole = config.SlidingLayers.ToList().IndexOf(false);
            json["sliding_window_pattern"] = (whole >= 0 ? whole : config.NumHiddenLayers) + 1;
        },
    };
}

using System.Text.Json.Nodes;

namespace Anit.Models.Families;

/// <summary>Stretched positions, <c>rope_parameters</c> of a config (<c>rope_scaling</c> of older ones).</summary>
/// <param name="Type"><c>linear</c>; <c>llama3</c> (Llama 3.1: low frequencies slowed, high ones kept, a smooth passage between); <c>yarn</c>
/// (Peng et al. 2023, arXiv:2309.00071: the passage is a ramp over channels, and scores get sharper); <c>dynamic</c> (the base grows with a
/// sequence that is longer than the model was made for); <c>longrope</c> (Ding et al. 2024, arXiv:2402.13753: searched factors, one set for
/// short sequences and one for long ones).</param>
/// <param name="Factor">How many times longer the context became.</param>
/// <param name="LowFreqFactor">llama3: wavelengths beyond OriginalMaxPositions / this are slowed in full.</param>
/// <param name="HighFreqFactor">llama3: wavelengths below OriginalMaxPositions / this stay.</param>
/// <param name="OriginalMaxPositions"><c>original_max_position_embeddings</c>, tokens; of dynamic scaling <c>max_position_embeddings</c>.</param>
public sealed record RopeScaling(string Type, double Factor, double LowFreqFactor = 1, double HighFreqFactor = 4, int OriginalMaxPositions = 8192)
{
    /// <summary><c>attention_factor</c>: cosines and sines are multiplied by it, scores by its square.</summary>
    public double AttentionFactor { get; init; } = 1;

    /// <summary>yarn: channels that turn at least so often within OriginalMaxPositions stay.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>yarn: channels that turn at most so often are slowed in full.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>yarn: the ramp begins and ends at whole channels.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>longrope: each pair of channels is slowed by its factor, in sequences of at most OriginalMaxPositions.</summary>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>longrope: the same for longer sequences.</summary>
    public IReadOnlyList<double> LongFactors { get; init; } = [];

    /// <summary>Whether a token turns by the length of its sequence too.</summary>
    internal bool FollowsLength => Type is "dynamic" or "longrope";

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["factor"] = Factor, ["rope_type"] = Type };
        if (Type is "llama3" or "yarn" or "longrope") json["original_max_position_embeddings"] = OriginalMaxPositions;
        if (Type is "yarn" or "longrope") json["attention_factor"] = AttentionFactor;
        switch (Type)
        {
            case "llama3":
                json["high_freq_factor"] = HighFreqFactor;
                json["low_freq_factor"] = LowFreqFactor;
                break;
            case "yarn":
                json["beta_fast"] = BetaFast;
                json["beta_slow"] = BetaSlow;
                json["truncate"] = Truncate;
                break;
            case "longrope":
                json["short_factor"] = new JsonArray([.. ShortFactors.Select(f => (JsonNode)f)]);
                json["long_factor"] = new JsonArray([.. LongFactors.Select(f => (JsonNode)f)]);
                break;
        }
        return json;
    }
}

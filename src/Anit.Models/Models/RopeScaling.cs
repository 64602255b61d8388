using System.Text.Json.Nodes;

namespace Anit.Models;

/// <summary>Stretched positions, <c>rope_scaling</c> of a config.</summary>
/// <param name="Type"><c>llama3</c> (Llama 3.1: low frequencies slowed, high ones kept, a smooth passage between) or <c>linear</c>.</param>
/// <param name="Factor">How many times longer the context became.</param>
/// <param name="LowFreqFactor">Wavelengths beyond OriginalMaxPositions / this are slowed in full.</param>
/// <param name="HighFreqFactor">Wavelengths below OriginalMaxPositions / this stay.</param>
/// <param name="OriginalMaxPositions"><c>original_max_position_embeddings</c>, tokens.</param>
public sealed record RopeScaling(string Type, double Factor, double LowFreqFactor = 1, double HighFreqFactor = 4, int OriginalMaxPositions = 8192)
{
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["factor"] = Factor, ["rope_type"] = Type };
        if (Type == "llama3")
        {
            json["high_freq_factor"] = HighFreqFactor;
            json["low_freq_factor"] = LowFreqFactor;
            json["original_max_position_embeddings"] = OriginalMaxPositions;
        }
        return json;
    }
}

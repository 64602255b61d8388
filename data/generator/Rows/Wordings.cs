using System.Reflection;
using System.Text.Json;

namespace Anit.Samples;

/// <summary>The wordings of data/instructions, which the demo's rows and a part of the pretraining rows are asked with.</summary>
internal static class Wordings
{
    static readonly Dictionary<string, Dictionary<string, Asked>> Sets = new() { ["concise"] = Read("concise"), ["detailed"] = Read("detailed") };

    /// <summary>What a task, or a dataset of its own wording, is asked with.</summary>
    public static Asked For(string set, string task) => Sets[set][task];

    static Dictionary<string, Asked> Read(string set)
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream($"instructions/{set}")!;
        using var json = JsonDocument.Parse(file);
        return json.RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object)
            .ToDictionary(p => p.Name, p => new Asked(Text(p.Value, "instruction")!, Text(p.Value, "question"), Text(p.Value, "format")));
    }

    static string? Text(JsonElement wording, string field) => wording.TryGetProperty(field, out var value) ? value.GetString() : null;
}

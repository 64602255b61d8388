using System.Text.Json;

namespace Anit.Models.Tokenizers;

/// <summary>What tokenizer_config.json says, or special_tokens_map.json where there is none. Both may be absent.</summary>
internal sealed class TokenizerConfig
{
    public string? Bos { get; }
    public string? Eos { get; }
    public string? Pad { get; }
    public string? Unknown { get; }
    public bool? AddBos { get; }
    public bool? AddEos { get; }
    public bool CleanUp { get; }

    /// <summary>added_tokens_decoder, in order of id.</summary>
    public IReadOnlyList<(int Id, JsonElement Token)> AddedTokens { get; } = [];

    public TokenizerConfig(string folder)
    {
        var file = Array.Find(["tokenizer_config.json", "special_tokens_map.json"], name => File.Exists(Path.Combine(folder, name)));
        if (file is null) return;
        JsonElement root;
        try
        {
            root = JsonSerializer.Deserialize<JsonElement>(FolderHint.Read(Path.Combine(folder, file)));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Path.Combine(folder, file)}: not JSON at line {e.LineNumber + 1}", e);
        }
        Bos = Token(root, "bos_token");
        Eos = Token(root, "eos_token");
        Pad = Token(root, "pad_token");
        Unknown = Token(root, "unk_token");
        AddBos = Flag(root, "add_bos_token");
        AddEos = Flag(root, "add_eos_token");
        CleanUp = Flag(root, "clean_up_tokenization_spaces") ?? false;
        if (root.TryGetProperty("added_tokens_decoder", out var added) && added.ValueKind == JsonValueKind.Object)
            AddedTokens = [.. added.EnumerateObject().Where(t => int.TryParse(t.Name, out _)).Select(t => (int.Parse(t.Name), t.Value))
                .OrderBy(t => t.Item1)];
    }

    /// <summary>A token is given by its text or as an object with "content".</summary>
    static string? Token(JsonElement root, string name) => !root.TryGetProperty(name, out var token) ? null : token.ValueKind switch
    {
        JsonValueKind.String => token.GetString(),
        JsonValueKind.Object when token.TryGetProperty("content", out var content) => content.GetString(),
        _ => null,
    };

    static bool? Flag(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.ValueKind == JsonValueKind.True : null;
}

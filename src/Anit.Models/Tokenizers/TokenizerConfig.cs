using System.Text.Json;

namespace Anit.Models.Tokenizers;

/// <summary>What tokenizer_config.json says, or special_tokens_map.json where there is none. Both may be absent.</summary>
internal sealed class TokenizerConfig
{
    static readonly string[] SpecialNames = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

    public string? Bos { get; }
    public string? Eos { get; }
    public string? Pad { get; }
    public string? Unknown { get; }
    public bool? AddBos { get; }
    public bool? AddEos { get; }
    public bool CleanUp { get; }

    /// <summary>Every special token that is named, bos_token and its like, by name.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; } = new Dictionary<string, string>();

    /// <summary>The chat template: a text, a list of objects with name and template, or an object of texts.</summary>
    public JsonElement? ChatTemplate { get; }

    /// <summary>added_tokens_decoder, in order of id.</summary>
    public IReadOnlyList<(int Id, JsonElement Token)> AddedTokens { get; } = [];

    public TokenizerConfig(string folder)
    {
        var file = Array.Find(["tokenizer_config.json", "special_tokens_map.json"], name => File.Exists(Path.Combine(folder, name)));
        if (file is null) return;
        var root = JsonKeys.Parse(FolderHint.Read(Path.Combine(folder, file)), Path.Combine(folder, file));
        Bos = Token(root, "bos_token");
        Eos = Token(root, "eos_token");
        Pad = Token(root, "pad_token");
        Unknown = Token(root, "unk_token");
        AddBos = root.Flag("add_bos_token");
        AddEos = root.Flag("add_eos_token");
        SpecialTokens = SpecialNames.Select(name => (name, Text: Token(root, name))).Where(t => t.Text is not null)
            .ToDictionary(t => t.name, t => t.Text!, StringComparer.Ordinal);
        ChatTemplate = root.Value("chat_template");
        CleanUp = root.Flag("clean_up_tokenization_spaces") ?? false;
        if (root.Value("added_tokens_decoder") is { ValueKind: JsonValueKind.Object } added)
            AddedTokens = [.. added.EnumerateObject().Where(t => int.TryParse(t.Name, out _)).Select(t => (int.Parse(t.Name), t.Value))
                .OrderBy(t => t.Item1)];
    }

    /// <summary>A token is given by its text or as an object with "content"; null and false say that there is none.</summary>
    static string? Token(JsonKeys keys, string name) => keys.Value(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => null,
        { ValueKind: JsonValueKind.Object } token => keys.Of(token).Text("content", $"the text of {name}"),
        _ => keys.Text(name, "a token's text or an object with its content"),
    };
}

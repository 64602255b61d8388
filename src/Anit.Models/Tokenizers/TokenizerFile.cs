using System.Text.Json;

namespace Anit.Models.Tokenizers;

/// <summary>A tokenizer.json with the tokenizer_config.json beside it, read and checked.</summary>
internal sealed class TokenizerFile
{
    const int MostIds = 1 << 24; // tokens are kept in a table by id: what is larger is damaged, or made to take all memory

    readonly string file;
    readonly TokenizerSteps steps;

    public Dictionary<string, int> Vocab { get; } = new(StringComparer.Ordinal);
    public List<AddedToken> Added { get; } = [];
    public Normalizer? Normalizer { get; }
    public PreTokenizer? PreTokenizer { get; }
    public WordModel Model { get; }
    public Decoder? Decoder { get; }
    public List<int> Before { get; } = [];
    public List<int> After { get; } = [];
    public TokenizerConfig Config { get; }

    public TokenizerFile(string path)
    {
        file = Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path;
        if (!File.Exists(file)) throw Missing(path);
        steps = new(file);
        try
        {
            using var json = JsonDocument.Parse(FolderHint.Read(file), new() { MaxDepth = 64 });
            var root = json.RootElement;
            Config = new TokenizerConfig(Path.GetDirectoryName(file)!);
            Normalizer = steps.Normalizer(Member(root, "normalizer"), "normalizer");
            PreTokenizer = steps.PreTokenizer(Member(root, "pre_tokenizer"), "pre_tokenizer");
            var (model, type) = (Member(root, "model"), ModelType(Member(root, "model")));
            ReadVocab(model);
            List<(int Left, int Right, int Joined)> merges = type == "BPE" ? ReadMerges(model.GetProperty("merges")) : [];
            Model = type == "BPE" ? ReadBpe(model, merges) : ReadWordPiece(model);
            ReadAdded(root);
            Decoder = steps.Decoder(Member(root, "decoder"), "decoder", Added.Select(t => t.Content).ToHashSet(StringComparer.Ordinal));
            var (before, after) = steps.Template(Member(root, "post_processor"), "post_processor");
            Before.AddRange(before.Select(Id));
            After.AddRange(after.Select(Id));
            if (PreTokenizer is null && Model is BpeModel bpe && bpe.CutsBefore('▁', merges)) PreTokenizer = new PreTokenizer.Shortcut('▁');
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}; expected a Hugging Face "
                + "tokenizer.json", e);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{file}: a part is missing or of the wrong kind{(e is KeyNotFoundException ? $" ({e.Message})" : "")}; "
                + "expected a Hugging Face tokenizer.json", e);
        }
    }

    /// <summary>The id of a token, added ones included.</summary>
    public int? Find(string token) =>
        Added.Find(t => t.Content == token)?.Id ?? (Vocab.TryGetValue(token, out var id) ? id : null);

    int Id(string token) =>
        Find(token) ?? throw new InvalidDataException($"{file}: post_processor names the token '{token}', which is not in the vocabulary");

    /// <summary>Files of the first years do not name it: WordPiece is then known by a key of its own.</summary>
    string ModelType(JsonElement model) => Member(model, "type") is { ValueKind: JsonValueKind.String } type
        ? type.GetString() is "BPE" or "WordPiece" ? type.GetString()!
            : throw new InvalidDataException($"{file}: model is of type '{type.GetString()}', which is not supported; supported: BPE, WordPiece")
        : model.TryGetProperty("max_input_chars_per_word", out _) ? "WordPiece" : "BPE";

    void ReadVocab(JsonElement model)
    {
        Vocab.EnsureCapacity(model.GetProperty("vocab").GetPropertyCount());
        foreach (var entry in model.GetProperty("vocab").EnumerateObject())
            Vocab[entry.Name] = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var id) && id is >= 0 and < MostIds ? id
                : throw new InvalidDataException($"{file}: model.vocab gives '{entry.Name}' the id {entry.Value.GetRawText()}; expected a number "
                    + $"from 0 to {MostIds - 1}");
    }

    List<(int Left, int Right, int Joined)> ReadMerges(JsonElement merges)
    {
        var byText = Vocab.GetAlternateLookup<ReadOnlySpan<char>>();
        var list = new List<(int Left, int Right, int Joined)>(merges.GetArrayLength());
        var joined = new char[256];
        foreach (var merge in merges.EnumerateArray())
        {
            var (left, right) = Halves(merge, list.Count);
            var length = left.Length + right.Length;
            if (length > joined.Length) joined = new char[length];
            left.Span.CopyTo(joined);
            right.Span.CopyTo(joined.AsSpan(left.Length));
            if (!byText.TryGetValue(left.Span, out var l) || !byText.TryGetValue(right.Span, out var r)
                || !byText.TryGetValue(joined.AsSpan(0, length), out var whole))
                throw new InvalidDataException($"{file}: model.merges[{list.Count}] joins '{left}' and '{right}'; one of them or '{left}{right}' is "
                    + "not in the vocabulary");
            list.Add((l, r, whole));
        }
        return list;
    }

    /// <summary>A merge is two strings, or one with a space between them.</summary>
    (ReadOnlyMemory<char> Left, ReadOnlyMemory<char> Right) Halves(JsonElement merge, int index)
    {
        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2)
            return (merge[0].GetString().AsMemory(), merge[1].GetString().AsMemory());
        var text = merge.ValueKind == JsonValueKind.String ? merge.GetString()! : merge.GetRawText();
        var space = text.IndexOf(' ');
        return space > 0 && space == text.LastIndexOf(' ') && space < text.Length - 1 ? (text.AsMemory(0, space), text.AsMemory(space + 1))
            : throw new InvalidDataException($"{file}: model.merges[{index}] is '{text}'; expected two tokens and one space between them");
    }

    BpeModel ReadBpe(JsonElement model, List<(int Left, int Right, int Joined)> merges)
    {
        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (Member(model, name) is { ValueKind: JsonValueKind.String } affix && affix.GetString() != "")
                throw new InvalidDataException($"{file}: model.{name} is '{affix.GetString()}', which is not supported; expected null");
        if (Member(model, "dropout") is { ValueKind: JsonValueKind.Number } dropout && dropout.GetDouble() > 0)
            throw new InvalidDataException($"{file}: model.dropout is {dropout}, which makes ids random; set it to null");

        return new(Vocab, merges,
            new(steps.ByteLevel, True(model, "byte_fallback"), True(model, "ignore_merges"), True(model, "fuse_unk"), Unknown(model)));
    }

    WordPieceModel ReadWordPiece(JsonElement model) => new(Vocab,
        Member(model, "continuing_subword_prefix") is { ValueKind: JsonValueKind.String } prefix ? prefix.GetString()! : "##",
        Unknown(model) ?? throw new InvalidDataException($"{file}: model.unk_token is missing; WordPiece needs a token for unknown words"),
        Member(model, "max_input_chars_per_word") is { ValueKind: JsonValueKind.Number } most ? most.GetInt32() : 100);

    int? Unknown(JsonElement model) => Member(model, "unk_token") is not { ValueKind: JsonValueKind.String } token ? null
        : Vocab.TryGetValue(token.GetString()!, out var id) ? id
        : throw new InvalidDataException($"{file}: model.unk_token '{token.GetString()}' is not in the vocabulary");

    void ReadAdded(JsonElement root)
    {
        if (Member(root, "added_tokens") is { ValueKind: JsonValueKind.Array } tokens)
            foreach (var token in tokens.EnumerateArray()) Add(token, token.GetProperty("id").GetInt32());
        foreach (var (id, token) in Config.AddedTokens) // tokens only the config knows
            if (!Added.Exists(t => t.Id == id || t.Content == token.GetProperty("content").GetString())) Add(token, id);
    }

    void Add(JsonElement token, int id)
    {
        if (id is < 0 or >= MostIds)
            throw new InvalidDataException($"{file}, or tokenizer_config.json beside it, adds a token with the id {id}; expected a number from 0 to "
                + $"{MostIds - 1}");
        var special = True(token, "special");
        var normalized = Member(token, "normalized").ValueKind is JsonValueKind.True or JsonValueKind.False ? True(token, "normalized") : !special;
        Added.Add(new(id, token.GetProperty("content").GetString()!, True(token, "single_word"), True(token, "lstrip"), True(token, "rstrip"),
            normalized, special));
    }

    static JsonElement Member(JsonElement at, string name) => at.TryGetProperty(name, out var value) ? value : default;

    static bool True(JsonElement at, string name) => Member(at, name).ValueKind == JsonValueKind.True;

    static FileNotFoundException Missing(string path) => new(
        !Directory.Exists(path) ? $"{path}: no such file or folder; expected a tokenizer.json or the folder that holds it"
        : File.Exists(Path.Combine(path, "tokenizer.model")) ? $"{path}: has tokenizer.model but no tokenizer.json; write one with "
                + "transformers' AutoTokenizer.from_pretrained(...).save_pretrained(...)"
        : $"{path}: has no tokenizer.json{(FolderHint.Of(path) is { Length: > 0 } hint ? hint : "; expected a Hugging Face model folder")}");
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Anit.Models.Encoders;

/// <summary>What a folder of a sentence encoder says: which model, how its states are pooled, how long a text may be,
/// what is put before it.</summary>
/// <remarks>The folder is one that sentence-transformers wrote (<c>modules.json</c>: a Transformer, a Pooling, perhaps a Normalize), or a causal
/// language model's, of whose last hidden states the mean is taken. A module that is not computed here is refused by name.</remarks>
sealed class SentenceFolder
{
    const string Modules = "modules.json", Prompts = "config_sentence_transformers.json";

    readonly string folder;

    /// <summary>Where <c>config.json</c>, weights and tokenizer are.</summary>
    public string Model { get; }

    /// <summary><c>model_type</c>.</summary>
    public string ModelType { get; }

    public Pooling Pooling { get; private set; } = new([PoolingMode.Mean]);

    /// <summary>Whether vectors are made as long as 1.</summary>
    public bool Normalizes { get; private set; }

    /// <summary>Whether texts are lower-cased before anything else (<c>do_lower_case</c>).</summary>
    public bool Lowercases { get; private set; }

    /// <summary><c>max_seq_length</c>, special tokens included; null where it is the model's own.</summary>
    public int? MaxTokens { get; private set; }

    /// <summary>Put before each text.</summary>
    public string Prompt { get; }

    public SentenceFolder(string folder, EncoderOptions options)
    {
        this.folder = folder;
        if (!Directory.Exists(folder))
            throw new FileNotFoundException($"{folder}: no such model folder{FolderHint.Of(folder)}", folder);
        Model = File.Exists(Path.Combine(folder, Modules)) ? ReadModules() : folder;
        var config = Path.Combine(Model, "config.json");
        if (!File.Exists(config))
        {
            var hint = FolderHint.Of(Model) is { Length: > 0 } found ? found : "; expected the folder of a sentence encoder or of a causal model";
            throw new FileNotFoundException($"{Model}: no config.json{hint}", Model);
        }
        var keys = Keys(config);
        ModelType = keys.Text("model_type") ?? throw keys.Bad("model_type is missing");
        var causal = ModelFamilies.Find(ModelType) is not null;
        if (ModelType != BertConfig.ModelType && !causal)
            throw keys.Bad($"model_type {ModelType} is not supported; supported are {BertConfig.ModelType}, "
                + string.Join(", ", ModelFamilies.All.Select(f => f.ModelType)));
        if (Model == folder && !causal && !File.Exists(Path.Combine(folder, Modules)))
            throw new FileNotFoundException($"{folder}: no {Modules}, so that nobody knows how token states become a vector; save the encoder with "
                + "sentence-transformers: SentenceTransformer(folder).save(folder)", folder);
        Prompt = options.Prefix ?? ReadPrompt(options.Prompt);
    }

    /// <summary>Names the vectors: a digest over weights, vocabulary and every setting that moves them, never a path.</summary>
    public string Digest(params ReadOnlySpan<string> settings)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var own = $"{string.Join(' ', Pooling.Modes)} {Pooling.IncludesPrompt} {Normalizes} {Lowercases} {MaxTokens}";
        foreach (var setting in (string[])[.. settings, own, Prompt])
            digest.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(setting)));
        foreach (var path in Directory.EnumerateFiles(Model).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            var settled = name is "config.json" or "tokenizer.json" or "tokenizer_config.json";
            if (!settled && !name.EndsWith(".safetensors", StringComparison.Ordinal)) continue;
            using var file = File.OpenRead(path);
            digest.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            digest.AppendData(SHA256.HashData(file));
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    /// <summary>Reads the list of modules; the folder of the first one is the model's.</summary>
    string ReadModules()
    {
        var path = Path.Combine(folder, Modules);
        List<(string Type, string Path)> modules = [];
        try
        {
            using var json = JsonDocument.Parse(FolderHint.Read(path));
            foreach (var module in json.RootElement.EnumerateArray())
                modules.Add((Text(module, "type").Split('.')[^1], Text(module, "path")));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: expected a list of modules with type and path, as sentence-transformers writes it");
        }
        static string Text(JsonElement module, string key) => module.GetProperty(key).GetString() ?? throw new JsonException();
        if (modules is not [("Transformer", var model), ("Pooling", var pooling), ..])
            throw new InvalidDataException($"{path}: modules are {string.Join(", ", modules.Select(m => m.Type))}; expected Transformer, Pooling "
                + "and perhaps Normalize");
        foreach (var (type, _) in modules.Skip(2))
            if (type == "Normalize") Normalizes = true;
            else throw new InvalidDataException($"{path}: module {type} is not supported; supported are Transformer, Pooling, Normalize");
        Pooling = ReadPooling(Path.Combine(folder, pooling, "config.json"));
        ReadTransformer(Path.Combine(folder, model));
        return model.Length == 0 ? folder : Path.Combine(folder, model);
    }

    static Pooling ReadPooling(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file, though {Modules} names the module; copy it from where the model "
                + "comes from", path);
        var keys = Keys(path);
        (string Key, string Name, PoolingMode Mode)[] known =
        [
            ("pooling_mode_cls_token", "cls", PoolingMode.Cls), ("pooling_mode_max_tokens", "max", PoolingMode.Max),
            ("pooling_mode_mean_tokens", "mean", PoolingMode.Mean),
            ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", PoolingMode.MeanSqrtLen),
            ("pooling_mode_weightedmean_tokens", "weightedmean", PoolingMode.WeightedMean),
            ("pooling_mode_lasttoken", "lasttoken", PoolingMode.LastToken),
        ];
        List<PoolingMode> modes = [.. known.Where(k => keys.Flag(k.Key) is true).Select(k => k.Mode)];
        if (keys.Value("pooling_mode") is { } named) // as newer releases write it: a name, or several
        {
            var names = (named.ValueKind == JsonValueKind.Array ? named.EnumerateArray() : Enumerable.Repeat(named, 1))
                .Select(n => JsonKeys.TextOf(n) ?? JsonKeys.Short(n)).ToList();
            if (names.Find(n => !known.Any(k => k.Name == n)) is { } unknown)
                throw keys.Bad($"pooling_mode {unknown} is not supported; supported are {string.Join(", ", known.Select(k => k.Name))}");
            modes = [.. known.Where(k => names.Contains(k.Name)).Select(k => k.Mode)];
        }
        if (modes.Count == 0) throw keys.Bad($"no pooling mode is on; expected one of {string.Join(", ", known.Select(k => k.Key))}");
        return new(modes) { IncludesPrompt = keys.Flag("include_prompt") ?? true };
    }

    void ReadTransformer(string model)
    {
        // The file bears the family's name in old releases: sentence_roberta_config.json.
        var path = Directory.Exists(model)
            ? Directory.EnumerateFiles(model, "sentence_*_config.json").Order(StringComparer.Ordinal).FirstOrDefault() : null;
        if (path is null) return;
        var keys = Keys(path);
        MaxTokens = keys.Integer("max_seq_length", 3);
        Lowercases = keys.Flag("do_lower_case") ?? false;
    }

    static JsonKeys Keys(string path) => JsonKeys.Parse(FolderHint.Read(path), path);

    /// <summary>The prompt of a name, or the default one.</summary>
    string ReadPrompt(string? name)
    {
        var path = Path.Combine(folder, Prompts);
        var keys = File.Exists(path) ? Keys(path) : null;
        var prompts = keys?.Value("prompts") is { ValueKind: JsonValueKind.Object } all
            ? all.EnumerateObject().ToDictionary(p => p.Name, p => JsonKeys.TextOf(p.Value) ?? "") : [];
        if ((name ?? keys?.Text("default_prompt_name")) is not { } wanted) return "";
        return prompts.TryGetValue(wanted, out var prompt) ? prompt : throw new InvalidDataException(
            $"{folder}: there is no prompt {wanted}; {Prompts} has {(prompts.Count == 0 ? "none" : string.Join(", ", prompts.Keys))}");
    }
}

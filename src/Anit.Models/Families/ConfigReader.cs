using System.Text.Json;

namespace Anit.Models.Families;

/// <summary>Reads and checks a <c>config.json</c>: one place for the defaults of each model type and for every refusal.</summary>
sealed class ConfigReader(JsonKeys keys)
{
    static readonly string[] Activations = ["silu", "gelu_pytorch_tanh", "gelu"];

    // Beyond every model there is: what is larger is damaged, or made to take all memory.
    const int MostLayers = 10_000, MostChannels = 1 << 24;

    public ModelConfig Read()
    {
        var type = keys.Text("model_type") ?? throw keys.Missing("model_type");
        var family = ModelFamilies.Find(type)
            ?? throw Bad($"model_type {type} is not supported; supported are {string.Join(", ", ModelFamilies.All.Select(f => f.ModelType))}");
        foreach (var name in new[] { "quantization_config", "compression_config" })
            if (keys.Value(name) is { } quantized)
                throw Bad($"quantized weights ({name}: {Method(quantized)}) are not supported; use the unquantized model");
        foreach (var name in new[] { "use_bidirectional_attention", "use_mrope" })
            if (keys.Value(name) is { ValueKind: not JsonValueKind.False } set)
                throw Bad($"{name} {JsonKeys.Short(set)} is not supported; expected false");
        if (Integer("pretraining_tp") is > 1) throw Bad("pretraining_tp above 1 is not supported; set it to 1, the weights are the same");

        var hidden = Need("hidden_size");
        var heads = Need("num_attention_heads");
        var layers = Need("num_hidden_layers", MostLayers);
        var bias = Flag("attention_bias") ?? false;
        var (inner, outer) = family.AttentionBiases ?? (bias, bias);
        var window = IntegerOrNull("sliding_window", family.Window);
        var config = family.Read(this, new()
        {
            ModelType = type,
            VocabSize = Need("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = Need("intermediate_size"),
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            NumKeyValueHeads = Integer("num_key_value_heads") ?? heads,
            HeadDim = Integer("head_dim") ?? family.HeadDim ?? Divided(hidden, heads),
            RmsNormEps = Number("rms_norm_eps") ?? 1e-6,
            TieWordEmbeddings = Flag("tie_word_embeddings") ?? family.Ties,
            MaxPositionEmbeddings = Integer("max_position_embeddings") ?? family.MaxPositions,
            AttentionBias = inner,
            AttentionOutputBias = outer,
            MlpBias = family.HasMlpBias && (Flag("mlp_bias") ?? false),
            HiddenAct = keys.Text(family.Activation.Key) ?? family.Activation.Preset,
            SlidingWindow = window,
            SlidingLayers = Sliding(family, layers, window),
            BosTokenId = Integer("bos_token_id"),
            EosTokenIds = Ids("eos_token_id"),
            InitializerRange = keys.Number("initializer_range", least: 0, most: 1e6) ?? 0.02,
        });
        config = new RopeReader(this, keys.Json, family).Into(config);
        Check(config);
        return config;
    }

    void Check(ModelConfig c)
    {
        foreach (var (name, value) in new[]
        {
            ("num_key_value_heads", c.NumKeyValueHeads), ("head_dim", c.HeadDim), ("max_position_embeddings", c.MaxPositionEmbeddings),
        })
            if (value < 1) throw Bad($"{name} is {value}, expected 1 or more");
        if (c.NumAttentionHeads % c.NumKeyValueHeads != 0)
            throw Bad($"num_attention_heads {c.NumAttentionHeads} is no multiple of num_key_value_heads {c.NumKeyValueHeads}");
        if ((long)c.NumAttentionHeads * c.HeadDim > MostChannels)
            throw Bad($"num_attention_heads {c.NumAttentionHeads} times head_dim {c.HeadDim} is beyond every model, expected at most {MostChannels}");
        if (c.HeadDim % 2 != 0) throw Bad($"head_dim {c.HeadDim} is odd; rotary positions need pairs");
        if (!Activations.Contains(c.HiddenAct))
            throw Bad($"{c.Family.Activation.Key} {c.HiddenAct} is not supported; supported are {string.Join(", ", Activations)}");
        if (!(c.RmsNormEps > 0)) throw Bad($"rms_norm_eps is {c.RmsNormEps}, expected more than 0");
        foreach (var (name, value) in new[]
        {
            ("rope_theta", c.RopeTheta), ("rope_local_base_freq", c.RopeLocalTheta), ("query_pre_attn_scalar", c.QueryPreAttnScalar),
                ("sliding_window", c.SlidingWindow),
            ("attn_logit_softcapping", c.AttnLogitSoftcapping), ("final_logit_softcapping", c.FinalLogitSoftcapping),
        })
            if (value is { } number && !(number > 0)) throw Bad($"{name} is {number}, expected more than 0");
    }

    /// <summary>Token ids: one number or a list; none for an absent key or null.</summary>
    public IReadOnlyList<int> Ids(string name)
    {
        if (keys.Value(name) is not { } value) return [];
        int?[] ids = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(JsonKeys.IntegerOf)] : [JsonKeys.IntegerOf(value)];
        return ids.Contains(null) ? throw keys.Wrong(name, value, "a token id or a list of them") : [.. ids.OfType<int>()];
    }

    string Method(JsonElement quantized) => quantized.ValueKind == JsonValueKind.Object ? Text(quantized, "quant_method") ?? "no quant_method"
        : JsonKeys.Short(quantized);

    /// <summary>Which layers have a window: as <c>layer_types</c> lists them, which newer configs do, else by the family's rule.</summary>
    bool[] Sliding(Family family, int layers, int? window)
    {
        bool[] own = [.. Enumerable.Range(0, layers).Select(layer => window is not null && family.Slides(this, layer))];
        if (keys.Value("layer_types") is not { } listed) return window is null ? [] : own;
        if (listed.ValueKind != JsonValueKind.Array || listed.GetArrayLength() != layers)
            throw keys.Wrong("layer_types", listed, $"a list of {layers} types");
        bool[] types = [.. listed.EnumerateArray().Select(type => JsonKeys.TextOf(type) switch
        {
            "sliding_attention" => true,
            "full_attention" => false,
            _ => throw Bad($"layer_types has {JsonKeys.Short(type)}; supported are full_attention and sliding_attention"),
        })];
        if (window is null) return !types.Contains(true) ? [] : throw Bad("layer_types has sliding_attention, but there is no sliding_window");
        if (Flag("use_sliding_window") is false && types.Contains(true))
            throw Bad("layer_types has sliding_attention, but use_sliding_window is false");
        return family.ListsLayers || types.SequenceEqual(own) ? types
            : throw Bad($"layer_types {JsonKeys.Short(listed)} is not supported for {family.ModelType}, which does not read it");
    }

    int Divided(int hidden, int heads) =>
        heads > 0 && hidden % heads == 0 ? hidden / heads
            : throw Bad($"hidden_size {hidden} is no multiple of num_attention_heads {heads}, and there is no head_dim");

    int Need(string name, int most = MostChannels) => (Integer(name) ?? throw keys.Missing(name)) switch
    {
        < 1 and var size => throw Bad($"{name} is {size}, expected 1 or more"),
        var size when size > most => throw Bad($"{name} is {size}, expected at most {most}"),
        var size => size,
    };

    public int? Integer(string name, int least = int.MinValue) => keys.Integer(name, least);

    /// <summary>An integer whose absence means a preset and whose null means none.</summary>
    int? IntegerOrNull(string name, int? preset) => keys.Has(name) ? Integer(name) : preset;

    /// <summary>A number whose absence means a preset and whose null means none.</summary>
    public double? NumberOrNull(string name, double preset) => keys.Has(name) ? Number(name) : preset;

    public double? Number(string name) => keys.Number(name);

    public double? Number(JsonElement at, string name) => keys.Of(at).Number(name);

    public string? Text(JsonElement at, string name) => keys.Of(at).Text(name);

    public bool? Flag(string name) => keys.Flag(name);

    public bool? Flag(JsonElement at, string name) => keys.Of(at).Flag(name);

    public InvalidDataException Bad(string what) => keys.Bad(what);
}

using System.Text.Json;

namespace Anit.Models;

/// <summary>Reads and checks a <c>config.json</c>: one place for the defaults of each model type and for every refusal.</summary>
sealed class ConfigReader(string json, string where)
{
    static readonly string[] Types = ["llama", "gemma"];
    static readonly string[] Activations = ["silu", "gelu_pytorch_tanh", "gelu"];

    JsonElement root;

    public ModelConfig Read()
    {
        using var document = Parse();
        root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw Bad("expected a JSON object");

        var type = Text("model_type") ?? throw Missing("model_type");
        if (!Types.Contains(type)) throw Bad($"model_type {type} is not supported; supported are {string.Join(", ", Types)}");
        if (root.TryGetProperty("quantization_config", out _)) throw Bad("quantized weights are not supported; use the unquantized model");
        if (Integer("pretraining_tp") is > 1) throw Bad("pretraining_tp above 1 is not supported; set it to 1, the weights are the same");

        var gemma = type == "gemma";
        var hidden = Need("hidden_size");
        var heads = Need("num_attention_heads");
        var config = new ModelConfig
        {
            ModelType = type,
            VocabSize = Need("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = Need("intermediate_size"),
            NumHiddenLayers = Need("num_hidden_layers"),
            NumAttentionHeads = heads,
            NumKeyValueHeads = Integer("num_key_value_heads") ?? heads,
            HeadDim = Integer("head_dim") ?? (gemma ? 256 : Divided(hidden, heads)),
            RmsNormEps = Number(root, "rms_norm_eps") ?? 1e-6,
            RopeTheta = Number(root, "rope_theta") ?? RopeParameter("rope_theta") ?? 10_000,
            RopeScaling = Scaling(),
            TieWordEmbeddings = Flag("tie_word_embeddings") ?? gemma,
            MaxPositionEmbeddings = Integer("max_position_embeddings") ?? (gemma ? 8192 : 2048),
            AttentionBias = Flag("attention_bias") ?? false,
            MlpBias = Flag("mlp_bias") ?? false,
            // Gemma's first configs said "gelu"; the reference computes the tanh form for them all the same.
            HiddenAct = gemma ? Text("hidden_activation") ?? "gelu_pytorch_tanh" : Text("hidden_act") ?? "silu",
            BosTokenId = Integer("bos_token_id"),
            EosTokenIds = Ids("eos_token_id"),
            InitializerRange = Number(root, "initializer_range") ?? 0.02,
        };
        Check(config);
        return config;
    }

    void Check(ModelConfig c)
    {
        foreach (var (name, value) in new[]
        {
            ("vocab_size", c.VocabSize), ("hidden_size", c.HiddenSize), ("intermediate_size", c.IntermediateSize),
            ("num_hidden_layers", c.NumHiddenLayers), ("num_attention_heads", c.NumAttentionHeads),
            ("num_key_value_heads", c.NumKeyValueHeads), ("head_dim", c.HeadDim), ("max_position_embeddings", c.MaxPositionEmbeddings),
        })
            if (value < 1) throw Bad($"{name} is {value}, expected 1 or more");
        if (c.NumAttentionHeads % c.NumKeyValueHeads != 0)
            throw Bad($"num_attention_heads {c.NumAttentionHeads} is no multiple of num_key_value_heads {c.NumKeyValueHeads}");
        if (c.HeadDim % 2 != 0) throw Bad($"head_dim {c.HeadDim} is odd; rotary positions need pairs");
        if (!Activations.Contains(c.HiddenAct))
            throw Bad($"hidden_act {c.HiddenAct} is not supported; supported are {string.Join(", ", Activations)}");
        if (!(c.RmsNormEps > 0)) throw Bad($"rms_norm_eps is {c.RmsNormEps}, expected more than 0");
        if (!(c.RopeTheta > 0)) throw Bad($"rope_theta is {c.RopeTheta}, expected more than 0");
    }

    RopeScaling? Scaling()
    {
        if (!Object("rope_scaling", out var rope) && !Object("rope_parameters", out rope)) return null;
        var type = Text(rope, "rope_type") ?? Text(rope, "type") ?? "default";
        if (type == "default") return null;
        var factor = Number(rope, "factor") ?? throw Missing("rope_scaling.factor");
        if (!(factor > 0)) throw Bad($"rope_scaling.factor is {factor}, expected more than 0");
        return type switch
        {
            "linear" => new(type, factor),
            "llama3" => new(type, factor,
                Number(rope, "low_freq_factor") ?? throw Missing("rope_scaling.low_freq_factor"),
                Number(rope, "high_freq_factor") ?? throw Missing("rope_scaling.high_freq_factor"),
                (int)(Number(rope, "original_max_position_embeddings") ?? throw Missing("rope_scaling.original_max_position_embeddings"))),
            _ => throw Bad($"rope_scaling type {type} is not supported; supported are default, linear, llama3"),
        };
    }

    double? RopeParameter(string name) => Object("rope_parameters", out var rope) ? Number(rope, name) : null;

    int Divided(int hidden, int heads) =>
        heads > 0 && hidden % heads == 0 ? hidden / heads
            : throw Bad($"hidden_size {hidden} is no multiple of num_attention_heads {heads}, and there is no head_dim");

    int Need(string name) => Integer(name) ?? throw Missing(name);

    bool Object(string name, out JsonElement value) =>
        root.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;

    string? Text(string name) => Text(root, name);

    string? Text(JsonElement at, string name) => Value(at, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        var other => throw Wrong(name, other.Value, "a string"),
    };

    int? Integer(string name) => Value(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        var other => throw Wrong(name, other.Value, "an integer"),
    };

    double? Number(JsonElement at, string name) => Value(at, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        var other => throw Wrong(name, other.Value, "a number"),
    };

    bool? Flag(string name) => Value(root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True or JsonValueKind.False } flag => flag.GetBoolean(),
        var other => throw Wrong(name, other.Value, "true or false"),
    };

    IReadOnlyList<int> Ids(string name) => Value(root, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(id => id.TryGetInt32(out var n) ? n : throw Wrong(name, id, "ids"))],
        _ => [Integer(name)!.Value],
    };

    static JsonElement? Value(JsonElement at, string name) =>
        at.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    JsonDocument Parse()
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw Bad($"no valid JSON: {e.Message}");
        }
    }

    InvalidDataException Missing(string name) => Bad($"{name} is missing");

    InvalidDataException Wrong(string name, JsonElement found, string expected) => Bad($"{name} is {found.GetRawText()}, expected {expected}");

    InvalidDataException Bad(string what) => new($"{where}: {what}");
}

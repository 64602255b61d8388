namespace Anit.Models.Encoders;

/// <summary>The shape of a BERT encoder, read from a <c>config.json</c> in Hugging Face's names.</summary>
/// <remarks>A setting that would change the numbers and that this library does not compute is refused by name, never ignored.</remarks>
public sealed record BertConfig
{
    /// <summary><c>model_type</c> of the configs that are read.</summary>
    public const string ModelType = "bert";

    const int Most = 1 << 24; // beyond every model there is: what is larger is damaged, or made to take all memory

    /// <summary><c>vocab_size</c>, V.</summary>
    public required int VocabSize { get; init; }

    /// <summary><c>hidden_size</c>, C.</summary>
    public required int HiddenSize { get; init; }

    /// <summary><c>intermediate_size</c>, I: width of the feed-forward layers.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary><c>num_hidden_layers</c>.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary><c>num_attention_heads</c>, H.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary><c>max_position_embeddings</c>: the longest sequence, in tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary><c>type_vocab_size</c>: rows of the table of segments, of which the first is used.</summary>
    public int TypeVocabSize { get; init; } = 2;

    /// <summary><c>layer_norm_eps</c>.</summary>
    public double LayerNormEps { get; init; } = 1e-12;

    /// <summary><c>hidden_act</c>: <c>gelu</c>, or <c>gelu_new</c> and <c>gelu_pytorch_tanh</c>, its approximation.</summary>
    public string HiddenAct { get; init; } = "gelu";

    /// <summary>Channels a head, D.</summary>
    public int HeadDim => HiddenSize / NumAttentionHeads;

    /// <summary>Reads the <c>config.json</c> of a folder.</summary>
    /// <exception cref="InvalidDataException">A key is missing, of the wrong type, or asks for something unsupported.</exception>
    public static BertConfig FromFolder(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        var keys = JsonKeys.Parse(FolderHint.Read(path), path);
        if (keys.Text("model_type") is var type && type != ModelType)
            throw keys.Bad($"model_type {type} is no encoder that is supported; supported is {ModelType}");
        if (keys.Text("position_embedding_type") is { } positions and not "absolute")
            throw keys.Bad($"position_embedding_type {positions} is not supported; expected absolute");
        foreach (var name in (string[])["is_decoder", "add_cross_attention"])
            if (keys.Flag(name) is true) throw keys.Bad($"{name} true is not supported; expected an encoder");
        if (keys.Value("quantization_config") is not null) throw keys.Bad("quantized weights are not supported; use the unquantized model");
        int Need(string name) => keys.Integer(name, 1, Most) ?? throw keys.Missing(name);
        var config = new BertConfig
        {
            VocabSize = Need("vocab_size"), HiddenSize = Need("hidden_size"), IntermediateSize = Need("intermediate_size"),
            NumHiddenLayers = Need("num_hidden_layers"), NumAttentionHeads = Need("num_attention_heads"),
            MaxPositionEmbeddings = keys.Integer("max_position_embeddings", 1, Most) ?? 512,
            TypeVocabSize = keys.Integer("type_vocab_size", 1, Most) ?? 2,
            LayerNormEps = keys.Number("layer_norm_eps", double.Epsilon) ?? 1e-12, HiddenAct = keys.Text("hidden_act") ?? "gelu",
        };
        if (config.HiddenSize % config.NumAttentionHeads != 0)
            throw keys.Bad($"hidden_size {config.HiddenSize} is no multiple of num_attention_heads {config.NumAttentionHeads}");
        return config.HiddenAct is "gelu" or "gelu_new" or "gelu_pytorch_tanh" ? config
            : throw keys.Bad($"hidden_act {config.HiddenAct} is not supported; supported are gelu, gelu_new, gelu_pytorch_tanh");
    }
}

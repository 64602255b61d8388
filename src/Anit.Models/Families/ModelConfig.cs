using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Models.Families;

/// <summary>The shape of a model, read from a <c>config.json</c> in Hugging Face's names.</summary>
/// <remarks>Defaults for absent keys are those of the reference implementation for that <c>model_type</c>. A setting that would
/// change the numbers and that this library does not compute is refused by name, never ignored.</remarks>
public sealed record ModelConfig
{
    /// <summary><c>model_type</c>: <c>llama</c>, <c>mistral</c>, <c>qwen2</c>, <c>qwen3</c>, <c>gemma</c>, <c>gemma2</c> or
    /// <c>gemma3_text</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary><c>vocab_size</c>, V.</summary>
    public required int VocabSize { get; init; }

    /// <summary><c>hidden_size</c>, C.</summary>
    public required int HiddenSize { get; init; }

    /// <summary><c>intermediate_size</c>: width of the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary><c>num_hidden_layers</c>.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary><c>num_attention_heads</c>, H.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary><c>num_key_value_heads</c>: H / this many queries share a key and value head.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary><c>head_dim</c>, D.</summary>
    public required int HeadDim { get; init; }

    /// <summary><c>rms_norm_eps</c>.</summary>
    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary><c>rope_theta</c>.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary><c>rope_scaling</c>, null when positions are used as they are.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary><c>tie_word_embeddings</c>: the output layer is the embedding matrix.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary><c>max_position_embeddings</c>: tokens the model was made for.</summary>
    public int MaxPositionEmbeddings { get; init; } = 2048;

    /// <summary>Whether queries, keys and values have biases: <c>attention_bias</c>, or always in Qwen 2.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the layer after attention has one: <c>attention_bias</c>, but never in Qwen 2.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary><c>sliding_window</c>: how many tokens, itself included, a token sees in the layers of <see cref="SlidingLayers"/>.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary><c>layer_types</c>: for each layer whether it has the window; empty for none.</summary>
    public IReadOnlyList<bool> SlidingLayers { get; init; } = [];

    /// <summary><c>query_pre_attn_scalar</c>: scores are divided by its root; by that of <see cref="HeadDim"/> when null.</summary>
    public double? QueryPreAttnScalar { get; init; }

    /// <summary><c>attn_logit_softcapping</c>: scores become cap · tanh(score / cap).</summary>
    public double? AttnLogitSoftcapping { get; init; }

    /// <summary><c>final_logit_softcapping</c>: the same for the scores of words.</summary>
    public double? FinalLogitSoftcapping { get; init; }

    /// <summary><c>rope_local_base_freq</c>: theta of the layers with a window, null for the same as the others'.</summary>
    public double? RopeLocalTheta { get; init; }

    /// <summary><c>mlp_bias</c>.</summary>
    public bool MlpBias { get; init; }

    /// <summary><c>hidden_act</c>: <c>silu</c>, <c>gelu_pytorch_tanh</c> or <c>gelu</c>.</summary>
    public string HiddenAct { get; init; } = "silu";

    /// <summary><c>bos_token_id</c>.</summary>
    public int? BosTokenId { get; init; }

    /// <summary><c>eos_token_id</c>, which may be several.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary><c>initializer_range</c>: standard deviation of freshly made matrices.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>What the model type stands for.</summary>
    internal Family Family => ModelFamilies.Find(ModelType)!;

    /// <summary>What scores are multiplied by.</summary>
    internal double ScoreScale => 1 / Math.Sqrt(QueryPreAttnScalar ?? HeadDim);

    /// <summary>Whether a layer looks back only <see cref="SlidingWindow"/> tokens.</summary>
    internal bool Slides(int layer) => SlidingWindow is not null && layer < SlidingLayers.Count && SlidingLayers[layer];

    /// <summary>Numbers in all matrices together; norms and biases, a thousandth of that, are left out.</summary>
    public long MatrixParameters =>
        (TieWordEmbeddings ? 1L : 2) * VocabSize * HiddenSize
        + NumHiddenLayers * (2L * HiddenSize * HeadDim * (NumAttentionHeads + NumKeyValueHeads) + 3L * HiddenSize * IntermediateSize);

    /// <summary>Queries per key and value head.</summary>
    public int Groups => NumAttentionHeads / NumKeyValueHeads;

    /// <summary>Reads <c>config.json</c> of a model folder.</summary>
    public static ModelConfig FromFolder(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!Directory.Exists(folder)) throw new FileNotFoundException($"{folder}: no such model folder{FolderHint.Of(folder)}", folder);
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"{folder}: no config.json{(FolderHint.Of(folder) is { Length: > 0 } hint ? hint : "; is this a Hugging Face model folder?")}",
                folder);
        foreach (var (file, kind) in new[] { ("quantize_config.json", "GPTQ"), ("quant_config.json", "AWQ") })
            if (File.Exists(Path.Combine(folder, file)))
                throw new InvalidDataException($"{Path.Combine(folder, file)}: quantized weights ({kind}) are not supported; use the "
                    + "unquantized model");
        var config = new ConfigReader(JsonKeys.Parse(FolderHint.Read(path), path)).Read();
        var generation = Path.Combine(folder, "generation_config.json");
        return File.Exists(generation) ? config with { EosTokenIds = Stops(config, generation) } : config;
    }

    /// <summary>Stop ids of both files: those of instruction-tuned releases often stand in <c>generation_config.json</c> alone.</summary>
    static int[] Stops(ModelConfig config, string path) =>
        [.. config.EosTokenIds.Concat(new ConfigReader(JsonKeys.Parse(FolderHint.Read(path), path)).Ids("eos_token_id")).Distinct()];

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What to call it in messages.</param>
    /// <exception cref="InvalidDataException">A key is missing, of the wrong type, or asks for something unsupported.</exception>
    public static ModelConfig FromJson(string json, string where = "config.json") =>
        new ConfigReader(JsonKeys.Parse(Encoding.UTF8.GetBytes(json), where)).Read();

    /// <summary>The config as Hugging Face reads it: keys sorted, defaults spelled out.</summary>
    /// <param name="dtype">Element type of the weights beside it: <c>float32</c>, <c>bfloat16</c>, <c>float16</c>.</param>
    public string ToJson(string dtype = "float32")
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(Family.ClassName),
            ["attention_bias"] = AttentionBias,
            ["bos_token_id"] = BosTokenId,
            ["eos_token_id"] = EosTokenIds switch
            {
                [] => null,
                [var one] => one,
                _ => new JsonArray([.. EosTokenIds.Select(id => (JsonNode)id)]),
            },
            ["head_dim"] = HeadDim,
            ["hidden_act"] = HiddenAct,
            ["hidden_size"] = HiddenSize,
            ["initializer_range"] = InitializerRange,
            ["intermediate_size"] = IntermediateSize,
            ["max_position_embeddings"] = MaxPositionEmbeddings,
            ["mlp_bias"] = MlpBias,
            ["model_type"] = ModelType,
            ["num_attention_heads"] = NumAttentionHeads,
            ["num_hidden_layers"] = NumHiddenLayers,
            ["num_key_value_heads"] = NumKeyValueHeads,
            ["rms_norm_eps"] = RmsNormEps,
            ["rope_scaling"] = RopeScaling?.ToJson(),
            ["rope_theta"] = RopeTheta,
            ["tie_word_embeddings"] = TieWordEmbeddings,
            ["torch_dtype"] = dtype,
            ["vocab_size"] = VocabSize,
        };
        if (Family.Activation.Key != "hidden_act") json[Family.Activation.Key] = HiddenAct;
        if (Family.Window is not null)
        {
            json["sliding_window"] = SlidingWindow;
            if (SlidingLayers.Count > 0)
                json["layer_types"] = new JsonArray([.. SlidingLayers.Select(s => (JsonNode)(s ? "sliding_attention" : "full_attention"))]);
        }
        Family.Write(this, json);
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }
}

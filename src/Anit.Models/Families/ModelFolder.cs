using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Anit.Models.Families;

/// <summary>Writes whole models as Hugging Face folders.</summary>
public static class ModelFolder
{
    static readonly string[] Tokenizers =
        ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "chat_template.jinja"];

    /// <summary>Names of the files that <see cref="Save"/> may write.</summary>
    public static IReadOnlyList<string> Files => ["config.json", "model.safetensors", .. Tokenizers];

    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c>, updates merged in, and copies the tokenizer's files.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="model">The model.</param>
    /// <param name="source">The folder the model came from: its tokenizer's files and all keys of its config are kept. Null for none.</param>
    /// <param name="dtype">Element type of the weights: float32, bfloat16 or float16.</param>
    public static void Save(string folder, CausalLm model, string? source = null, ScalarType dtype = ScalarType.Float32)
    {
        var word = dtype switch
        {
            ScalarType.Float32 => "float32",
            ScalarType.BFloat16 => "bfloat16",
            ScalarType.Float16 => "float16",
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "weights are saved as float32, bfloat16 or float16"),
        };
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), model.Exported(), dtype);
        File.WriteAllText(Path.Combine(folder, "config.json"), source is null ? model.Config.ToJson(word) : KeptConfig(source, word, model.Config));
        foreach (var name in source is null ? [] : Tokenizers)
            if (File.Exists(Path.Combine(source!, name)) && Path.GetFullPath(source!) != Path.GetFullPath(folder))
                File.Copy(Path.Combine(source!, name), Path.Combine(folder, name), overwrite: true);
    }

    /// <summary>The element type that a folder's weights are stored in, told by the embedding matrix, which every model has.</summary>
    /// <exception cref="InvalidDataException">It is no type that models are computed in.</exception>
    public static ScalarType StoredType(string folder)
    {
        using var files = new SafetensorsFolder(folder);
        if (!files.TryFind("model.embed_tokens.weight", out var file, out var stored))
            throw new InvalidDataException($"{files.Expected}: tensor model.embed_tokens.weight is missing");
        return MappedWeights.TypeOf(file, stored) switch
        {
            ScalarType.Float64 => ScalarType.Float32,
            var type => type,
        };
    }

    /// <summary>The config that was there with the new element type; keys that this library does not know stay.</summary>
    static string KeptConfig(string source, string word, ModelConfig config)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!.AsObject();
        json[json.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = word;
        if (!config.TieWordEmbeddings) json["tie_word_embeddings"] = false; // an output layer of its own, whatever the config said
        return json.ToJsonString(Readable) + "\n";
    }
}

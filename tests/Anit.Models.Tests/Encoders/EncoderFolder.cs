using System.Text.Json.Nodes;
using Anit.Models.Tests.Tokenizers;
using static TorchSharp.torch;

namespace Anit.Models.Tests.Encoders;

/// <summary>A small sentence-transformers folder with a BERT of random weights, deleted after the test.</summary>
sealed class EncoderFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("anit-encoder-").FullName;

    /// <summary>A folder whose numbers follow from the seed.</summary>
    public EncoderFolder(ulong seed = 1, int hidden = 32, string activation = "gelu", string names = "")
    {
        var tokenizer = SmallTokenizer.Bert();
        var vocabulary = tokenizer["model"]!["vocab"]!.AsObject().Count;
        Write("tokenizer.json", tokenizer);
        Write("config.json", new()
        {
            ["model_type"] = "bert", ["vocab_size"] = vocabulary, ["hidden_size"] = hidden, ["intermediate_size"] = 48, ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 2, ["max_position_embeddings"] = 40, ["type_vocab_size"] = 2, ["hidden_act"] = activation,
        });
        Write("modules.json", new JsonArray(Module("0", "", "Transformer"), Module("1", "1_Pooling", "Pooling"),
            Module("2", "2_Normalize", "Normalize")));
        Write("sentence_bert_config.json", new() { ["max_seq_length"] = 32, ["do_lower_case"] = false });
        Write("1_Pooling/config.json", new() { ["word_embedding_dimension"] = hidden, ["pooling_mode_mean_tokens"] = true });

        using var scope = NewDisposeScope();
        Tensor Value((string Name, long[] Shape) t) => Random(t, seed) + (t.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0);
        SafetensorsWriter.Write(Path.Combine(Folder, "model.safetensors"),
            Shapes(vocabulary, hidden).Select(t => (names + t.Name, (Func<Tensor>)(() => Value(t)))), ScalarType.Float32);
    }

    static Tensor Random((string Name, long[] Shape) tensor, ulong seed) => Init.Normal(0.2).Make(tensor.Shape, SplitMix64.Key(seed, tensor.Name));

    static IEnumerable<(string Name, long[] Shape)> Shapes(int vocabulary, long c)
    {
        const long I = 48;
        yield return ("embeddings.word_embeddings.weight", [vocabulary, c]);
        yield return ("embeddings.position_embeddings.weight", [40, c]);
        yield return ("embeddings.token_type_embeddings.weight", [2, c]);
        yield return ("embeddings.LayerNorm.weight", [c]);
        yield return ("embeddings.LayerNorm.bias", [c]);
        for (var layer = 0; layer < 2; layer++)
        {
            var at = $"encoder.layer.{layer}.";
            foreach (var (name, to, from) in new[]
            {
                ("attention.self.query", c, c), ("attention.self.key", c, c), ("attention.self.value", c, c), ("attention.output.dense", c, c),
                ("intermediate.dense", I, c), ("output.dense", c, I),
            })
            {
                yield return ($"{at}{name}.weight", [to, from]);
                yield return ($"{at}{name}.bias", [to]);
            }
            foreach (var name in (string[])["attention.output.LayerNorm", "output.LayerNorm"])
            {
                yield return ($"{at}{name}.weight", [c]);
                yield return ($"{at}{name}.bias", [c]);
            }
        }
        yield return ("pooler.dense.weight", [c, c]);
    }

    static JsonObject Module(string name, string path, string type) => new()
    {
        ["idx"] = int.Parse(name), ["name"] = name, ["path"] = path, ["type"] = $"sentence_transformers.models.{type}",
    };

    public void Write(string name, JsonObject json) => Write(name, (JsonNode)json);

    public void Write(string name, JsonNode json)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>Changes one key of a JSON file.</summary>
    public EncoderFolder With(string name, string key, JsonNode? value)
    {
        var path = Path.Combine(Folder, name);
        var json = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        json[key] = value;
        Write(name, json);
        return this;
    }

    public SentenceEncoder Load(EncoderOptions? options = null) => SentenceEncoder.Load(Folder, options);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

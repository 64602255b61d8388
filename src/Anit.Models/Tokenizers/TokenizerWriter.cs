using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anit.Models.Tokenizers;

/// <summary>Writes a trained byte-level tokenizer the way Hugging Face's libraries read it.</summary>
internal static class TokenizerWriter
{
    static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string folder, IReadOnlyList<string> specials, BpeTrainerOptions options,
        IReadOnlyList<(byte[] Left, byte[] Right)> merges)
    {
        var vocab = new JsonObject();
        foreach (var token in specials) vocab[token] = vocab.Count;
        for (var b = 0; b < 256; b++) vocab[ByteAlphabet.Letter((byte)b).ToString()] = vocab.Count;
        var pairs = new JsonArray();
        foreach (var (left, right) in merges)
        {
            vocab.TryAdd(ByteAlphabet.Write(left) + ByteAlphabet.Write(right), vocab.Count);
            pairs.Add($"{ByteAlphabet.Write(left)} {ByteAlphabet.Write(right)}");
        }

        var bos = vocab[options.Bos]!.GetValue<int>();
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. specials.Select((token, id) => Added(token, id))]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = BpeTrainer.Words }, ["behavior"] = "Isolated",
                        ["invert"] = false },
                    ByteLevel()),
            },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Special(options.Bos, 0), Text("A", 0)),
                ["pair"] = new JsonArray(Special(options.Bos, 0), Text("A", 0), Special(options.Bos, 1), Text("B", 1)),
                ["special_tokens"] = new JsonObject
                {
                    [options.Bos] = new JsonObject { ["id"] = options.Bos, ["ids"] = new JsonArray(bos), ["tokens"] = new JsonArray(options.Bos) },
                },
            },
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocab,
                ["merges"] = pairs,
            },
        };
        var config = new JsonObject
        {
            ["add_bos_token"] = true,
            ["add_eos_token"] = false,
            ["added_tokens_decoder"] = new JsonObject([.. specials.Select((token, id) => KeyValuePair.Create($"{id}", (JsonNode?)Flags(token)))]),
            ["bos_token"] = options.Bos,
            ["clean_up_tokenization_spaces"] = false,
            ["eos_token"] = options.Eos,
            ["model_max_length"] = 1_000_000_000,
            ["pad_token"] = options.Pad,
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
        };
        Directory.CreateDirectory(folder);
        Save(Path.Combine(folder, "tokenizer.json"), tokenizer);
        Save(Path.Combine(folder, "tokenizer_config.json"), config);
    }

    static void Save(string path, JsonObject json)
    {
        var beside = path + ".part";
        File.WriteAllText(beside, json.ToJsonString(indented) + "\n");
        File.Move(beside, path, overwrite: true);
    }

    static JsonObject Added(string token, int id)
    {
        var added = Flags(token);
        added.Insert(0, "id", id);
        return added;
    }

    static JsonObject Flags(string token) => new()
    {
        ["content"] = token, ["lstrip"] = false, ["normalized"] = false, ["rstrip"] = false, ["single_word"] = false, ["special"] = true,
    };

    static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false };

    static JsonObject Special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    static JsonObject Text(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
}

using System.Text.Json.Nodes;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>Tokenizer files of a few hundred tokens, in which single components are exchanged.</summary>
public static class SmallTokenizer
{
    const string Letters = "▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'-() \n\tέéàüßñ中文日本語あのاب😀ſ�";

    const string Sample =
        "▁the▁cat▁sat▁on▁the▁mat▁and▁the▁▁dog▁was▁there▁then▁▁▁in▁1984▁it▁isn't▁the▁end,▁is▁it?▁The▁The▁END▁café▁naïve▁日本語▁日本▁中文▁..▁...";

    /// <summary>Tokens of <see cref="Plain"/>.</summary>
    public static int Size { get; } = Plain()["model"]!["vocab"]!.AsObject().Count;

    /// <summary>Letters, byte tokens and merges, without any other component.</summary>
    public static JsonObject Plain()
    {
        var vocab = new JsonObject { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        for (var b = 0; b < 256; b++) vocab[$"<0x{b:X2}>"] = vocab.Count;
        foreach (var rune in Letters.EnumerateRunes()) vocab.TryAdd(rune.ToString(), vocab.Count);

        // Every string of two to four letters of the sample, each joined at every place where both halves are known.
        var merges = new JsonArray();
        for (var length = 2; length <= 4; length++)
            for (var start = 0; start + length <= Sample.Length; start++)
            {
                var token = Sample.Substring(start, length);
                if (vocab.ContainsKey(token)) continue;
                var cuts = Enumerable.Range(1, length - 1).Where(i => vocab.ContainsKey(token[..i]) && vocab.ContainsKey(token[i..])).ToList();
                if (cuts.Count == 0) continue;
                vocab[token] = vocab.Count;
                foreach (var cut in cuts) merges.Add(new JsonArray(token[..cut], token[cut..]));
            }
        return new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = null,
            ["post_processor"] = null,
            ["decoder"] = null,
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = "<unk>",
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["ignore_merges"] = false,
                ["vocab"] = vocab,
                ["merges"] = merges,
            },
        };
    }

    /// <summary>WordPiece over letters and pieces of the sample's words, with the steps of BERT around it.</summary>
    public static JsonObject Bert()
    {
        var vocab = new JsonObject { ["[PAD]"] = 0, ["[UNK]"] = 1, ["[CLS]"] = 2, ["[SEP]"] = 3 };
        foreach (var rune in Letters.ToLowerInvariant().EnumerateRunes())
        {
            vocab.TryAdd(rune.ToString(), vocab.Count);
            if (System.Text.Rune.IsLetter(rune)) vocab.TryAdd($"##{rune}", vocab.Count);
        }
        foreach (var word in Sample.ToLowerInvariant().Split('▁', StringSplitOptions.RemoveEmptyEntries))
            for (var length = 2; length <= word.Length; length++)
            {
                vocab.TryAdd(word[..length], vocab.Count);
                vocab.TryAdd("##" + word[^length..], vocab.Count);
            }
        var special = new JsonArray();
        foreach (var token in (string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
            special.Add(new JsonObject
            {
                ["id"] = special.Count, ["content"] = token, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false,
                ["special"] = true,
            });
        return new()
        {
            ["version"] = "1.0", ["truncation"] = null, ["padding"] = null, ["added_tokens"] = special,
            ["normalizer"] = JsonNode.Parse(
                """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"""),
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"BertPreTokenizer"}"""),
            ["post_processor"] = JsonNode.Parse("""
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                {"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
                "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}}
                """),
            ["decoder"] = JsonNode.Parse("""{"type":"WordPiece","prefix":"##","cleanup":true}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece", ["unk_token"] = "[UNK]", ["continuing_subword_prefix"] = "##", ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocab,
            },
        };
    }

    /// <summary>The same tokenizer with parts replaced: a path such as model.fuse_unk and JSON.</summary>
    public static JsonObject With(this JsonObject tokenizer, string path, string json)
    {
        JsonNode at = tokenizer;
        var names = path.Split('.');
        foreach (var name in names[..^1]) at = at[name]!;
        at[names[^1]] = JsonNode.Parse(json);
        return tokenizer;
    }
}

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

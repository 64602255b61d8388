using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>Each component alone and in company gives the ids and the text of Hugging Face's Rust library, which users train with.</summary>
public sealed class TokenizerComponentTests(TokenizerComponentTests.Answers answers) : IClassFixture<TokenizerComponentTests.Answers>
{
    const string Mark = """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""";

    static readonly Dictionary<string, JsonObject> components = Components();

    public static TheoryData<string> Names => [.. components.Keys];

    [OracleTheory]
    [MemberData(nameof(Names))]
    public void A_component_does_what_it_does_in_the_Rust_library(string name)
    {
        var tokenizer = Tokenizer.Load(answers.Folder(name));
        foreach (var (text, ids, decoded) in answers.Of(name))
        {
            tokenizer.Encode(text).ShouldBe(ids, text);
            tokenizer.Decode(ids, skipSpecial: false).ShouldBe(decoded, text);
        }
    }

    /// <summary>.NET refuses to normalise some of them.</summary>
    [Fact]
    public void Every_component_takes_noncharacters_and_lone_surrogates()
    {
        using var folder = new TemporaryFolder();
        var texts = Enumerable.Range(0, 17)
            .SelectMany(plane => new[] { char.ConvertFromUtf32(plane * 0x10000 + 0xFFFE), char.ConvertFromUtf32(plane * 0x10000 + 0xFFFF) })
            .Concat(["\uFDD0", "\uFDEF", "\uFEFF", "\0", "\uD800", "\uDC00", "\uDFFF\uD800"]).ToArray();
        foreach (var (name, json) in components)
        {
            var tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", json.ToJsonString()));
            foreach (var text in texts)
                Should.NotThrow(() => tokenizer.Decode(tokenizer.Encode($"{text}e\u0301 {text}the{text}")), $"{name}, U+{(int)text[0]:X4}");
        }
        foreach (var form in Enum.GetValues<NormalizationForm>())
            new Normalizer.Unicode(form).Apply("\uFFFEe\u0301\uFFFE\uFFFEﬁ\u00C5\uFFFE")
                .ShouldBe($"\uFFFE{"e\u0301".Normalize(form)}\uFFFE\uFFFE{"ﬁ\u00C5".Normalize(form)}\uFFFE");
    }

    static Dictionary<string, JsonObject> Components()
    {
        var all = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        void Add(string name, string path, string json) => all.Add(name, SmallTokenizer.Plain().With(path, json));

        Add("bare", "normalizer", "null");
        foreach (var form in (string[])["NFC", "NFD", "NFKC", "NFKD", "Lowercase"]) Add(form, "normalizer", $$"""{"type":"{{form}}"}""");
        Add("accents off", "normalizer", """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"}]}""");
        Add("Strip", "normalizer", """{"type":"Strip","strip_left":true,"strip_right":true}""");
        Add("Strip right", "normalizer", """{"type":"Strip","strip_left":false,"strip_right":true}""");
        Add("Prepend", "normalizer", """{"type":"Prepend","prepend":"▁"}""");
        Add("Replace", "normalizer", Mark);
        Add("Replace more", "normalizer", """{"type":"Replace","pattern":{"String":"the"},"content":"a"}""");
        Add("Replace regex", "normalizer", """{"type":"Replace","pattern":{"Regex":"\\s+"},"content":"▁"}""");
        Add("LLaMA-2", "normalizer", $$"""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{{Mark}}]}""");

        foreach (var (clean, chinese, accents, lower) in new[]
        {
            ("true", "true", "null", "true"), ("true", "true", "null", "false"), ("false", "false", "true", "false"),
            ("false", "true", "false", "true"), ("true", "false", "true", "true"),
        })
            Add($"BertNormalizer {clean} {chinese} {accents} {lower}", "normalizer",
                $$"""{"type":"BertNormalizer","clean_text":{{clean}},"handle_chinese_chars":{{chinese}},"strip_accents":{{accents}},"""
                    + $$""" "lowercase":{{lower}}}""");
        Add("BertPreTokenizer", "pre_tokenizer", """{"type":"BertPreTokenizer"}""");
        foreach (var cleanup in (string[])["true", "false"])
            all.Add($"BERT, cleanup {cleanup}",
                SmallTokenizer.Bert().With("decoder", $$"""{"type":"WordPiece","prefix":"##","cleanup":{{cleanup}}}"""));
        all.Add("BERT, words of five letters at the most", SmallTokenizer.Bert().With("model.max_input_chars_per_word", "5"));

        Add("Digits", "pre_tokenizer", """{"type":"Digits","individual_digits":false}""");
        Add("single Digits", "pre_tokenizer", """{"type":"Digits","individual_digits":true}""");
        Add("Whitespace", "pre_tokenizer", """{"type":"Whitespace"}""");
        Add("WhitespaceSplit", "pre_tokenizer", """{"type":"WhitespaceSplit"}""");
        Add("Punctuation", "pre_tokenizer", """{"type":"Punctuation","behavior":"Isolated"}""");
        Add("Gemma-3", "pre_tokenizer", """{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}""");
        Add("a sequence", "pre_tokenizer",
            """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Punctuation","behavior":"Contiguous"},"""
                + """{"type":"Digits","individual_digits":true}]}""");
        foreach (var behavior in Enum.GetNames<SplitBehavior>())
            foreach (var invert in (string[])["true", "false"])
                Add($"Split {behavior} {invert}", "pre_tokenizer",
                    $$"""{"type":"Split","pattern":{"Regex":"\\w+|\\s"},"behavior":"{{behavior}}","invert":{{invert}}}""");
        foreach (var scheme in (string[])["always", "never", "first"])
            foreach (var split in (string[])["true", "false"])
            {
                Add($"Metaspace {scheme} {split}", "pre_tokenizer",
                    $$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{scheme}}","split":{{split}}}""");
                all[$"Metaspace {scheme} {split}"].With("added_tokens",
                    """[{"id":1,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}]""");
            }

        Add("unknown fused", "model.byte_fallback", "false");
        Add("unknown alone", "model.byte_fallback", "false");
        all["unknown alone"].With("model.fuse_unk", "false");
        Add("unknown dropped", "model.byte_fallback", "false");
        all["unknown dropped"].With("model.unk_token", "null");
        Add("ignore_merges", "model.ignore_merges", "true");

        foreach (var flags in (string[])["plain", "lstrip", "rstrip", "lstrip rstrip", "single_word", "normalized", "special",
            "normalized single_word rstrip"])
        {
            var tokens = new JsonArray(Added("jumps", flags), Added("Brown", flags), Added("Brown.", flags));
            Add($"added {flags}", "added_tokens", tokens.ToJsonString());
            all[$"added {flags}"].With("normalizer", """{"type":"Lowercase"}""");
        }

        foreach (var decoder in (string[])[
            """{"type":"ByteFallback"}""", """{"type":"Fuse"}""", """{"type":"Replace","pattern":{"String":"▁"},"content":" "}""",
            """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""",
                """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""",
            """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},"""
                + """{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}"""])
        {
            Add($"decoder {decoder}", "normalizer", Mark);
            all[$"decoder {decoder}"].With("decoder", decoder);
        }

        var bytes = TrainedFile();
        foreach (var step in (string[])[
            """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""",
            """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""",
            """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":false}""",
            """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},"""
                + """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}]}"""])
            all.Add($"byte-level {step}", ((JsonObject)JsonNode.Parse(bytes)!).With("pre_tokenizer", step));
        return all;
    }

    // New tokens get the ids after the vocabulary in both libraries.
    static JsonObject Added(string content, string flags) => new()
    {
        ["id"] = SmallTokenizer.Size + Array.IndexOf(["jumps", "Brown", "Brown."], content),
        ["content"] = content,
        ["single_word"] = flags.Contains("single_word", StringComparison.Ordinal),
        ["lstrip"] = flags.Contains("lstrip", StringComparison.Ordinal),
        ["rstrip"] = flags.Contains("rstrip", StringComparison.Ordinal),
        ["normalized"] = flags.Contains("normalized", StringComparison.Ordinal),
        ["special"] = flags.Contains("special", StringComparison.Ordinal),
    };

    static string TrainedFile()
    {
        using var folder = new TemporaryFolder();
        BpeTrainer.Train(Torture.Texts(seed: 8, 1_000), folder.Path, new(VocabSize: 800));
        return File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json"));
    }

    /// <summary>What the Rust library says to all components, asked once.</summary>
    public sealed class Answers : IDisposable
    {
        readonly TemporaryFolder folder = new();
        readonly List<string> texts = [.. Torture.Texts(seed: 9, 250)];
        readonly List<(int[] Ids, string Text)> answers = [];
        readonly List<string> names = [.. components.Keys];

        public Answers()
        {
            if (!Oracle.IsHere) return;
            foreach (var name in names)
            {
                Directory.CreateDirectory(Folder(name));
                File.WriteAllText(Path.Combine(Folder(name), "tokenizer.json"), components[name].ToJsonString());
            }
            answers.AddRange(Oracle.Encode("rust", texts, [.. names.Select(Folder)]));
        }

        public string Folder(string name) => Path.Combine(folder.Path, names.IndexOf(name).ToString());

        public IEnumerable<(string Text, int[] Ids, string Decoded)> Of(string name)
        {
            var first = names.IndexOf(name) * texts.Count;
            for (var i = 0; i < texts.Count; i++) yield return (texts[i], answers[first + i].Ids, answers[first + i].Text);
        }

        public void Dispose() => folder.Dispose();
    }
}

using System.Text.Json.Nodes;
using Shouldly;

namespace Anit.Models.Tests.Tokenizers;

public sealed class TokenizerTests
{
    static Tokenizer Load(JsonObject file, string? config = null)
    {
        using var folder = new TemporaryFolder();
        if (config is not null) folder.Write("tokenizer_config.json", config);
        return Tokenizer.Load(folder.Write("tokenizer.json", file.ToJsonString()));
    }

    static string[] Tokens(Tokenizer tokenizer, string text) => [.. tokenizer.Encode(text).Select(id => tokenizer.TokenOf(id)!)];

    [Fact]
    public void A_letter_without_a_token_becomes_its_bytes() =>
        Tokens(Load(SmallTokenizer.Plain()), "aωa").ShouldBe(["a", "<0xCF>", "<0x89>", "a"]);

    [Fact]
    public void Merges_may_be_text_or_pairs()
    {
        var pairs = SmallTokenizer.Plain();
        var text = SmallTokenizer.Plain();
        var merges = text["model"]!["merges"]!.AsArray().Select(m => $"{m![0]} {m[1]}").ToArray();
        text["model"]!["merges"] = new JsonArray([.. merges.Where(m => m.Split(' ').Length == 2).Select(m => JsonValue.Create(m))]);
        Tokens(Load(text), "the▁cat").ShouldBe(Tokens(Load(pairs), "the▁cat"));
    }

    [Fact]
    public void Cutting_before_a_mark_changes_no_id()
    {
        // A token across the place forbids the shortcut: both ways must be taken for the same text.
        var plain = SmallTokenizer.Plain();
        var crossing = SmallTokenizer.Plain();
        crossing["model"]!["vocab"]!["9▁"] = 5_000;
        crossing["model"]!["merges"]!.AsArray().Add(new JsonArray("9", "▁"));
        Tokens(Load(plain), "z9▁z").ShouldBe(["z", "9", "▁", "z"]);
        Tokens(Load(crossing), "z9▁z").ShouldBe(["z", "9▁", "z"]);
    }

    [Fact]
    public void Long_and_short_words_are_joined_by_the_same_rules()
    {
        // The same letters in words above and below the length at which the heap takes over, and beyond the cache.
        var tokenizer = Load(SmallTokenizer.Plain());
        var unit = "thecatsatonthematandthedog9";
        var once = Tokens(tokenizer, unit);
        Tokens(tokenizer, string.Concat(Enumerable.Repeat(unit, 50))).ShouldBe(Enumerable.Repeat(once, 50).SelectMany(t => t));
    }

    [Fact]
    public void Bos_stands_before_a_text_when_asked()
    {
        var file = SmallTokenizer.Plain();
        var tokenizer = Load(file, """{"bos_token":"<s>","eos_token":{"content":"</s>"},"add_bos_token":true}""");
        (tokenizer.BosId, tokenizer.EosId, tokenizer.AddsBos, tokenizer.AddsEos).ShouldBe((1, 2, true, false));
        tokenizer.Encode("a", addBos: true).ShouldBe([1, .. tokenizer.Encode("a")]);
        tokenizer.EncodeWithSpecials("a").ShouldBe([1, .. tokenizer.Encode("a")]);
        Should.Throw<InvalidOperationException>(() => Load(file).Encode("a", addBos: true)).Message.ShouldContain("bos_token");
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData("""{"bos_token":"<s>","eos_token":"</s>","add_bos_token":false}""", false, false)]
    [InlineData("""{"bos_token":"<s>","eos_token":"</s>","add_eos_token":true}""", true, true)]
    public void The_template_gives_the_policy_unless_the_config_says_otherwise(string? config, bool bos, bool eos)
    {
        var template = """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},"""
            + """{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}""";
        var tokenizer = Load(SmallTokenizer.Plain().With("post_processor", template), config);
        (tokenizer.AddsBos, tokenizer.AddsEos).ShouldBe((bos, eos));
        int[] expected = [.. bos ? [1] : Array.Empty<int>(), .. tokenizer.Encode("a"), .. eos ? [2] : Array.Empty<int>()];
        tokenizer.EncodeWithSpecials("a").ShouldBe(expected);
    }

    [Fact]
    public void Decoding_leaves_out_special_tokens_and_ids_without_a_token()
    {
        var added = """[{"id":1,"content":"<s>","special":true},{"id":900000,"content":"<mark>","special":false}]""";
        var tokenizer = Load(SmallTokenizer.Plain().With("added_tokens", added).With("decoder", """{"type":"Fuse"}"""));
        var ids = tokenizer.Encode("<s>cat<mark>");
        ids[^1].ShouldBe(900_000);
        tokenizer.VocabSize.ShouldBe(900_001);
        tokenizer.Decode([.. ids, 800_000, -1]).ShouldBe("cat<mark>");
        tokenizer.Decode(ids, skipSpecial: false).ShouldBe("<s>cat<mark>");
        tokenizer.IdOf("<mark>").ShouldBe(900_000);
        tokenizer.IsSpecial(1).ShouldBeTrue();
        tokenizer.IdOf("no such token").ShouldBeNull();
    }

    [Fact]
    public void Tidying_is_done_when_asked() =>
        Load(SmallTokenizer.Plain().With("decoder", """{"type":"Fuse"}"""))
            .Decode([.. Load(SmallTokenizer.Plain()).Encode("isn 't it , is it ?")], cleanUp: true)
            .ShouldBe("isn 't it, is it?");

    [Fact]
    public void Unpaired_surrogates_are_read_as_the_replacement_character()
    {
        var tokenizer = Load(SmallTokenizer.Plain().With("normalizer", """{"type":"NFC"}"""));
        tokenizer.Encode("a\uD800b\uDC00\uD83D\uDE00").ShouldBe(tokenizer.Encode("a\uFFFDb\uFFFD\uD83D\uDE00"));
    }

    [Fact]
    public void Many_threads_get_the_ids_that_one_gets()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BpeTrainer.Train(Torture.Texts(seed: 10, 500), folder.Path, new(VocabSize: 700));
        var texts = Torture.Texts(seed: 11, 1_000).ToArray();
        var alone = Array.ConvertAll(texts, t => tokenizer.Encode(t));
        var together = new int[texts.Length][];
        Parallel.For(0, texts.Length, new() { MaxDegreeOfParallelism = 4 }, i => together[i] = tokenizer.Encode(texts[i]));
        together.ShouldBe(alone);
    }

    [Fact]
    public void Words_beyond_what_the_cache_holds_keep_their_ids()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BpeTrainer.Train(["the cat"], folder.Path, new(VocabSize: 300));
        var first = tokenizer.Encode(" word0 word1 word2");
        for (var i = 0; i < 60_000; i++)
            tokenizer.Encode($" w{(char)('a' + i % 26)}{(char)('a' + i / 26 % 26)}{(char)('a' + i / 676 % 26)}{(char)('a' + i / 17_576)}");
        tokenizer.Encode(" word0 word1 word2").ShouldBe(first);
    }

    [Theory]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":""}""", "normalizer is of type 'Precompiled'")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Nmt"}]}""", "normalizer.normalizers[1] is of type 'Nmt'")]
    [InlineData("pre_tokenizer", """{"type":"UnicodeScripts"}""", "pre_tokenizer is of type 'UnicodeScripts'")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"\\p{Han}+"},"behavior":"Isolated","invert":false}""", @"\p{Han}")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"a+"},"behavior":"Sometimes"}""", "'Sometimes'; expected one of Removed")]
    [InlineData("pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]}""", "must be the last")]
    [InlineData("post_processor", """{"type":"Mystery"}""", "post_processor is of type 'Mystery'")]
    [InlineData("decoder", """{"type":"CTC"}""", "decoder is of type 'CTC'")]
    [InlineData("decoder", """{"type":"WordPiece"}""", "decoder has no text 'prefix'")]
    [InlineData("model.type", "\"Unigram\"", "model is of type 'Unigram'")]
    [InlineData("model.dropout", "0.1", "model.dropout is 0.1")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix is '</w>'")]
    [InlineData("model.unk_token", "\"<none>\"", "'<none>' is not in the vocabulary")]
    [InlineData("model.merges", """["a b c"]""", "model.merges[0] is 'a b c'")]
    [InlineData("model.merges", """[["a","ω"]]""", "model.merges[0] joins 'a' and 'ω'")]
    [InlineData("model.vocab", """{"a":-1}""", "gives 'a' the id -1")]
    [InlineData("model.vocab", """{"a":2147483647}""", "gives 'a' the id 2147483647; expected a number from 0 to 16777215")]
    [InlineData("added_tokens", """[{"id":1000000000,"content":"<x>"}]""", "adds a token with the id 1000000000")]
    [InlineData("added_tokens", """[{"id":-1,"content":"<x>"}]""", "adds a token with the id -1")]
    [InlineData("model.vocab", "3", "expected a Hugging Face tokenizer.json")]
    [InlineData("model", "null", "expected a Hugging Face tokenizer.json")]
    public void What_is_damaged_or_not_supported_is_one_line_that_names_it(string path, string json, string named)
    {
        var error = Should.Throw<InvalidDataException>(() => Load(SmallTokenizer.Plain().With(path, json)));
        error.Message.ShouldContain(named);
        error.Message.ShouldContain("tokenizer.json");
        error.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("model.unk_token", "\"<none>\"", "'<none>' is not in the vocabulary")]
    [InlineData("model.unk_token", "null", "model.unk_token is missing")]
    public void A_damaged_WordPiece_is_one_line_that_names_it(string path, string json, string named) =>
        Should.Throw<InvalidDataException>(() => Load(SmallTokenizer.Bert().With(path, json))).Message.ShouldContain(named);

    [Fact]
    public void A_WordPiece_of_the_first_years_does_not_name_its_type()
    {
        var old = SmallTokenizer.Bert();
        old["model"]!.AsObject().Remove("type");
        Tokens(Load(old), "The cat, unwashed").ShouldBe(Tokens(Load(SmallTokenizer.Bert()), "The cat, unwashed"));
    }

    [Theory]
    [InlineData(100, new[] { "[CLS]", "the", "cat", "sat", "[SEP]" })]
    [InlineData(4, new[] { "[CLS]", "the", "cat", "[SEP]" })]
    [InlineData(2, new[] { "[CLS]", "[SEP]" })]
    [InlineData(1, new[] { "[CLS]", "[SEP]" })]
    public void A_text_that_is_too_long_is_cut_inside_its_template(int most, string[] tokens)
    {
        var tokenizer = Load(SmallTokenizer.Bert());
        tokenizer.EncodeWithSpecials("The cat sat", most).Select(id => tokenizer.TokenOf(id)!).ShouldBe(tokens);
    }

    [Fact]
    public void A_wrong_folder_is_one_line_that_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<FileNotFoundException>(() => Tokenizer.Load(Path.Combine(folder.Path, "none"))).Message.ShouldContain("no such file or folder");
        Should.Throw<FileNotFoundException>(() => Tokenizer.Load(folder.Path)).Message.ShouldContain("has no tokenizer.json");
        folder.Write("tokenizer.model", "");
        Should.Throw<FileNotFoundException>(() => Tokenizer.Load(folder.Path)).Message.ShouldContain("save_pretrained");
        folder.Write("tokenizer.json", "{\"model\": ");
        Should.Throw<InvalidDataException>(() => Tokenizer.Load(folder.Path)).Message.ShouldContain("not JSON at line 1");
    }

    [Fact]
    public void No_text_is_no_ids_and_no_ids_are_no_text()
    {
        var tokenizer = Load(SmallTokenizer.Plain());
        tokenizer.Encode("").ShouldBeEmpty();
        tokenizer.Decode([]).ShouldBe("");
    }
}

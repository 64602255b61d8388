using Shouldly;

namespace Anit.Models.Tests.Tokenizers;

public sealed class BpeTrainerTests
{
    static readonly string[] sentences = ["the cat sat on the mat", "the dog sat on the log", "in 1984 the cats' hats", "naïve café, 東京!"];

    [Fact]
    public void The_same_counts_in_any_order_give_the_same_bytes()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var texts = Torture.Texts(seed: 6, 2_000).ToArray();
        BpeTrainer.Train(texts, first.Path, new(VocabSize: 1_500));
        Array.Reverse(texts);
        BpeTrainer.Train(texts, second.Path, new(VocabSize: 1_500));
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.ReadAllBytes(Path.Combine(first.Path, name)).ShouldBe(File.ReadAllBytes(Path.Combine(second.Path, name)));
    }

    [Fact]
    public void Joins_the_most_frequent_pair_first_and_equals_by_their_bytes()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BpeTrainer.Train(["ab ab ab ba ba ba xy xy"], folder.Path, new(VocabSize: 259 + 3));
        // Words: "ab" once, " ab" twice, " ba" thrice, " xy" twice. Pairs: (b,a) 3, (a,b) 3, ( ,b) 3, ...; space is Ġ and sorts first.
        Enumerable.Range(259, 3).Select(tokenizer.TokenOf).ShouldBe(["Ġb", "Ġba", "ab"]);
    }

    [Fact]
    public void Splits_words_single_digits_and_punctuation_and_keeps_spaces_with_words()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BpeTrainer.Train(Enumerable.Repeat(sentences, 50).SelectMany(s => s), folder.Path, new(VocabSize: 400));
        tokenizer.Encode("the cat 1984").Select(tokenizer.TokenOf).ShouldBe(["the", "Ġcat", "Ġ", "1", "9", "8", "4"]);
    }

    [Fact]
    public void Every_text_comes_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BpeTrainer.Train(sentences, folder.Path, new(VocabSize: 300));
        foreach (var text in Torture.Texts(seed: 7, 3_000))
            tokenizer.Decode(tokenizer.Encode(text), skipSpecial: false).ShouldBe(text);
    }

    [Fact]
    public void Special_tokens_have_the_first_ids_and_a_policy()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BpeTrainer.Train(sentences, folder.Path, new(VocabSize: 300));
        (tokenizer.PadId, tokenizer.BosId, tokenizer.EosId).ShouldBe((0, 1, 2));
        (tokenizer.AddsBos, tokenizer.AddsEos).ShouldBe((true, false));
        tokenizer.EncodeWithSpecials("the").ShouldBe(tokenizer.Encode("the", addBos: true));
        tokenizer.Encode("a<s>")[^1].ShouldBe(1);
    }

    [Fact]
    public void Stops_early_when_no_pair_is_left()
    {
        using var folder = new TemporaryFolder();
        BpeTrainer.Train(["aa aa"], folder.Path, new(VocabSize: 5_000)).VocabSize.ShouldBe(260); // only "aa" occurs twice
    }

    [Fact]
    public void Refuses_a_vocabulary_too_small_for_the_bytes_and_equal_names()
    {
        Should.Throw<ArgumentException>(() => new BpeTrainer(new(VocabSize: 100)));
        Should.Throw<ArgumentException>(() => new BpeTrainer(new(Bos: "<x>", Eos: "<x>"))).Message.ShouldContain("<x>");
    }
}

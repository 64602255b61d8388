using System.Diagnostics;
using Shouldly;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>The same ids and the same decoded text as Hugging Face's libraries, on the real vocabularies.</summary>
/// <remarks>A few thousand texts in a normal run; ANIT_TOKENIZER_TEXTS=all takes every shared text and ten times the torture.</remarks>
public sealed class TokenizerEqualityTests
{
    static readonly bool everything = Environment.GetEnvironmentVariable("ANIT_TOKENIZER_TEXTS") == "all";

    [OracleTheory]
    [InlineData("npm", "llama2")]
    [InlineData("npm", "llama3")]
    [InlineData("npm", "gemma")]
    [InlineData("rust", "llama2")]
    [InlineData("rust", "llama3")]
    [InlineData("rust", "gemma")]
    public void Ids_and_decoded_text_equal_the_reference(string library, string vocabulary)
    {
        var texts = Torture.Texts(seed: 1, everything ? 20_000 : 800).ToList();
        texts.AddRange(everything ? SharedTexts.All() : SharedTexts.All().Where((_, i) => i % 200 == 0));
        Compare(Tokenizer.Load(Oracle.Vocabulary(vocabulary)), Oracle.Encode(library, texts, Oracle.Vocabulary(vocabulary)), texts);
    }

    [OracleFact]
    public void A_trained_tokenizer_means_the_same_to_both_reference_libraries()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BpeTrainer.Train(Torture.Texts(seed: 2, 3_000), folder.Path, new(VocabSize: 2_000));
        var texts = Torture.Texts(seed: 3, 1_000).ToList();
        Compare(tokenizer, Oracle.Encode("npm", texts, folder.Path), texts);
        Compare(tokenizer, Oracle.Encode("rust", texts, folder.Path), texts);
    }

    /// <summary>Processor time against processor time, one thread each; runs on demand only, for its figures are for docs.</summary>
    [OracleTheory]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("gemma")]
    public void Encoding_is_faster_than_the_npm_library(string vocabulary)
    {
        var texts = everything ? SharedTexts.All().Where((_, i) => i % 5 == 0).ToList() : Torture.Texts(seed: 4, 1_500).ToList();
        if (texts.Count == 0) texts = [.. Torture.Texts(seed: 4, 20_000)];
        var (tokens, theirs) = Oracle.Speed(Oracle.Vocabulary(vocabulary), texts);

        var tokenizer = Tokenizer.Load(Oracle.Vocabulary(vocabulary));
        var ids = new List<int>();
        foreach (var text in texts.Take(2_000)) tokenizer.EncodeInto(text, ids);
        ids.Clear();
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        foreach (var text in texts) tokenizer.EncodeInto(text, ids);
        var ours = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;

        ids.Count.ShouldBe((int)tokens);
        if (everything) Console.WriteLine($"{vocabulary}: {tokens} tokens, {ours:f2} s against {theirs:f2} s, {theirs / ours:f1} times as fast");
        ours.ShouldBeLessThan(theirs);
    }

    static void Compare(Tokenizer tokenizer, IEnumerable<(int[] Ids, string Text)> answers, List<string> texts)
    {
        var seen = 0;
        foreach (var (ids, decoded) in answers)
        {
            var text = texts[seen++];
            tokenizer.Encode(text).ShouldBe(ids, $"text {seen}: {text}");
            tokenizer.Decode(ids, skipSpecial: false).ShouldBe(decoded, $"text {seen}: {text}");
        }
        seen.ShouldBe(texts.Count);
    }
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit.Abstractions;

namespace Anit.Models.Tests.Tokenizers;

/// <summary>The same ids and the same decoded text as Hugging Face's libraries, on the real vocabularies.</summary>
/// <remarks>A thousand texts and the npm library in a normal run; ANIT_TOKENIZER_TEXTS=all takes every shared text, far more torture
/// and the Rust library too, and measures speed.</remarks>
public sealed class TokenizerEqualityTests(ITestOutputHelper output)
{
    static readonly bool everything = FullRunTheoryAttribute.Asked;

    [OracleTheory]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("gemma")]
    [InlineData("qwen3")]
    public void Ids_and_decoded_text_equal_the_reference(string vocabulary)
    {
        var texts = Torture.Texts(seed: 1, everything ? 20_000 : 500).ToList();
        texts.AddRange(everything ? SharedTexts.All() : SharedTexts.All().Where((_, i) => i % 400 == 0));
        var tokenizer = Tokenizer.Load(Oracle.Vocabulary(vocabulary));
        Compare(tokenizer, Oracle.Encode("npm", texts, Oracle.Vocabulary(vocabulary)), texts);
        if (!everything) return;
        Compare(tokenizer, Oracle.Encode("rust", texts, Oracle.Vocabulary(vocabulary)), texts);
        output.WriteLine($"{vocabulary}: {texts.Count} texts equal");
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

    [SharedOracleFact]
    public void The_WordPiece_of_a_real_encoder_gives_the_Rust_library_s_ids()
    {
        // The file as it comes cuts and pads every text to 128 tokens.
        var json = JsonNode.Parse(File.ReadAllText(SharedData.Path("models", "all-MiniLM-L6-v2", "tokenizer.json")))!;
        (json["truncation"], json["padding"]) = (null, null);
        using var folder = new TemporaryFolder();
        var texts = Torture.Texts(seed: 1, everything ? 20_000 : 500).ToList();
        // Its tables of punctuation and marks are years older than ours: texts with random characters cannot be compared.
        var known = Torture.Texts(seed: 1, 0).SelectMany(t => t.EnumerateRunes()).ToHashSet();
        texts.RemoveAll(t => t.EnumerateRunes().Any(r => !known.Contains(r)));
        texts.AddRange(everything ? SharedTexts.All() : SharedTexts.All().Where((_, i) => i % 400 == 0));
        var tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", json.ToJsonString()));
        Compare(tokenizer, Oracle.Encode("rust", texts, folder.Path), texts);
        output.WriteLine($"{texts.Count} texts equal");
    }

    [FullRunTheory]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("gemma")]
    [InlineData("qwen3")]
    public void Encoding_is_faster_than_the_npm_library(string vocabulary)
    {
        // Processor time against processor time, one thread each, so that a busy machine does not count.
        var texts = SharedTexts.All().Where((_, i) => i % 5 == 0).ToList();
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
        output.WriteLine($"{vocabulary}: {tokens} tokens, {ours:f2} s against {theirs:f2} s, {theirs / ours:f1} times as fast");
        ours.ShouldBeLessThan(theirs);
    }

    static void Compare(Tokenizer tokenizer, IEnumerable<(int[] Ids, string Text)> answers, List<string> texts)
    {
        var seen = 0;
        foreach (var (ids, decoded) in answers)
        {
            var text = texts[seen++];
            var ours = tokenizer.Encode(text);
            if (!ours.AsSpan().SequenceEqual(ids)) ours.ShouldBe(ids, $"text {seen}: {text}"); // compared item by item only to be shown
            tokenizer.Decode(ids, skipSpecial: false).ShouldBe(decoded, $"text {seen}: {text}");
        }
        seen.ShouldBe(texts.Count);
    }
}

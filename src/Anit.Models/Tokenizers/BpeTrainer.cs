using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>What a new tokenizer is like.</summary>
/// <param name="VocabSize">Tokens in all: three special ones, 256 bytes, the rest merges. Fewer when the texts give no more pairs.</param>
/// <param name="Bos">The token put before a text.</param>
/// <param name="Eos">The token after an answer.</param>
/// <param name="Pad">The padding token.</param>
/// <param name="MinPairCount">A pair seen less often than this is not joined.</param>
public sealed record BpeTrainerOptions(int VocabSize = 8192, string Bos = "<s>", string Eos = "</s>", string Pad = "<pad>", int MinPairCount = 2);

/// <summary>Learns a byte-level BPE tokenizer from texts and writes it as Hugging Face files.</summary>
/// <remarks>Words are split as LLaMA-3 does, except that every digit stands alone. The most frequent pair of neighbours
/// becomes a token, over and over; among equals the pair whose bytes come first. The result depends on how often each
/// word occurs and on nothing else: not on the order of the texts, the clock or the machine.</remarks>
public sealed class BpeTrainer
{
    /// <summary>How text is split into words; no token crosses their borders.</summary>
    internal const string Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    readonly BpeTrainerOptions options;
    readonly Pattern words = Pattern.Regex(Words);
    readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>Starts a training with its options checked.</summary>
    public BpeTrainer(BpeTrainerOptions? options = null)
    {
        this.options = options ?? new();
        var least = Specials.Count + 256;
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.VocabSize, least, "VocabSize");
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.MinPairCount, 1, "MinPairCount");
        if (Specials.Any(string.IsNullOrEmpty) || Specials.Distinct().Count() != Specials.Count)
            throw new ArgumentException($"BOS, EOS and padding need three different names, not '{string.Join("', '", Specials)}'", nameof(options));
    }

    IReadOnlyList<string> Specials => [options.Pad, options.Bos, options.Eos];

    /// <summary>Learns from texts and writes tokenizer.json and tokenizer_config.json into a folder, which is made if need be.</summary>
    /// <returns>The new tokenizer, read back from the folder.</returns>
    public static Tokenizer Train(IEnumerable<string> texts, string folder, BpeTrainerOptions? options = null)
    {
        var trainer = new BpeTrainer(options);
        foreach (var text in texts) trainer.Add(text);
        trainer.Write(folder);
        return Tokenizer.Load(folder);
    }

    /// <summary>Counts the words of one more text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        var seen = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var at = 0; words.Find(text, at, out var start, out var end); at = end)
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(seen, text[start..end], out _)++;
    }

    /// <summary>Learns the merges of the words counted so far and writes both files, each whole or not at all.</summary>
    public void Write(string folder)
    {
        var merges = new BpeMerges(counts.Select(w => (Encoding.UTF8.GetBytes(w.Key), w.Value)))
            .Learn(options.VocabSize - Specials.Count - 256, options.MinPairCount);
        TokenizerWriter.Write(folder, Specials, options, merges);
    }
}

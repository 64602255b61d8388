using Anit.Models;
using Anit.Training;

namespace Anit.Bench;

/// <summary>The small model and the sequences that both sides compute; rival.py makes the same ones.</summary>
static class Work
{
    /// <summary>15 M parameters, as small chat models are built.</summary>
    public static ModelConfig Config { get; } = new()
    {
        ModelType = "llama", VocabSize = 32_000, HiddenSize = 288, IntermediateSize = 768, NumHiddenLayers = 6, NumAttentionHeads = 6,
        NumKeyValueHeads = 6, HeadDim = 48, TieWordEmbeddings = true,
    };

    /// <summary>90 M parameters.</summary>
    public static ModelConfig Middle { get; } = Config with
    {
        HiddenSize = 768, IntermediateSize = 2048, NumHiddenLayers = 12, NumAttentionHeads = 12, NumKeyValueHeads = 12, HeadDim = 64,
    };

    /// <summary>Prompt and answer lengths of a training batch: 942 tokens, 97 of them answers.</summary>
    public static (int Prompt, int Answer)[] Lengths { get; } = [(84, 5), (72, 4), (182, 7), (68, 12), (85, 10), (118, 20), (96, 13), (140, 26)];

    /// <summary>That batch as examples, all of them noisy.</summary>
    public static Example[] Examples { get; } =
    [
        .. Lengths.Select((l, i) => (Tokens: Tokens(l.Prompt + l.Answer, i), l.Prompt))
            .Select((row, i) => new Example($"{i}", row.Tokens[..row.Prompt], row.Tokens[row.Prompt..], 0, 20, 0.2, true)),
    ];

    /// <summary>128 prompts of 60 to 199 tokens, 16,516 in all; answers of 2 to 29, 1,188 in all.</summary>
    public static (int Prompt, int Answer)[] Asked { get; } =
        [.. Enumerable.Range(0, 128).Select(i => (60 + i * 37 % 140, i % 16 == 5 ? 24 + i % 16 : 2 + i * 29 % 13))];

    /// <summary>Tokens of a sequence: some numbers, the same in both languages.</summary>
    public static int[] Tokens(int length, int sequence, int shared = 0) =>
        [.. Enumerable.Range(0, length)
            .Select(t => 3 + (int)((t < shared ? t * 7919L : sequence * 104_729L + t * 7919L + (long)t * t * 31) % 31_997))];
}

namespace Anit.Noise.Tests;

/// <summary>Test data by description.</summary>
static class Some
{
    static readonly string[] Plain = ["give", "the", "correct", "answer", "should", "not", "Extract", "(all)", "names,", "a", "b", "of", "people.",
        "1.5/2", "\"quoted\"", "--flag", "[id]", "x"];
    static readonly string[] Odd = ["naïve", "e\u0301tude", "étude", "😀", "👩‍👩‍👧", "行", "答案", "Ω", "\u212B", "\u200B", "ﬁ", "İ", "…", "’tis"];
    static readonly string[] Gaps = [" ", " ", " ", " ", "  ", "\n", "\t", "\r\n\r\n", "\u00A0", "\u3000"];

    /// <summary>A text of up to 40 words with gaps of all kinds.</summary>
    public static string Text(Rng rng, bool odd = false, int most = 40)
    {
        var text = rng.Below(4) == 0 ? Gaps[rng.Below(Gaps.Length)] : "";
        for (var n = rng.Below(most + 1); n > 0; n--)
            text += (odd && rng.Below(3) == 0 ? Odd[rng.Below(Odd.Length)] : Plain[rng.Below(Plain.Length)])
                + (n > 1 ? Gaps[rng.Below(Gaps.Length)] : "");
        return rng.Below(4) == 0 ? text + Gaps[rng.Below(Gaps.Length)] : text;
    }

    /// <summary>A text of n different words.</summary>
    public static string Distinct(int n) => string.Join(' ', Enumerable.Range(0, n).Select(i => $"w{i}"));

    public static Noiser Noiser(INoise noise, ulong seed = 42, int? epoch = null, Segmenter segmenter = Segmenter.Auto,
        Protection? protection = null) =>
        new([new(noise)], seed, epoch, segmenter, protection);

    /// <summary>One noisy text.</summary>
    public static string Noisy(INoise noise, string clean, ulong seed, ForbiddenWords? forbidden = null, Protection? protection = null) =>
        Noiser(noise, seed, protection: protection).Apply("row", clean, forbidden);

    public static int Distance(string a, string b) => new WordDistance().Between(a, b).Distance;

    public static int Count(string text) => Words.In(text).Count;
}

using System.Text.RegularExpressions;

namespace Anit.Noise.Distance;

/// <summary>1 - BLEU of the noisy sentence against the clean one.</summary>
/// <remarks>Papineni et al. (2002), P02-1040, for one sentence as sacrebleu has it (Post 2018, W18-6319): tokens of mteval-v13a, case kept, n-grams
/// up to 4, those that a short sentence has (effective order), exponential smoothing (Chen and Cherry 2014, W14-3346, method 3), one
/// reference.</remarks>
public sealed partial class SentenceBleu : ITextDistance
{
    const int Orders = 4;

    /// <inheritdoc/>
    public Score Between(string clean, string noisy) => Likeness.Distortion(clean, noisy, (reference, hypothesis) => Of(hypothesis, reference));

    /// <summary>BLEU of a sentence, 0 to 1.</summary>
    public static double Of(string hypothesis, string reference)
    {
        var numbers = new Dictionary<string, uint>(StringComparer.Ordinal);
        var (h, r) = (Numbered(Tokens(hypothesis), numbers), Numbered(Tokens(reference), numbers));
        var (logs, order, halving, matches) = (0.0, 0, 1.0, 0L);
        for (var n = 1; n <= Orders && h.Length >= n; n++)
        {
            var total = h.Length - n + 1;
            var correct = Ngrams.Shared(Grams(h, n), Grams(r, n));
            matches += correct;
            order = n;
            logs += Math.Log(correct > 0 ? (double)correct / total : 1 / ((halving *= 2) * total));
        }
        if (matches == 0) return 0;
        var brevity = h.Length >= r.Length ? 0 : 1 - (double)r.Length / h.Length;
        return Math.Exp(brevity + logs / order);
    }

    /// <summary>The tokens of mteval-v13a: punctuation apart, but for points and commas inside numbers.</summary>
    public static string[] Tokens(string text)
    {
        text = Whitespace.TrimEnd(text).Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal)
            .Replace('\n', ' ');
        if (text.Contains('&', StringComparison.Ordinal))
            text = text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
                .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        text = Symbols().Replace($" {text} ", " $1 ");
        text = PointAfterOther().Replace(text, "$1 $2 ");
        text = PointBeforeOther().Replace(text, " $1 $2");
        text = DashAfterDigit().Replace(text, "$1 $2 ");
        return Whitespace.Split(text);
    }

    static uint[] Numbered(string[] tokens, Dictionary<string, uint> numbers) => Array.ConvertAll(tokens, token =>
    {
        if (!numbers.TryGetValue(token, out var number)) numbers.Add(token, number = (uint)numbers.Count);
        return number;
    });

    // Four numbers of 32 bits are one key.
    static IEnumerable<UInt128> Grams(uint[] tokens, int n)
    {
        for (var start = 0; start + n <= tokens.Length; start++)
        {
            UInt128 key = 0;
            for (var i = 0; i < n; i++) key = key << 32 | tokens[start + i];
            yield return key;
        }
    }

    [GeneratedRegex(@"([\{-~\[-` -&\(-\+:-@/])")]
    private static partial Regex Symbols();

    [GeneratedRegex(@"([^0-9])([.,])")]
    private static partial Regex PointAfterOther();

    [GeneratedRegex(@"([.,])([^0-9])")]
    private static partial Regex PointBeforeOther();

    [GeneratedRegex(@"([0-9])(-)")]
    private static partial Regex DashAfterDigit();
}

public static partial class DistanceKinds
{
    /// <summary><see cref="Distance.SentenceBleu"/>.</summary>
    public static DistanceDescription SentenceBleu { get; } = new("bleu", "1 - sentence BLEU, by sacrebleu's definition", () => new SentenceBleu());
}

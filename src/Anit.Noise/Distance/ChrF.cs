namespace Anit.Noise.Distance;

/// <summary>1 - chrF of the noisy text against the clean one: an F-score of character n-grams.</summary>
/// <remarks>Popović (2015), W15-3049, as sacrebleu has it by default: n-grams of 1 to 6 code points, white space left out, no words, β 2, case kept;
/// precision and recall are means over the orders that both texts have.</remarks>
public sealed class ChrF : ITextDistance
{
    const int Orders = 6, CodePointBits = 21;
    const double Factor = 2 * 2; // β²

    /// <inheritdoc/>
    public Score Between(string clean, string noisy) => Likeness.Distortion(clean, noisy, (reference, hypothesis) => Of(hypothesis, reference));

    /// <summary>chrF of a text, 0 to 1.</summary>
    public static double Of(string hypothesis, string reference)
    {
        var (h, r) = (Letters(hypothesis), Letters(reference));
        var (precision, recall, orders) = (0.0, 0.0, 0);
        for (var n = 1; n <= Orders && n <= Math.Min(h.Count, r.Count); n++, orders++)
        {
            var shared = (double)Ngrams.Shared(Grams(h, n), Grams(r, n));
            precision += shared / (h.Count - n + 1);
            recall += shared / (r.Count - n + 1);
        }
        if (orders == 0 || precision + recall == 0) return 0;
        (precision, recall) = (precision / orders, recall / orders);
        return (1 + Factor) * precision * recall / (Factor * precision + recall);
    }

    static List<int> Letters(string text)
    {
        var letters = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (!rune.IsBmp || !Whitespace.Is((char)rune.Value)) letters.Add(rune.Value);
        return letters;
    }

    // Six code points of 21 bits are one key.
    static IEnumerable<UInt128> Grams(List<int> letters, int n)
    {
        for (var start = 0; start + n <= letters.Count; start++)
        {
            UInt128 key = 0;
            for (var i = 0; i < n; i++) key = key << CodePointBits | (uint)letters[start + i];
            yield return key;
        }
    }
}

public static partial class DistanceKinds
{
    /// <summary><see cref="Distance.ChrF"/>.</summary>
    public static DistanceDescription ChrF { get; } = new("chrf", "1 - chrF, by sacrebleu's definition", () => new ChrF());
}

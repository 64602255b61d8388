using System.Text;

namespace Anit.Noise.Distance;

/// <summary>1 - ROUGE-L of the noisy text against the clean one: the F-score of their longest common subsequence of words.</summary>
/// <remarks>Lin (2004), W04-1013, as the package rouge-score has it: words are runs of a-z and 0-9 after lower-casing, without stemming;
/// anything else, other scripts included, stands between words.</remarks>
public sealed class RougeL : ITextDistance
{
    /// <inheritdoc/>
    public Score Between(string clean, string noisy) => Likeness.Distortion(clean, noisy, (reference, hypothesis) => Of(hypothesis, reference));

    /// <summary>ROUGE-L of a text, 0 to 1.</summary>
    public static double Of(string hypothesis, string reference)
    {
        var (h, r) = (Words(hypothesis), Words(reference));
        if (h.Count == 0 || r.Count == 0) return 0;
        var common = (double)CommonSubsequence(h, r);
        var (precision, recall) = (common / h.Count, common / r.Count);
        return common == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>The words of a text.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var c in text)
        {
            // Lower-casing makes an ASCII letter of two others: of the Kelvin sign, and of İ, which leaves a dot behind.
            var letter = c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c switch { '\u212A' => 'k', '\u0130' => 'i', _ => c };
            if (char.IsAsciiLetterOrDigit(letter)) word.Append(letter);
            if (!char.IsAsciiLetterOrDigit(letter) || c == '\u0130') End();
        }
        End();
        return words;

        void End()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    static int CommonSubsequence(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var (above, row) = (new int[b.Count + 1], new int[b.Count + 1]);
        foreach (var word in a)
        {
            for (var j = 1; j <= b.Count; j++) row[j] = word == b[j - 1] ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
            (above, row) = (row, above);
        }
        return above[b.Count];
    }
}

public static partial class DistanceKinds
{
    /// <summary><see cref="Distance.RougeL"/>.</summary>
    public static DistanceDescription RougeL { get; } = new("rouge-l", "1 - ROUGE-L, by rouge-score's definition", () => new RougeL());
}

using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Anit.Noise.Text;

/// <summary>Words that must not come into a row: its labels, and what the user protects. Case and surrounding punctuation do not matter.</summary>
public sealed class ForbiddenWords
{
    readonly FrozenSet<string> words;
    readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    /// <summary>The words of some labels: "Sci/Tech" forbids sci, tech and sci/tech; "used for" forbids used and for.</summary>
    public ForbiddenWords(IEnumerable<string> labels)
    {
        words = labels.SelectMany(Parts).Where(w => w.Length > 0).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The number of forbidden words.</summary>
    public int Count => words.Count;

    /// <summary>The forbidden words.</summary>
    public IEnumerable<string> All => words;

    /// <summary>Whether a word must not be used.</summary>
    public bool Contains(ReadOnlySpan<char> word) =>
        lookup.Contains(word) || (word[UnicodeForms.Core(word)] is var core && lookup.Contains(core));

    static IEnumerable<string> Parts(string label)
    {
        foreach (var range in Words.In(label, Segmenter.Whitespace))
        {
            var word = label[range];
            yield return word[UnicodeForms.Core(word)];
            foreach (var part in Regex.Split(word, @"[^\p{L}\p{M}\p{N}]+")) yield return part;
        }
    }
}

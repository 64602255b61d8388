using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Anit.Noise;

/// <summary>Words that must not come into a row: its labels, and what the user protects. Case and surrounding punctuation do not matter.</summary>
public sealed class Taboo
{
    readonly FrozenSet<string> words;
    readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    /// <summary>The words of some labels: "Sci/Tech" forbids sci, tech and sci/tech; "used for" forbids used and for.</summary>
    public Taboo(IEnumerable<string> labels)
    {
        words = labels.SelectMany(Parts).Where(w => w.Length > 0).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The number of forbidden words.</summary>
    public int Count => words.Count;

    /// <summary>The forbidden words.</summary>
    public IEnumerable<string> All => words;

    /// <summary>Whether a word must not be used.</summary>
    public bool Contains(ReadOnlySpan<char> word) => lookup.Contains(word) || (word[Forms.Core(word)] is var core && lookup.Contains(core));

    static IEnumerable<string> Parts(string label)
    {
        foreach (var range in Words.In(label, Segmenter.Whitespace))
        {
            var word = label[range];
            yield return word[Forms.Core(word)];
            foreach (var part in Regex.Split(word, @"[^\p{L}\p{M}\p{N}]+")) yield return part;
        }
    }
}

/// <summary>Words of an instruction that noise must leave where and as they are: label names, placeholders such as [id].</summary>
/// <param name="patterns">Regular expressions; each word that a match touches is protected.</param>
/// <param name="list">Words, compared without case and surrounding punctuation.</param>
public sealed class Protection(IEnumerable<string> patterns, IEnumerable<string> list)
{
    // NonBacktracking: linear time on any text, whatever the pattern.
    readonly Regex[] searches = [.. patterns.Select(p => new Regex(p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant))];
    readonly Taboo words = new(list);

    /// <summary>The words of the list, which noise must not bring in either.</summary>
    public Taboo Listed => words;

    /// <summary>Finds the stretches of a text that the patterns protect.</summary>
    internal void Search(ReadOnlySpan<char> text, List<(int Start, int End)> found)
    {
        found.Clear();
        foreach (var search in searches)
            foreach (var match in search.EnumerateMatches(text))
                if (match.Length > 0) found.Add((match.Index, match.Index + match.Length));
    }

    /// <summary>Whether a word is protected.</summary>
    internal bool Covers(ReadOnlySpan<char> word, int start, int end, List<(int Start, int End)> found)
    {
        foreach (var match in found)
            if (match.Start < end && start < match.End) return true;
        return words.Count > 0 && words.Contains(word);
    }
}

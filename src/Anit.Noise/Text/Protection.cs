using System.Text.RegularExpressions;

namespace Anit.Noise.Text;

/// <summary>Words of an instruction that noise must leave where and as they are: label names, placeholders such as [id].</summary>
/// <param name="patterns">Regular expressions; each word that a match touches is protected.</param>
/// <param name="list">Words, compared without case and surrounding punctuation.</param>
public sealed class Protection(IEnumerable<string> patterns, IEnumerable<string> list)
{
    // NonBacktracking: linear time on any text, whatever the pattern.
    readonly Regex[] searches = [.. patterns.Select(p => new Regex(p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant))];
    readonly ForbiddenWords words = new(list);

    /// <summary>The words of the list, which noise must not bring in either.</summary>
    public ForbiddenWords Listed => words;

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

namespace Anit.Models;

/// <summary>A regular expression over Unicode scalars, in the Oniguruma subset that tokenizer.json files use.</summary>
/// <remarks>.NET's own Regex sees UTF-16 code units, so its \p{L} misses every letter beyond U+FFFF; tokenizers need
/// those. A match takes at least one character. Greedy, lazy and possessive repeats, alternation, groups, (?i:), look-around and categories; first match wins
/// as in every backtracking engine. Text must be well-formed UTF-16.</remarks>
internal sealed class Pattern
{
    readonly PatternNode root;
    readonly UInt128 first; // ASCII characters a match may begin with

    Pattern(PatternTree tree)
    {
        root = tree.Compile(PatternNode.Accept);
        first = tree.FirstAscii();
    }

    /// <summary>Parses a regular expression; a construct outside the subset is a <see cref="FormatException"/> that names it.</summary>
    public static Pattern Regex(string source)
    {
        var tree = new PatternParser(source).Parse();
        return tree.Nullable ? throw new FormatException($"the regular expression {source} can match nothing at all, which is not supported") : new(tree);
    }

    /// <summary>A pattern that matches one string, letter for letter.</summary>
    public static Pattern Literal(string text) =>
        new(new PatternTree.Sequence([.. text.EnumerateRunes().Select(r => new PatternTree.Set(CharSet.Of(r.Value)))]));

    /// <summary>The next match at or after <paramref name="from"/>.</summary>
    public bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start += PatternNode.Width(text, start))
        {
            var c = text[start];
            if (c < 128 && (first >> c & 1) == 0) continue;
            end = root.Match(text, start);
            if (end >= 0) return true;
        }
        end = -1;
        return false;
    }

    /// <summary>The text with every match replaced.</summary>
    public string Replace(string text, string with)
    {
        var at = 0;
        System.Text.StringBuilder? result = null;
        while (Find(text, at, out var start, out var end))
        {
            result ??= new();
            result.Append(text, at, start - at).Append(with);
            at = end;
        }
        return result is null ? text : result.Append(text, at, text.Length - at).ToString();
    }
}

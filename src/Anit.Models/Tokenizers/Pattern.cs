namespace Anit.Models.Tokenizers;

/// <summary>A regular expression over Unicode scalars, in the Oniguruma subset that tokenizer.json files use.</summary>
/// <remarks>.NET's own Regex sees UTF-16 code units, so its \p{L} misses every letter beyond U+FFFF; tokenizers need
/// those. A match takes at least one character. No pattern takes exponential time: <see cref="Effort"/>. Greedy, lazy and possessive repeats,
/// alternation, groups, (?i:), look-around and categories; first match wins as in every backtracking engine. Text must be well-formed
/// UTF-16.</remarks>
internal sealed class Pattern
{
    /// <summary>Parts an expression may have: a chain of them is as many calls deep.</summary>
    public const int MostNodes = 10_000;

    readonly string source;
    readonly PatternNode root;
    readonly UInt128 first; // ASCII characters a match may begin with

    Pattern(PatternTree tree, string source)
    {
        this.source = PatternParser.Shown(source);
        if (tree.Nodes > MostNodes)
            throw new FormatException($"the regular expression {this.source} has more than {MostNodes} parts, which is not supported");
        root = tree.Compile(PatternNode.Accept);
        first = tree.FirstAscii();
    }

    /// <summary>Parses a regular expression; a construct outside the subset is a <see cref="FormatException"/> that names it.</summary>
    public static Pattern Regex(string source)
    {
        var tree = new PatternParser(source).Parse();
        return tree.Nullable ? throw new FormatException($"the regular expression {PatternParser.Shown(source)} can match nothing at all, which is "
            + "not supported") : new(tree, source);
    }

    /// <summary>A pattern that matches one string, letter for letter.</summary>
    public static Pattern Literal(string text) =>
        new(new PatternTree.Sequence([.. text.EnumerateRunes().Select(r => new PatternTree.Set(CharSet.Of(r.Value)))]), text);

    /// <summary>The next match at or after <paramref name="from"/>.</summary>
    /// <exception cref="InvalidDataException">A group repeats so often in this text that the stack does not suffice.</exception>
    public bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        var effort = new Effort();
        for (start = from; start < text.Length; start += PatternNode.Width(text, start))
        {
            var c = text[start];
            if (c < 128 && (first >> c & 1) == 0) continue;
            try
            {
                end = root.Match(text, start, ref effort);
            }
            catch (InsufficientExecutionStackException e)
            {
                throw new InvalidDataException($"the regular expression {source} of tokenizer.json repeats a group too often in a text of "
                    + $"{text.Length} characters; cut the text", e);
            }
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

/// <summary>What a search has found out: once it took many steps, from which places which parts of the pattern lead nowhere.</summary>
/// <remarks>Without groups to remember, whether a part and all that follows it match at a place depends on nothing else, so nothing needs to be
/// tried twice: <c>(a+)+b</c> is linear in the states instead of exponential. Ordinary searches end long before that and remember nothing.</remarks>
internal struct Effort
{
    const int Free = 2000; // steps

    int steps;
    HashSet<(PatternNode Part, int At)>? failed;

    /// <summary>Counts a step; whether it is known to lead nowhere.</summary>
    public bool IsVain(PatternNode part, int at) => ++steps > Free && failed is not null && failed.Contains((part, at));

    /// <summary>Notes that a part matches nothing at a place.</summary>
    public int Fail(PatternNode part, int at)
    {
        if (steps > Free) (failed ??= []).Add((part, at));
        return -1;
    }
}

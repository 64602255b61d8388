using System.Globalization;
using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>Reads the source of a <see cref="Pattern"/>.</summary>
internal sealed class PatternParser(string source)
{
    const int MostCopies = 1000; // of a group by {n,m}
    const int Deepest = 100;     // groups, classes and repeats in each other: each is a few calls deep

    int at;
    int depth;
    int steps;
    bool ignoreCase;

    public PatternTree Parse()
    {
        var tree = Alternatives();
        return at == source.Length ? tree : throw Unsupported("an unmatched )");
    }

    PatternTree Alternatives()
    {
        List<PatternTree> options = [Branch()];
        while (Take('|')) options.Add(Branch());
        return options.Count == 1 ? options[0] : new PatternTree.Choice(options);
    }

    PatternTree Branch()
    {
        List<PatternTree> parts = [];
        while (at < source.Length && source[at] is not ('|' or ')')) parts.Add(Repeated(Atom()));
        return parts.Count == 1 ? parts[0] : new PatternTree.Sequence(parts);
    }

    PatternTree Repeated(PatternTree body)
    {
        var repeats = 0;
        while (at < source.Length && Count() is var (min, max))
        {
            if (++repeats > Deepest) throw TooDeep();
            // Oniguruma reads + after {n,m} as a second repeat, which no tokenizer uses.
            var appetite = Take('?') ? Appetite.Lazy : Take('+') ? Appetite.Possessive : Appetite.Greedy;
            if (body is not PatternTree.Set && (max == int.MaxValue && body.Nullable || Math.Max(min, max == int.MaxValue ? 0 : max) > MostCopies))
                throw Unsupported("a repeat of something that can be empty, or too many copies of a group");
            body = new PatternTree.Repeat(body, min, max, appetite);
        }
        return body;
    }

    (int Min, int Max)? Count()
    {
        switch (source[at])
        {
            case '*': at++; return (0, int.MaxValue);
            case '+': at++; return (1, int.MaxValue);
            case '?': at++; return (0, 1);
            case '{':
                var close = source.IndexOf('}', at);
                if (close < 0) return null;
                var bounds = source[(at + 1)..close].Split(',');
                if (bounds.Length > 2 || bounds.All(b => b.Length == 0) || bounds.Any(b => b.Length > 6 || !b.All(char.IsAsciiDigit))) return null;
                at = close + 1;
                var min = bounds[0].Length == 0 ? 0 : int.Parse(bounds[0], CultureInfo.InvariantCulture);
                var max = bounds.Length == 1 ? min : bounds[1].Length == 0 ? int.MaxValue : int.Parse(bounds[1], CultureInfo.InvariantCulture);
                return min <= max ? (min, max) : throw Unsupported($"a repeat from {min} to {max}");
            default: return null;
        }
    }

    PatternTree Atom()
    {
        if (++steps > Pattern.MostNodes) throw TooMany();
        switch (source[at])
        {
            case '(': at++; return Group();
            case '[': at++; return new PatternTree.Set(Class());
            case '.': at++; return new PatternTree.Set(CharSet.Of('\n').Negated());
            case '^' or '$': return new PatternTree.Edge(source[at++]);
            case '*' or '+' or '?': throw Unsupported($"a repeat {source[at]} of nothing");
            case '\\' when at + 1 < source.Length && source[at + 1] is 'A' or 'z': at += 2; return new PatternTree.Edge(source[at - 1]);
            case '\\' when at + 1 < source.Length && source[at + 1] is 'w' or 'W':
                at += 2;
                return new PatternTree.Set(source[at - 1] == 'w' ? CharSet.BareWord : CharSet.BareWord.Negated());
            case '\\': return new PatternTree.Set(Escape(out var scalar) is var set && scalar >= 0 ? Letter(scalar) : set);
            default: return new PatternTree.Set(Letter(Scalar()));
        }
    }

    PatternTree Group()
    {
        if (++depth > Deepest) throw TooDeep();
        var outer = ignoreCase;
        PatternTree body;
        if (TakeWord("?=")) body = new PatternTree.Ahead(Alternatives(), false);
        else if (TakeWord("?!")) body = new PatternTree.Ahead(Alternatives(), true);
        else if (TakeWord("?<=")) body = Behind(false);
        else if (TakeWord("?<!")) body = Behind(true);
        else if (TakeWord("?>")) body = new PatternTree.Atomic(Alternatives());
        else if (TakeWord("?i:"))
        {
            ignoreCase = true;
            body = Alternatives();
        }
        else if (TakeWord("?:") || source.AsSpan(at) is not ['?', ..]) body = Alternatives();
        else throw Unsupported("the group (" + source[at..Math.Min(at + 3, source.Length)]);
        ignoreCase = outer;
        depth--;
        return Take(')') ? body : throw Unsupported("a group without its )");
    }

    PatternTree.Behind Behind(bool negative) =>
        Alternatives() is PatternTree.Set one ? new PatternTree.Behind(one.Chars, negative)
            : throw Unsupported("a look-behind longer than one character");

    /// <summary>[...], behind its bracket.</summary>
    CharSet Class()
    {
        if (++depth > Deepest) throw TooDeep();
        var negative = Take('^');
        List<CharSet> parts = [];
        for (var first = true; ; first = false)
        {
            if (at >= source.Length) throw Unsupported("a class without its ]");
            if (++steps > Pattern.MostNodes) throw TooMany();
            if (!first && Take(']')) break;
            if (TakeWord("&&") || source.AsSpan(at).StartsWith("[:")) throw Unsupported("a class with && or [:name:]");
            if (Take('[')) parts.Add(Class());
            else parts.Add(Range());
        }
        var set = CharSet.Union(parts);
        depth--;
        return negative ? set.Negated() : set;
    }

    CharSet Range()
    {
        var low = ClassScalar(out var set);
        if (low < 0) return set;
        if (at + 1 >= source.Length || source[at] != '-' || source[at + 1] == ']') return Letter(low);
        at++;
        var high = ClassScalar(out _);
        if (high < low) throw Unsupported("a range that does not go up");
        if (!ignoreCase) return CharSet.Of(low, high);
        return CharSet.Union([.. Enumerable.Range(low, Math.Min(high, 127) - low + 1).Select(Letter), CharSet.Of(low, high)]);
    }

    int ClassScalar(out CharSet set)
    {
        set = CharSet.Any;
        if (source[at] != '\\') return Scalar();
        set = Escape(out var scalar);
        return scalar;
    }

    /// <summary>An escape: a set, or one scalar.</summary>
    CharSet Escape(out int scalar)
    {
        scalar = -1;
        if (++at >= source.Length) throw Unsupported("a \\ at its end");
        var c = source[at++];
        switch (c)
        {
            case 's': return CharSet.White;
            case 'S': return CharSet.White.Negated();
            case 'd': return CharSet.Digit;
            case 'D': return CharSet.Digit.Negated();
            case 'w': return CharSet.Word;
            case 'W': return CharSet.Word.Negated();
            case 'p' or 'P': return Property(c == 'P');
            case 'x' or 'u': scalar = Hex(c == 'x' ? 2 : 4); return CharSet.Any;
        }
        scalar = c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => '\e',
            '0' => '\0',
            _ when !char.IsAsciiLetterOrDigit(c) => c,
            _ => throw Unsupported("\\" + c),
        };
        return CharSet.Any;
    }

    CharSet Property(bool negative)
    {
        var close = at < source.Length && source[at] == '{' ? source.IndexOf('}', at) : -1;
        if (close < 0) throw Unsupported("\\p without {name}");
        var name = source[(at + 1)..close];
        if (name.StartsWith('^')) (negative, name) = (!negative, name[1..]);
        var mask = PatternProperty.Mask(name);
        if (mask == 0) throw Unsupported($"the property \\p{{{name}}}");
        at = close + 1;
        return negative ? CharSet.Categories(mask).Negated() : CharSet.Categories(mask);
    }

    int Hex(int digits)
    {
        var (start, end) = (at, at + digits);
        if (Take('{')) (start, end) = (at, source.IndexOf('}', at));
        if (end < start || end > source.Length
            || !int.TryParse(source.AsSpan(start, end - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var scalar)
            || !Rune.IsValid(scalar)) throw Unsupported("a hexadecimal escape that is no character");
        at = source.AsSpan(end) is ['}', ..] && source[start - 1] == '{' ? end + 1 : end;
        return scalar;
    }

    /// <summary>One character, and its other cases where case does not count: s, S and the long ſ.</summary>
    CharSet Letter(int scalar)
    {
        if (!ignoreCase) return CharSet.Of(scalar);
        var rune = new Rune(scalar);
        List<CharSet> cases = [CharSet.Of(scalar), CharSet.Of(Rune.ToLowerInvariant(rune).Value), CharSet.Of(Rune.ToUpperInvariant(rune).Value)];
        if (scalar is 's' or 'S') cases.Add(CharSet.Of(0x17F));
        if (scalar is 'k' or 'K') cases.Add(CharSet.Of(0x212A));
        return CharSet.Union(cases);
    }

    int Scalar()
    {
        var width = PatternNode.Width(source, at);
        var scalar = width == 1 ? source[at] : char.ConvertToUtf32(source[at], source[at + 1]);
        at += width;
        return scalar;
    }

    bool Take(char c)
    {
        if (at >= source.Length || source[at] != c) return false;
        at++;
        return true;
    }

    bool TakeWord(string word)
    {
        if (!source.AsSpan(at).StartsWith(word, StringComparison.Ordinal)) return false;
        at += word.Length;
        return true;
    }

    FormatException TooDeep() => Unsupported($"groups, classes or repeats more than {Deepest} deep in each other");

    FormatException TooMany() => Unsupported($"more than {Pattern.MostNodes} parts");

    /// <summary>The expression for a message: its beginning, where it is long.</summary>
    public static string Shown(string source) => source.Length <= 300 ? source : $"{source.AsSpan(0, 60)}... of {source.Length} characters";

    FormatException Unsupported(string what) => new($"the regular expression {Shown(source)} has {what} at character {at}, which is not supported");
}

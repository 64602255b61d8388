using System.Text;

namespace Anit.Samples;

/// <summary>A marked stretch of a text. Start and length count UTF-16 code units of the rendered text.</summary>
internal sealed record Span(string Kind, int Start, int Length, string Text);

/// <summary>A relation that the text states between two of its spans.</summary>
internal sealed record Fact(string Relation, Span Head, Span Tail);

/// <summary>A finished text with what is known about it.</summary>
internal sealed record Passage(string Text, IReadOnlyList<Span> Spans, IReadOnlyList<Fact> Facts)
{
    public int Words { get; } = Text.Split(' ').Length;
}

/// <summary>A text in the making: tokens, marked token ranges and facts between them.</summary>
internal sealed class Draft
{
    readonly List<string> tokens = [];
    readonly List<(string Kind, int Start, int End)> spans = [];
    readonly List<(string Relation, int Head, int Tail)> facts = [];

    public int Count => tokens.Count;

    public void Add(string token) => tokens.Add(token);

    public int Open(string kind)
    {
        spans.Add((kind, tokens.Count, -1));
        return spans.Count - 1;
    }

    public void Close(int span) => spans[span] = spans[span] with { End = tokens.Count };

    public void AddFact(string relation, int head, int tail) => facts.Add((relation, head, tail));

    public bool Uses(string kind, string name)
    {
        foreach (var (k, start, end) in spans)
            if (k == kind && end == start + 1 && tokens[start] == name) return true;
        return false;
    }

    /// <summary>Whether the words of a span were marked in the same way before.</summary>
    public bool Repeats(int span)
    {
        var (kind, start, end) = spans[span];
        return spans.Take(span).Any(s => s.Kind == kind && tokens[s.Start..s.End].SequenceEqual(tokens[start..end]));
    }

    /// <summary>Whether the sentence under way has a date already.</summary>
    public bool HasTime()
    {
        var begin = tokens.FindLastIndex(t => t is "." or "?" or "!") + 1;
        return spans.Exists(s => s.Start >= begin && s.Kind is "day" or "month" or "year" && s.Start >= begin);
    }

    /// <summary>Joins the tokens as English is written: spaces, capitals, <c>a</c> or <c>an</c>, quotes.</summary>
    public Passage Render()
    {
        var text = new StringBuilder();
        var starts = new int[tokens.Count];
        var ends = new int[tokens.Count];
        var (capital, glue) = (true, true);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i] switch { "``" or "''" => "\"", "a" when i + 1 < tokens.Count && SaysVowel(Following(i)) => "an", var t => t };
            if (!glue && !AttachesLeft(tokens[i])) text.Append(' ');
            if (capital && char.IsLower(token[0])) token = char.ToUpperInvariant(token[0]) + token[1..];
            starts[i] = text.Length;
            text.Append(token);
            ends[i] = text.Length;
            glue = tokens[i] is "``" or "(" or "$";
            capital = tokens[i] is "." or "?" or "!" or "``" or ":^" || (capital && tokens[i] == "''");
        }
        var whole = text.ToString();
        var marked = spans.Select(s => new Span(s.Kind, starts[s.Start], ends[s.End - 1] - starts[s.Start], whole[starts[s.Start]..ends[s.End - 1]]))
            .ToList();
        return new(whole, marked, [.. facts.Select(f => new Fact(f.Relation, marked[f.Head], marked[f.Tail])).Distinct()]);
    }

    string Following(int i) => tokens[i + 1] == "``" && i + 2 < tokens.Count ? tokens[i + 2] : tokens[i + 1];

    static bool AttachesLeft(string token) => token is "," or "." or ";" or ":" or "?" or "!" or "''" or ")" or "%" || token.StartsWith('\'');

    static bool SaysVowel(string word)
    {
        var first = word.Split(' ', '-')[0];
        if (first.Length is > 1 and < 5 && first.All(char.IsAsciiLetterUpper)) return "AEFHILMNORSX".Contains(first[0]);
        if (first.StartsWith("one", StringComparison.OrdinalIgnoreCase) || first.StartsWith("uni", StringComparison.OrdinalIgnoreCase)
            || first.StartsWith("use", StringComparison.OrdinalIgnoreCase)
                || first.StartsWith("eu", StringComparison.OrdinalIgnoreCase)) return false;
        if (first.StartsWith("hour", StringComparison.Ordinal) || first.StartsWith("hono", StringComparison.Ordinal) || first is "heir"
            || first.StartsWith("honest", StringComparison.Ordinal)) return true;
        return "aeiouAEIOU".Contains(first[0]) || first is "8" or "11" or "18" or "80";
    }
}

using System.Text;

namespace Anit.Nlu;

/// <summary>Words with a tag each, and the entities that the tags spell out.</summary>
sealed class TaggedSentence
{
    readonly List<(string Word, string Tag, long Line)> tokens = [];

    public bool HasTokens => tokens.Count > 0 || IsBad;

    /// <summary>A line of it was no token, and was already counted as skipped.</summary>
    public bool IsBad { get; set; }

    public void Add(string word, string tag, long line) => tokens.Add((word, tag, line));

    public NluRow? Build(ImportContext context, string source, long number)
    {
        if (IsBad) return null;
        try
        {
            var text = new WordText([.. tokens.Select(t => t.Word)]);
            var spans = tokens.Any(t => t.Tag.StartsWith('(') || t.Tag.Contains('*', StringComparison.Ordinal)) ? Brackets(context, source) : Tags(context, source);
            var items = spans.Select(s => new GoldItem(new(context.Name(s.Code, source, s.Line), text.Span(s.First, s.Last)), text.Place(s.First, s.Last)));
            return context.Items(number, text.Text, items, source, tokens[0].Line);
        }
        catch (InvalidDataException bad) when (context.Skips(bad))
        {
            return null;
        }
    }

    readonly record struct Span(string Code, int First, int Last, long Line);

    // IOB1 and IOB2 alike: B- always begins an entity, I- continues one of the same type and otherwise begins one.
    List<Span> Tags(ImportContext context, string source)
    {
        var spans = new List<Span>();
        var open = "";
        for (var i = 0; i < tokens.Count; i++)
        {
            var (_, tag, line) = tokens[i];
            var code = tag switch
            {
                "O" => "",
                ['B' or 'I', '-', _, ..] => tag[2..],
                _ => throw BadRecord.At(source, line, $"tag {Shown.Of(tag)}", "O, B-... or I-..."),
            };
            if (code.Length > 0 && code == open && tag[0] == 'I') spans[^1] = spans[^1] with { Last = i };
            else if (code.Length > 0) spans.Add(new(code, i, i, line));
            open = code;
        }
        return spans;
    }

    // CoNLL-2012: "(GPE)" is one token, "(DATE*" begins, "*" is inside or outside, "*)" ends.
    List<Span> Brackets(ImportContext context, string source)
    {
        var spans = new List<Span>();
        Span? open = null;
        for (var i = 0; i < tokens.Count; i++)
        {
            var (_, tag, line) = tokens[i];
            if (tag.StartsWith('('))
            {
                if (open is { } still) throw BadRecord.At(source, line, $"entity {Shown.Of(tag)} inside the open ({still.Code}* of line {still.Line}", "*) first");
                open = new(tag.Trim('(', ')', '*'), i, i, line);
            }
            else if (tag is not ("*" or "*)"))
            {
                throw BadRecord.At(source, line, $"entity column {Shown.Of(tag)}", "*, (TYPE), (TYPE* or *)");
            }
            if (!tag.EndsWith(')')) continue;
            spans.Add(open is { } ends ? ends with { Last = i } : throw BadRecord.At(source, line, "*) with no open entity", "* or (TYPE* before it"));
            open = null;
        }
        return open is { } lost ? throw BadRecord.At(source, lost.Line, $"({lost.Code}* that is never closed", "*) before the sentence ends") : spans;
    }
}

/// <summary>Words joined by single spaces, with the place of each word range in the text.</summary>
sealed class WordText
{
    readonly int[] starts;
    readonly IReadOnlyList<string> words;

    public WordText(IReadOnlyList<string> words)
    {
        this.words = words;
        starts = new int[words.Count];
        var text = new StringBuilder();
        for (var i = 0; i < words.Count; i++)
        {
            if (i > 0) text.Append(' ');
            starts[i] = text.Length;
            text.Append(words[i]);
        }
        Text = text.ToString();
    }

    public string Text { get; }

    public int Count => words.Count;

    /// <summary>Start and end of the words from first to last, both included.</summary>
    public (int Start, int End) Place(int first, int last) => (starts[first], starts[last] + words[last].Length);

    public string Span(int first, int last)
    {
        var (start, end) = Place(first, last);
        return Text[start..end];
    }
}

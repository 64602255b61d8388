using System.Text;

namespace Anit.Nlu.Importers;

/// <summary>A word, its tag, and where they stand.</summary>
readonly record struct TaggedWord(string Word, string Tag, RecordPlace At);

/// <summary>Words with a tag each, and the entities that the tags spell out.</summary>
sealed class TaggedSentence(IReadOnlyList<TaggedWord> tokens)
{
    public NluRow? Row(ImportContext context, long number)
    {
        var text = new WordText([.. tokens.Select(t => t.Word)]);
        var spans = tokens.Any(t => t.Tag.StartsWith('(') || t.Tag.Contains('*', StringComparison.Ordinal)) ? Brackets() : Tags();
        var items = spans.Select(s => new GoldItem(new(context.Name(s.Code, s.At), text.Span(s.First, s.Last)), text.Place(s.First, s.Last)));
        return context.Items(number, text.Text, items, tokens[0].At);
    }

    readonly record struct Span(string Code, int First, int Last, RecordPlace At);

    // IOB1 and IOB2 alike: B- always begins an entity, I- continues one of the same type and otherwise begins one.
    List<Span> Tags()
    {
        var spans = new List<Span>();
        var open = "";
        for (var i = 0; i < tokens.Count; i++)
        {
            var (_, tag, at) = tokens[i];
            var code = tag switch
            {
                "O" => "",
                ['B' or 'I', '-', _, ..] => tag[2..],
                _ => throw at.Bad($"tag {Shown.Of(tag)}", "O, B-... or I-..."),
            };
            if (code.Length > 0 && code == open && tag[0] == 'I') spans[^1] = spans[^1] with { Last = i };
            else if (code.Length > 0) spans.Add(new(code, i, i, at));
            open = code;
        }
        return spans;
    }

    // CoNLL-2012: "(GPE)" is one token, "(DATE*" begins, "*" is inside or outside, "*)" ends.
    List<Span> Brackets()
    {
        var spans = new List<Span>();
        Span? open = null;
        for (var i = 0; i < tokens.Count; i++)
        {
            var (_, tag, at) = tokens[i];
            if (tag.StartsWith('('))
            {
                if (open is { } still)
                    throw at.Bad($"entity {Shown.Of(tag)} inside the open ({still.Code}* of line {still.At.Line}", "*) first");
                open = new(tag.Trim('(', ')', '*'), i, i, at);
            }
            else if (tag is not ("*" or "*)"))
            {
                throw at.Bad($"entity column {Shown.Of(tag)}", "*, (TYPE), (TYPE* or *)");
            }
            if (!tag.EndsWith(')')) continue;
            spans.Add(open is { } ends ? ends with { Last = i } : throw at.Bad("*) with no open entity", "* or (TYPE* before it"));
            open = null;
        }
        return open is { } lost
            ? throw lost.At.Bad($"({lost.Code}* that is never closed", "*) before the sentence ends")
            : spans;
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

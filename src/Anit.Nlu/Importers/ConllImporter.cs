namespace Anit.Nlu.Importers;

/// <summary>CoNLL-2003 and OntoNotes: one token a line, a blank line after each sentence, entities as tags or brackets.</summary>
/// <remarks>The text is the words joined by single spaces.</remarks>
static class ConllImporter
{
    static readonly char[] Separators = [' ', '\t']; // no other white space: a no-break space belongs to its word

    const string Mask = "[WORD]";
    const int NamedEntityColumn = 10, WordColumn = 3, FewestColumns = 12; // of CoNLL-2012, counted from zero

    static readonly LabelTable ConllLabels = new(
        [("LOC", "location"), ("MISC", "else"), ("ORG", "organization"), ("PER", "person")]);

    static readonly LabelTable OntoNotesLabels = new(
    [
        ("PERSON", "person"), ("NORP", "nationality or religious or political group"), ("FAC", "facility"), ("ORG", "organization"),
        ("GPE", "geopolitical entity"), ("LOC", "location"), ("PRODUCT", "product"), ("EVENT", "event"), ("WORK_OF_ART", "work of art"),
        ("LAW", "law"), ("LANGUAGE", "language"), ("DATE", "date"), ("TIME", "time"), ("PERCENT", "percent"), ("MONEY", "money"),
        ("QUANTITY", "quantity"), ("ORDINAL", "ordinal"), ("CARDINAL", "cardinal"),
    ]);

    public static ImportFormat Conll2003Format { get; } = new("conll2003", Conll2003, (NluTask.Ner, ConllLabels));

    public static ImportFormat OntoNotesFormat { get; } = new("ontonotes", OntoNotes, (NluTask.Ner, OntoNotesLabels));

    /// <summary>Four columns separated by a space, IOB1 or IOB2 tags last; <c>-DOCSTART-</c> lines are dropped.</summary>
    static IEnumerable<NluRow> Conll2003(ImportContext context) => Rows(context, line =>
    {
        var cells = line.Text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        if (cells[0] == "-DOCSTART-") return null;
        return cells.Length == 4
            ? new(cells[0], cells[3], line.At)
            : throw line.At.Bad($"{cells.Length} columns", "4 (word, part of speech, chunk, entity tag)");
    });

    /// <summary>Either four columns separated by tabs with IOB2 tags, or CoNLL-2012's many columns with brackets.</summary>
    static IEnumerable<NluRow> OntoNotes(ImportContext context) => Rows(context, line =>
    {
        if (line.Text.StartsWith("#begin document", StringComparison.Ordinal) || line.Text.StartsWith("#end document", StringComparison.Ordinal))
            return null;
        var tabbed = line.Text.Split('\t');
        if (tabbed.Length == 4) return new(tabbed[0].Trim(Separators), tabbed[3].Trim(Separators), line.At);

        var cells = line.Text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        return cells.Length >= FewestColumns
            ? new(cells[WordColumn], cells[NamedEntityColumn], line.At)
            : throw line.At.Bad($"{cells.Length} columns", $"4 separated by tabs, or CoNLL-2012's {FewestColumns} or more");
    });

    delegate TaggedWord? TokenOf(Line line);

    static IEnumerable<NluRow> Rows(ImportContext context, TokenOf tokenOf) => context.Rows(
        source => Sentences(source).Select(lines => context.Read(() => Tokens(lines, tokenOf))).Where(tokens => tokens is not { Count: 0 }),
        (tokens, number) => new TaggedSentence(tokens).Row(context, number));

    // Empty where all lines were marks between sentences.
    static List<TaggedWord> Tokens(List<Line> lines, TokenOf tokenOf)
    {
        var tokens = new List<TaggedWord>(lines.Count);
        foreach (var line in lines)
        {
            if (tokenOf(line) is not { } token) continue;
            if (token.Word.Length == 0) throw line.At.Bad("no word before the first tab", "one");
            tokens.Add(token);
        }
        return tokens;
    }

    static IEnumerable<List<Line>> Sentences(ImportSource source)
    {
        var sentence = new List<Line>();
        foreach (var line in LineSource.Lines(source))
        {
            RefuseMask(line);
            if (line.Text.AsSpan().ContainsAnyExcept(Separators))
            {
                sentence.Add(line);
            }
            else if (sentence.Count > 0)
            {
                yield return sentence;
                sentence = [];
            }
        }
        if (sentence.Count > 0) yield return sentence;
    }

    // A release without its words would import as gold; no single record is at fault, so --skip-bad does not help.
    static void RefuseMask(Line line)
    {
        if (line.Text.Contains(Mask, StringComparison.OrdinalIgnoreCase)
            && line.Text.Split(Separators).Contains(Mask, StringComparer.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"{line.At.Source}: line {line.At.Line}: found {Mask} in the place of a word, "
                + "expected the words themselves; this release comes without its text: "
                + "put the words back from the corpus that it annotates (for OntoNotes, skeleton2conll), then import");
        }
    }
}

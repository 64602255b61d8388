namespace Anit.Nlu;

/// <summary>CoNLL-2003 and OntoNotes: one token a line, a blank line after each sentence, entities as tags or brackets.</summary>
/// <remarks>The text is the words joined by single spaces.</remarks>
static class ConllImporter
{
    const int NamedEntityColumn = 10, WordColumn = 3, FewestColumns = 12; // of CoNLL-2012, counted from zero

    /// <summary>Four columns separated by a space, IOB1 or IOB2 tags last; <c>-DOCSTART-</c> lines are dropped.</summary>
    public static IEnumerable<NluRow> Conll2003(ImportContext context) => Rows(context, (line, source) =>
    {
        var cells = line.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (cells[0] == "-DOCSTART-") return null;
        return cells.Length == 4
            ? (cells[0], cells[3])
            : throw BadRecord.At(source, line.Number, $"{cells.Length} columns", "4 (word, part of speech, chunk, entity tag)");
    });

    /// <summary>Either four columns separated by tabs with IOB2 tags, or CoNLL-2012's many columns with brackets.</summary>
    public static IEnumerable<NluRow> OntoNotes(ImportContext context) => Rows(context, (line, source) =>
    {
        if (line.Text.StartsWith("#begin document", StringComparison.Ordinal) || line.Text.StartsWith("#end document", StringComparison.Ordinal)) return null;
        var tabbed = line.Text.Split('\t');
        if (tabbed.Length == 4) return (tabbed[0], tabbed[3].Trim());

        var cells = line.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return cells.Length >= FewestColumns
            ? (cells[WordColumn], cells[NamedEntityColumn])
            : throw BadRecord.At(source, line.Number, $"{cells.Length} columns", $"4 separated by tabs, or CoNLL-2012's {FewestColumns} or more");
    });

    delegate (string Word, string Tag)? TokenOf(Line line, string source);

    static IEnumerable<NluRow> Rows(ImportContext context, TokenOf tokenOf)
    {
        var number = 0L;
        foreach (var source in context.Sources)
        {
            foreach (var sentence in Sentences(context, source, tokenOf))
            {
                if (sentence.Build(context, source.Name, number++) is { } row) yield return row;
            }
        }
    }

    static IEnumerable<TaggedSentence> Sentences(ImportContext context, ImportSource source, TokenOf tokenOf)
    {
        var sentence = new TaggedSentence();
        foreach (var line in LineSource.Lines(source))
        {
            if (string.IsNullOrWhiteSpace(line.Text))
            {
                if (sentence.HasTokens) yield return sentence;
                sentence = new();
                continue;
            }
            try
            {
                if (tokenOf(line, source.Name) is { } token) sentence.Add(token.Word, token.Tag, line.Number);
            }
            catch (InvalidDataException bad) when (context.Skips(bad))
            {
                sentence.IsBad = true;
            }
        }
        if (sentence.HasTokens) yield return sentence;
    }
}

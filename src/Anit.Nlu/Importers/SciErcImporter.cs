namespace Anit.Nlu;

/// <summary>SciERC (Luan et al. 2018, arXiv:1808.09602): one document a JSON line, a row a sentence, spans as token numbers in the document.</summary>
static class SciErcImporter
{
    public static IEnumerable<NluRow> Read(ImportContext context)
    {
        var number = 0L;
        foreach (var source in context.Sources)
        {
            foreach (var record in JsonRecords.Read(source, bad => { if (!context.Skips(bad)) throw bad; }))
            {
                List<NluRow> rows;
                try
                {
                    rows = Sentences(context, source.Name, record, ref number);
                }
                catch (InvalidDataException bad) when (context.Skips(bad))
                {
                    continue;
                }
                foreach (var row in rows) yield return row;
            }
        }
    }

    static List<NluRow> Sentences(ImportContext context, string source, JsonRecord record, ref long number)
    {
        var json = new JsonFields(context, source, record.Line, record.Value);
        var sentences = json.List("sentences").Select(s => s.Strings()).ToList();
        var annotations = json.List(context.Task == NluTask.Ner ? "ner" : "relations");
        if (annotations.Count != sentences.Count)
            throw BadRecord.At(source, record.Line, $"annotations of {annotations.Count} sentences", $"{sentences.Count}, one list a sentence");

        // All annotations are checked before the first row counts, so that a skipped document leaves nothing behind.
        var offset = 0;
        var ready = new List<(WordText Text, List<GoldItem> Items)>();
        foreach (var (words, annotation) in sentences.Zip(annotations))
        {
            var text = new WordText(words);
            var sentence = new Sentence(context, source, record.Line, text, offset);
            ready.Add((text, [.. annotation.List().Select(a => sentence.Item(a.List()))]));
            offset += words.Count;
        }
        var rows = new List<NluRow>();
        foreach (var (text, items) in ready)
        {
            if (context.Items(number++, text.Text, items, source, record.Line) is { } row) rows.Add(row);
        }
        return rows;
    }

    readonly record struct Sentence(ImportContext Context, string Source, long Line, WordText Text, int Offset)
    {
        public GoldItem Item(List<JsonFields> parts)
        {
            var spans = Context.Task == NluTask.Ner ? 1 : 2;
            if (parts.Count < 2 * spans + 1)
                throw BadRecord.At(Source, Line, $"an annotation of {parts.Count} parts", spans == 1 ? "[start, end, type]" : "[start, end, start, end, type]");
            var label = Context.Name(parts[2 * spans].Text(), Source, Line);
            var (first, last) = Span(parts[0].Number(), parts[1].Number());
            if (spans == 1) return new(new(label, Text.Span(first, last)), Text.Place(first, last));
            var (tail, end) = Span(parts[2].Number(), parts[3].Number());
            return new(new(label, Text.Span(first, last), Text.Span(tail, end)), Text.Place(first, last), Text.Place(tail, end));
        }

        (int First, int Last) Span(int first, int last)
        {
            var (from, to) = (first - Offset, last - Offset);
            return from >= 0 && from <= to && to < Text.Count
                ? (from, to)
                : throw BadRecord.At(Source, Line, $"span {first} to {last}", $"tokens {Offset} to {Offset + Text.Count - 1} of its sentence");
        }
    }
}

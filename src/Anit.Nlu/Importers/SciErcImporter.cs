namespace Anit.Nlu.Importers;

/// <summary>SciERC (Luan et al. 2018, arXiv:1808.09602): one document a JSON line, a row a sentence, spans as token numbers in the
/// document.</summary>
static class SciErcImporter
{
    static readonly LabelTable Relations = new(
    [
        ("USED-FOR", "used for"), ("FEATURE-OF", "feature of"), ("HYPONYM-OF", "hyponym of"), ("PART-OF", "part of"),
        ("EVALUATE-FOR", "evaluate for"), ("COMPARE", "compare"), ("CONJUNCTION", "conjunction"),
    ]);

    static readonly LabelTable EntityTypes = new(
    [
        ("Task", "task"), ("Method", "method"), ("Metric", "metric"), ("Material", "material"),
        ("OtherScientificTerm", "other scientific term"), ("Generic", "generic"),
    ]);

    public static ImportFormat Format { get; } = new("scierc", Read, (NluTask.Relations, Relations), (NluTask.Ner, EntityTypes));

    sealed record Sentence(WordText Text, List<GoldItem> Items, RecordPlace At);

    static IEnumerable<NluRow> Read(ImportContext context) => context.Rows(
        source => JsonRecords.Read(context, source).SelectMany(record => record is null ? [] : context.Read(() => Sentences(context, record)) ?? []),
        (sentence, number) => Row(context, sentence, number));

    static NluRow? Row(ImportContext context, Sentence sentence, long number)
    {
        if (sentence.Text.Count > 0) return context.Items(number, sentence.Text.Text, sentence.Items, sentence.At);
        context.Note("sentences left out because they have no words");
        return null;
    }

    // All annotations of a document are checked before its first row, so that a skipped document leaves nothing behind.
    static List<Sentence> Sentences(ImportContext context, JsonRecord record)
    {
        var sentences = record.Fields.List("sentences").Select(s => s.Strings()).ToList();
        var annotations = record.Fields.List(context.Task == NluTask.Ner ? "ner" : "relations");
        if (annotations.Count != sentences.Count)
            throw record.At.Bad($"annotations of {annotations.Count} sentences", $"{sentences.Count}, one list a sentence");

        var offset = 0;
        var ready = new List<Sentence>();
        foreach (var (words, annotation) in sentences.Zip(annotations))
        {
            var annotated = new Annotated(context, record.At, new(words), offset);
            ready.Add(new(annotated.Text, [.. annotation.List().Select(a => annotated.Item(a.List()))], record.At));
            offset += words.Count;
        }
        return ready;
    }

    readonly record struct Annotated(ImportContext Context, RecordPlace At, WordText Text, int Offset)
    {
        public GoldItem Item(List<JsonFields> parts)
        {
            var spans = Context.Task == NluTask.Ner ? 1 : 2;
            if (parts.Count < 2 * spans + 1)
                throw At.Bad($"an annotation of {parts.Count} parts", spans == 1 ? "[start, end, type]" : "[start, end, start, end, type]");
            var label = Context.Name(parts[2 * spans].Text(), At);
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
                : throw At.Bad($"span {first} to {last}", $"tokens {Offset} to {Offset + Text.Count - 1} of its sentence");
        }
    }
}

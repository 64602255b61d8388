namespace Anit.Nlu.Importers;

/// <summary>SST-2 as GLUE hands it out: <c>sentence TAB label</c>, label 1 positive, 0 negative, with or without a header.</summary>
static class Sst2Importer
{
    static readonly LabelTable Labels = new([("1", "positive"), ("0", "negative")]);

    public static ImportFormat Format { get; } = new("sst2", Read, (NluTask.Classification, Labels));

    static IEnumerable<NluRow> Read(ImportContext context) =>
        context.Rows(source => LineSource.Records(source, IsHeader), (line, number) => Row(context, line, number));

    static bool IsHeader(string line) =>
        line.Split('\t').Select(name => name.Trim(' ', '"').ToLowerInvariant()).ToArray() is ["sentence" or "text", "label"];

    static NluRow Row(ImportContext context, Line line, long number)
    {
        var cells = line.Text.Split('\t');
        if (cells.Length != 2) throw line.At.Bad($"{cells.Length} columns", "2 separated by a tab (sentence, label)");
        var text = cells[0].Trim(' ');
        if (string.IsNullOrWhiteSpace(text)) throw line.At.Bad("no sentence before the tab", "one");
        return context.Class(number, text, context.Name(cells[1].Trim(), line.At));
    }
}

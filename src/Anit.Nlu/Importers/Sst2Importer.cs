namespace Anit.Nlu;

/// <summary>SST-2 as GLUE hands it out: <c>sentence TAB label</c>, label 1 positive, 0 negative, with or without a header.</summary>
static class Sst2Importer
{
    public static IEnumerable<NluRow> Read(ImportContext context)
    {
        var number = 0L;
        foreach (var source in context.Sources)
        {
            foreach (var line in LineSource.Lines(source))
            {
                if (line.Text.Length == 0 || line is { Number: 1, Text: "sentence\tlabel" }) continue;
                if (Row(context, source.Name, line, number++) is { } row) yield return row;
            }
        }
    }

    static NluRow? Row(ImportContext context, string source, Line line, long number)
    {
        try
        {
            var cells = line.Text.Split('\t');
            if (cells.Length != 2) throw BadRecord.At(source, line.Number, $"{cells.Length} columns", "2 separated by a tab (sentence, label)");
            var text = cells[0].Trim();
            if (text.Length == 0) throw BadRecord.At(source, line.Number, "no sentence before the tab", "one");
            return context.Class(number, text, context.Name(cells[1].Trim(), source, line.Number));
        }
        catch (InvalidDataException bad) when (context.Skips(bad))
        {
            return null;
        }
    }
}

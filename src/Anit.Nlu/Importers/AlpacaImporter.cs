namespace Anit.Nlu;

/// <summary>Alpaca-style data (Taori et al. 2023): objects with <c>instruction</c>, <c>input</c> and <c>output</c>, an array or one a line.</summary>
/// <remarks>Task <c>other</c>: the text is the input, null when empty, and the target is the output.</remarks>
static class AlpacaImporter
{
    public static IEnumerable<NluRow> Read(ImportContext context)
    {
        var number = 0L;
        foreach (var source in context.Sources)
        {
            foreach (var record in JsonRecords.Read(source, bad => { number++; if (!context.Skips(bad)) throw bad; }))
            {
                if (Row(context, source.Name, record, number++) is { } row) yield return row;
            }
        }
    }

    static NluRow? Row(ImportContext context, string source, JsonRecord record, long number)
    {
        try
        {
            var json = new JsonFields(context, source, record.Line, record.Value);
            var instruction = json.Text("instruction");
            if (string.IsNullOrWhiteSpace(instruction)) throw BadRecord.At(source, record.Line, "an empty \"instruction\"", "one with words");
            var input = json.OptionalText("input");
            return context.Free(number, instruction, string.IsNullOrEmpty(input) ? null : input, json.Text("output"));
        }
        catch (InvalidDataException bad) when (context.Skips(bad))
        {
            return null;
        }
    }
}

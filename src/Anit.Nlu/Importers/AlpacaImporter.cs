namespace Anit.Nlu.Importers;

/// <summary>Alpaca-style data (Taori et al. 2023): objects with <c>instruction</c>, <c>input</c> and <c>output</c>, an array or one a line.</summary>
/// <remarks>Task <c>other</c>: the text is the input, null when empty, and the target is the output.</remarks>
static class AlpacaImporter
{
    public static ImportFormat Format { get; } = new("alpaca", Read, (NluTask.Other, new([])));

    static IEnumerable<NluRow> Read(ImportContext context) =>
        context.Rows(source => JsonRecords.Read(context, source), (record, number) => Row(context, record, number));

    static NluRow? Row(ImportContext context, JsonRecord record, long number)
    {
        var json = record.Fields;
        var instruction = json.Text("instruction");
        if (string.IsNullOrWhiteSpace(instruction)) throw record.At.Bad("an empty \"instruction\"", "one with words");
        var input = json.OptionalText("input");
        var output = json.Text("output");
        if (!string.IsNullOrWhiteSpace(output)) return context.Free(number, instruction, string.IsNullOrEmpty(input) ? null : input, output);
        context.Note("rows left out because their output is empty: there is nothing to learn");
        return null;
    }
}

using System.Text.Json;

namespace Anit.Nlu;

/// <summary>New York Times relations (Riedel et al. 2010) in both public forms: JSON lines with mentions, and CasRel's triple lists.</summary>
/// <remarks>Neither form has offsets, so items are ordered by where their spans first stand in the text; what does not stand there comes last.</remarks>
static class NytImporter
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
            var mentions = record.Value.ValueKind == JsonValueKind.Object && record.Value.TryGetProperty("sentText", out _);
            var text = json.Text(mentions ? "sentText" : "text").Trim();
            var items = (context.Task, mentions) switch
            {
                (NluTask.Ner, true) => Entities(json, context, source, record.Line, text),
                (NluTask.Ner, false) => throw BadRecord.At(source, record.Line, "no entityMentions", "the JSON lines form; triple lists have no entities"),
                (_, true) => json.List("relationMentions").Select(r => Relation(r.Text("em1Text"), r.Text("label"), r.Text("em2Text"))),
                _ => json.List("triple_list").Select(t => t.Strings(3)).Select(t => Relation(t[0], t[1], t[2])),
            };
            return context.Items(number, text, items.ToList(), source, record.Line);

            GoldItem Relation(string head, string code, string tail) =>
                new(new(context.Name(code, source, record.Line), head, tail), Place(context, text, head, 0), Place(context, text, tail, 0));
        }
        catch (InvalidDataException bad) when (context.Skips(bad))
        {
            return null;
        }
    }

    // A repeated mention is the next occurrence of its words.
    static List<GoldItem> Entities(JsonFields json, ImportContext context, string source, long line, string text)
    {
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var items = new List<GoldItem>();
        foreach (var mention in json.List("entityMentions"))
        {
            var span = mention.Text("text");
            var place = Place(context, text, span, next.GetValueOrDefault(span));
            if (place.Start < text.Length) next[span] = place.End;
            items.Add(new(new(context.Name(mention.Text("label"), source, line), span), place));
        }
        return items;
    }

    static (int Start, int End) Place(ImportContext context, string text, string span, int from)
    {
        var at = text.IndexOf(span, Math.Min(from, text.Length), StringComparison.Ordinal);
        if (at >= 0) return (at, at + span.Length);
        context.Note("spans that do not stand in their text");
        return (int.MaxValue, int.MaxValue);
    }
}

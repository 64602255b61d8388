using System.Text.Json;

namespace Anit.Nlu.Importers;

/// <summary>New York Times relations (Riedel et al. 2010) in both public forms: JSON lines with mentions, and CasRel's triple lists.</summary>
/// <remarks>Neither form has offsets, so items are ordered by where their spans first stand in the text; what does not stand there comes
/// last.</remarks>
static class NytImporter
{
    static readonly LabelTable Relations = new(
    [
        ("/business/company/advisors", "company advisors"), ("/business/company/founders", "company founders"),
        ("/business/company/industry", "company industry"), ("/business/company/major_shareholders", "company major shareholders"),
        ("/business/company/place_founded", "company place founded"),
        ("/business/company_shareholder/major_shareholder_of", "major shareholder of company"),
        ("/business/person/company", "person of company"),
        ("/location/administrative_division/country", "administrative division of country"),
        ("/location/country/administrative_divisions", "country administrative divisions"), ("/location/country/capital", "country capital"),
        ("/location/location/contains", "location contains"), ("/location/neighborhood/neighborhood_of", "neighborhood of"),
        ("/people/deceased_person/place_of_death", "place of death"),
        ("/people/ethnicity/geographic_distribution", "geographic distribution"), ("/people/ethnicity/people", "people of ethnicity"),
        ("/people/person/children", "children"), ("/people/person/ethnicity", "ethnicity"), ("/people/person/nationality", "nationality"),
        ("/people/person/place_lived", "place lived"), ("/people/person/place_of_birth", "place of birth"),
        ("/people/person/profession", "profession"), ("/people/person/religion", "religion"),
        ("/sports/sports_team/location", "sports team location"), ("/sports/sports_team_location/teams", "sports team of location"),
    ]);

    static readonly LabelTable EntityTypes = new([("LOCATION", "location"), ("PERSON", "person"), ("ORGANIZATION", "organization")]);

    public static ImportFormat Format { get; } = new("nyt", Read, (NluTask.Relations, Relations), (NluTask.Ner, EntityTypes));

    static IEnumerable<NluRow> Read(ImportContext context) =>
        context.Rows(source => JsonRecords.Read(context, source), (record, number) => Row(context, record, number));

    static NluRow? Row(ImportContext context, JsonRecord record, long number)
    {
        var json = record.Fields;
        var mentions = record.Value.ValueKind == JsonValueKind.Object && record.Value.TryGetProperty("sentText", out _);
        var text = json.Text(mentions ? "sentText" : "text").Trim(' ', '\t', '\r', '\n');
        if (string.IsNullOrWhiteSpace(text)) throw record.At.Bad("an empty text", "a sentence");
        var items = (context.Task, mentions) switch
        {
            (NluTask.Ner, true) => Entities(json, context, record.At, text),
            (NluTask.Ner, false) => throw record.At.Bad("no entityMentions", "the JSON lines form; triple lists have no entities"),
            (_, true) => json.List("relationMentions").Select(r => Relation(r.Text("em1Text"), r.Text("label"), r.Text("em2Text"))),
            _ => json.List("triple_list").Select(t => t.Strings(3)).Select(t => Relation(t[0], t[1], t[2])),
        };
        return context.Items(number, text, items.ToList(), record.At);

        GoldItem Relation(string head, string code, string tail) =>
            new(new(context.Name(code, record.At), head, tail), Place(context, text, head, 0), Place(context, text, tail, 0));
    }

    // A repeated mention is the next occurrence of its words.
    static List<GoldItem> Entities(JsonFields json, ImportContext context, RecordPlace at, string text)
    {
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var items = new List<GoldItem>();
        foreach (var mention in json.List("entityMentions"))
        {
            var span = mention.Text("text");
            var place = Place(context, text, span, next.GetValueOrDefault(span));
            if (place.Start < text.Length) next[span] = place.End;
            items.Add(new(new(context.Name(mention.Text("label"), at), span), place));
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

namespace Anit.Nlu;

/// <summary>The labels of the datasets, as their files spell them and in natural words.</summary>
/// <remarks>Names for CoNLL-2003, AG News, SST-2 and the polarities are the paper's; the rest are ours.</remarks>
static class DatasetLabels
{
    public static readonly LabelTable Conll2003 = new(
        [("LOC", "location"), ("MISC", "else"), ("ORG", "organization"), ("PER", "person")]);

    public static readonly LabelTable OntoNotes = new(
    [
        ("PERSON", "person"), ("NORP", "nationality or religious or political group"), ("FAC", "facility"), ("ORG", "organization"),
        ("GPE", "geopolitical entity"), ("LOC", "location"), ("PRODUCT", "product"), ("EVENT", "event"), ("WORK_OF_ART", "work of art"),
        ("LAW", "law"), ("LANGUAGE", "language"), ("DATE", "date"), ("TIME", "time"), ("PERCENT", "percent"), ("MONEY", "money"),
        ("QUANTITY", "quantity"), ("ORDINAL", "ordinal"), ("CARDINAL", "cardinal"),
    ]);

    public static readonly LabelTable NytRelations = new(
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

    public static readonly LabelTable NytEntities = new([("LOCATION", "location"), ("PERSON", "person"), ("ORGANIZATION", "organization")]);

    public static readonly LabelTable SciErcRelations = new(
    [
        ("USED-FOR", "used for"), ("FEATURE-OF", "feature of"), ("HYPONYM-OF", "hyponym of"), ("PART-OF", "part of"),
        ("EVALUATE-FOR", "evaluate for"), ("COMPARE", "compare"), ("CONJUNCTION", "conjunction"),
    ]);

    public static readonly LabelTable SciErcEntities = new(
    [
        ("Task", "task"), ("Method", "method"), ("Metric", "metric"), ("Material", "material"),
        ("OtherScientificTerm", "other scientific term"), ("Generic", "generic"),
    ]);

    public static readonly LabelTable Sst2 = new([("1", "positive"), ("0", "negative")]);

    public static readonly LabelTable AgNews = new([("1", "World"), ("2", "Sports"), ("3", "Business"), ("4", "Sci/Tech")]);

    public static readonly LabelTable Polarities = new([("POS", "Positive"), ("NEG", "Negative"), ("NEU", "Neutral")]);
}

namespace Anit.Samples;

/// <summary>A name with its later short form, and the words that go before it without belonging to it.</summary>
internal readonly record struct Name(string First, string Again, string Before = "", string BeforeAgain = "", bool Plural = false);

/// <summary>Which part of the name lists is used: the base model never meets what is kept for the demo.</summary>
internal enum Share { Base, Demo }

/// <summary>Makes names of people, places, organisations, works, products, events and dates.</summary>
/// <remarks>Surnames, towns, firms and products draw on one stock of stems, and a list of everyday names (Jordan, Apple,
/// April, Lincoln) serves several kinds: what a name stands for is told by its sentence, not by its letters.</remarks>
internal sealed class Names(Grammar grammar, Share share, double ambiguous = 0.25)
{
    public Name Make(string kind, Rng rng) => kind switch
    {
        "person" => Person(rng),
        "city" => Plain(City(rng)),
        "country" => Country(rng),
        "river" => rng.Chance(0.5) ? Plain($"{River(rng)} River", before: "the") : Plain($"River {River(rng)}", before: "the"),
        "mountain" => rng.Chance(0.7) ? Plain($"Mount {Stem(rng)}") : Plain($"{Stem(rng)} {Pick(rng, "name.peak")}"),
        "lake" => rng.Chance(0.6) ? Plain($"Lake {Stem(rng)}") : Plain($"{Stem(rng)} Bay"),
        "facility" => Facility(rng),
        "company" => Company(rng),
        "team" => Team(rng),
        "agency" => Plain(Agency(rng), before: "the"),
        "school" => School(rng) is var school && school.StartsWith("University of", StringComparison.Ordinal) ? Plain(school, "the") : Plain(school),
        "band" => Band(rng),
        "product" => Plain(Product(rng)),
        "film" or "book" or "song" => Plain(Title(rng)),
        "event" => Plain(Event(rng), before: "the"),
        "treaty" => Plain($"Treaty of {City(rng)}", before: "the"),
        "storm" => Plain($"{rng.Pick(["Storm", "Hurricane", "Cyclone"])} {FirstName(rng)}"),
        "day" => Plain(Day(rng)),
        "month" => Plain(rng.Chance(0.5) ? Pick(rng, "month") : $"{Pick(rng, "month")} {Year(rng)}"),
        "year" => Plain(Year(rng)),
        "money" => Plain(Money(rng)),
        "price" => Plain(rng.Chance(0.5) ? $"${rng.Below(95) + 5}" : $"{rng.Below(95) + 5} pounds"),
        "people" => Plain(Pick(rng, "name.nationality")),
        "ship" => Plain(Ship(rng), before: rng.Chance(0.7) ? "the" : ""),
        "line" => Line(rng),
        "port" => Plain(rng.Chance(0.4) ? $"Port {Stem(rng)}" : rng.Chance(0.2) ? $"{City(rng)} Harbour" : City(rng)),
        "instrument" => Plain(Pick(rng, "instrument")),
        _ => throw new ArgumentException($"no names of kind '{kind}'", nameof(kind)),
    };

    static Name Plain(string name, string before = "") => new(name, name, before, before);

    Name Person(Rng rng)
    {
        if (rng.Chance(ambiguous * 0.5))
        {
            var single = Pick(rng, "name.ambiguous.person");
            return rng.Chance(0.5) ? Plain(single) : new($"{FirstName(rng)} {single}", single);
        }
        var first = FirstName(rng);
        var last = LastName(rng);
        return rng.Below(20) switch
        {
            < 9 => new($"{first} {last}", rng.Chance(0.8) ? last : $"{first} {last}"),
            < 10 => new($"{first} {rng.Pick("A B C D E F G H J K L M N P R S T W".Split(' '))}. {last}", last),
            < 11 => new($"{first[0]}. {last}", last),
            < 13 => new(last, last, rng.Pick(["Mr", "Ms", "Dr", "Professor"]), ""),
            < 17 => Plain(last),
            _ => Plain(first),
        };
    }

    string FirstName(Rng rng) => rng.Chance(ambiguous * 0.4) ? Pick(rng, "name.ambiguous.first")
        : Pick(rng, rng.Chance(0.5) ? "name.first.f" : "name.first.m");

    string LastName(Rng rng) => rng.Below(10) switch
    {
        < 4 => Pick(rng, "name.last"),
        < 5 => Pick(rng, "name.last.world"),
        < 6 => Pick(rng, "name.city"),
        _ => Stem(rng),
    };

    /// <summary>A stem of the shared stock, such as Ashford: a surname, a town, a firm or a product.</summary>
    string Stem(Rng rng) => Kept(rng, () => Pick(rng, "stem.head") + Pick(rng, "stem.tail"));

    string City(Rng rng) => rng.Below(20) switch
    {
        < 6 => Pick(rng, "name.city"),
        < 13 => Stem(rng),
        < 15 => Pick(rng, "name.ambiguous.place"),
        < 16 => $"{rng.Pick(["New", "Port", "Fort", "Upper", "West", "East", "San", "St"])} {Stem(rng)}",
        < 17 => $"{Stem(rng)} {rng.Pick(["Springs", "Falls", "Heights", "Beach", "Hill", "Green", "Cross"])}",
        < 18 => Pick(rng, "name.last"),
        _ => Pick(rng, "name.city.world"),
    };

    Name Country(Rng rng)
    {
        var name = rng.Chance(0.8) ? Pick(rng, "name.country") : Kept(rng, () => Pick(rng, "land.head") + Pick(rng, "land.tail"));
        return Plain(name);
    }

    string River(Rng rng) => rng.Chance(0.4) ? Pick(rng, "name.river") : Stem(rng);

    Name Facility(Rng rng)
    {
        var kind = Pick(rng, "name.facility");
        return Plain($"{Landmark(rng)} {kind}",
            before: kind is "Museum" or "Bridge" or "Library" or "Theatre" or "Tower" or "Gallery" or "Arena" ? "the" : "");
    }

    string Landmark(Rng rng) => rng.Below(4) switch { 0 => City(rng), 1 => LastName(rng), 2 => Pick(rng, "word.colour"), _ => Stem(rng) };

    Name Company(Rng rng)
    {
        if (rng.Chance(ambiguous)) return Plain(Pick(rng, "name.ambiguous.company"));
        var stem = rng.Below(4) switch { 0 => LastName(rng), 1 => Coined(rng), _ => Stem(rng) };
        return rng.Below(12) switch
        {
            < 3 => new($"{stem} {Pick(rng, "name.company.tail")}", stem),
            < 5 => new($"{stem} {rng.Pick(["Ltd", "Inc", "Group", "Holdings", "AG", "plc", "& Co"])}", stem),
            < 7 => Plain(stem),
            < 8 => Plain($"{LastName(rng)} & {LastName(rng)}"),
            < 9 => Plain($"{LastName(rng)} {rng.Pick(["Brothers", "and Sons", "& Daughters"])}"),
            < 10 => Plain($"{Pick(rng, "word.colour")} {Pick(rng, "word.emblem")}"),
            < 11 => Plain(Initials(rng)),
            _ => Plain($"{Pick(rng, "word.emblem")} {Pick(rng, "name.company.tail")}"),
        };
    }

    Name Team(Rng rng)
    {
        var town = City(rng);
        var beasts = Inflection.Plural(Pick(rng, "word.beast"));
        return rng.Below(10) switch
        {
            < 4 => new($"{town} {rng.Pick(["United", "City", "Rovers", "Athletic", "Wanderers", "Town", "Rangers", "Albion"])}", town),
            < 7 => Plain(town),
            < 9 => new($"{town} {beasts}", town, "the"),
            _ => new(beasts, beasts, "the", "the", Plural: true),
        };
    }

    string Agency(Rng rng) => rng.Below(6) switch
    {
        0 => $"Ministry of {Pick(rng, "name.portfolio")}",
        1 => $"Department of {Pick(rng, "name.portfolio")}",
        2 => $"{City(rng)} City Council",
        3 => $"{Pick(rng, "name.nationality")} {Pick(rng, "name.portfolio")} {rng.Pick(["Agency", "Authority", "Board", "Commission"])}",
        4 => $"{Pick(rng, "name.portfolio")} {rng.Pick(["Office", "Council", "Committee", "Inspectorate"])}",
        _ => Initials(rng),
    };

    string School(Rng rng) => rng.Below(5) switch
    {
        0 => $"University of {City(rng)}",
        1 => $"{City(rng)} University",
        2 => $"{LastName(rng)} College",
        3 => $"{City(rng)} Institute of {Pick(rng, "name.portfolio")}",
        _ => $"{LastName(rng)} {rng.Pick(["School", "Academy", "High School"])}",
    };

    Name Band(Rng rng)
    {
        var emblems = Inflection.Plural(Pick(rng, "word.emblem"));
        return rng.Below(3) switch
        {
            0 => Plain($"{Pick(rng, "word.mood")} {Pick(rng, "word.emblem")}"),
            1 => new(emblems, emblems, "the", "the", Plural: true),
            _ => Plain($"{Pick(rng, "word.emblem")} and the {emblems}"),
        };
    }

    string Product(Rng rng) => rng.Below(8) switch
    {
        < 2 => $"{Coined(rng)} {rng.Pick(["2", "3", "5", "7", "8", "9", "10", "12", "20", "100", "X", "Pro", "Mini", "Max", "One", "Plus"])}",
        < 3 => Coined(rng),
        < 4 => $"{Stem(rng)} {Pick(rng, "word.beast")}",
        < 5 => Pick(rng, "name.ambiguous.company"),
        < 6 => $"{Initials(rng)[..2]}-{rng.Below(90) + 10}",
        < 7 => Pick(rng, "word.beast"),
        _ => $"{Stem(rng)} {rng.Pick(["Pro", "Classic", "S", "GT", "Touch", "Air", "Mini"])}",
    };

    string Title(Rng rng) => rng.Below(8) switch
    {
        0 => $"The {Pick(rng, "word.mood")} {Pick(rng, "word.emblem")}",
        1 => $"{Pick(rng, "word.mood")} {Inflection.Plural(Pick(rng, "word.emblem"))}",
        2 => $"The {Pick(rng, "word.emblem")} of {City(rng)}",
        3 => $"{Pick(rng, "word.gerund")} "
            + $"{rng.Pick(["Home", "Alone", "for Love", "in the Dark", "North", "with Strangers", "after Rain", "to Stay"])}",
        4 => $"{FirstName(rng)}",
        5 => $"A {Pick(rng, "word.emblem.consonant")} for {FirstName(rng)}",
        6 => $"Last {Pick(rng, "word.emblem")} to {City(rng)}",
        _ => $"{Pick(rng, "word.emblem")} and {Pick(rng, "word.emblem")}",
    };

    string Event(Rng rng) => rng.Below(6) switch
    {
        0 => $"{City(rng)} {rng.Pick(["Festival", "Marathon", "Carnival", "Summit", "Fair", "Biennale", "Games", "Open"])}",
        1 => $"World {Pick(rng, "name.contest")} Cup",
        2 => $"{Year(rng)} {Pick(rng, "name.contest")} Championship",
        3 or 4 => $"{LastName(rng)} {rng.Pick(["Cup", "Prize", "Trophy", "Lecture", "Awards"])}",
        _ => $"{Pick(rng, "word.season")} {Pick(rng, "name.contest")} Games",
    };

    string Ship(Rng rng) => rng.Below(8) switch
    {
        0 => $"{FirstName(rng)} {LastName(rng)}",
        1 => City(rng),
        2 => $"{Pick(rng, "name.nationality")} {Pick(rng, "word.emblem")}",
        3 => $"{Pick(rng, "word.mood")} {Pick(rng, "word.emblem")}",
        4 => $"{Stem(rng)} {rng.Pick(["Star", "Spirit", "Queen", "Express", "Trader", "Pride"])}",
        5 => FirstName(rng),
        6 => $"MV {Stem(rng)}",
        _ => Pick(rng, "word.beast"),
    };

    Name Line(Rng rng)
    {
        if (rng.Chance(ambiguous)) return Plain(Pick(rng, "name.ambiguous.company"));
        var stem = rng.Below(3) switch { 0 => LastName(rng), 1 => Coined(rng), _ => Stem(rng) };
        return rng.Chance(0.25) ? Plain(stem) : new($"{stem} {rng.Pick(["Lines", "Shipping", "Ferries", "Marine", "Freight", "Navigation"])}", stem);
    }

    static string Year(Rng rng) => (1880 + rng.Below(150)).ToString();

    string Day(Rng rng) => rng.Below(5) switch
    {
        0 => $"{rng.Below(28) + 1} {Pick(rng, "month")} {Year(rng)}",
        1 => $"{Pick(rng, "month")} {rng.Below(28) + 1}",
        2 => $"{rng.Below(28) + 1} {Pick(rng, "month")}",
        _ => Pick(rng, "weekday"),
    };

    static string Money(Rng rng)
    {
        var amount = rng.Below(3) switch { 0 => (rng.Below(9) + 1).ToString(), 1 => (rng.Below(90) + 10).ToString(),
            _ => (rng.Below(19) * 50 + 50).ToString() };
        return rng.Below(4) switch { 0 => $"${amount}", 1 => $"${amount} million", 2 => $"{amount} million euros", _ => $"{amount}0 pounds" };
    }

    static string Initials(Rng rng) => string.Concat(Enumerable.Range(0, 3 + rng.Below(2)).Select(_ => "ABCDEFGHIKLMNOPRSTUVW"[rng.Below(21)]));

    string Coined(Rng rng) => Kept(rng, () => Pick(rng, "coin.head") + Pick(rng, "coin.tail"));

    string Pick(Rng rng, string list) => list.StartsWith("name.", StringComparison.Ordinal) ? Kept(rng, () => rng.Pick(grammar.Words(list)))
        : rng.Pick(grammar.Words(list));

    // A fifth of all names, by a hash of their letters, is kept for the demo; the demo draws six of ten from it.
    string Kept(Rng rng, Func<string> draw)
    {
        var wanted = share == Share.Demo && rng.Chance(0.6);
        for (var tries = 0; ; tries++)
        {
            var name = draw();
            if ((Rng.Key(0, name, 0) % 5 == 0) == wanted || (share == Share.Demo && !wanted) || tries == 50) return name;
        }
    }
}

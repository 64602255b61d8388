namespace Anit.Samples;

/// <summary>A label as an option shows it and the kinds of span that it stands for.</summary>
internal sealed record EntityLabel(string Name, IReadOnlySet<string> Kinds);

/// <summary>A relation as an option shows it; with <paramref name="Inverse"/> head and tail change places.</summary>
internal sealed record RelationLabel(string Name, string Relation, bool Inverse);

/// <summary>Draws the label sets that the pretraining rows offer: which labels, by which names, in which order.</summary>
internal static class LabelSets
{
    static readonly List<(string[] Names, HashSet<string> Kinds)> Entities =
        [.. Grammar.Table("labels-ner").Select(cells => (Names(cells[0]), cells[1].Split(' ').ToHashSet()))];
    static readonly List<(string Relation, string[] Forward, string[] Inverse)> Relations =
        [.. Grammar.Table("labels-re").Select(cells => (cells[0], Names(cells[1]), Names(cells[2])))];
    static readonly string[][] Polarities =
        [["positive", "negative", "neutral"], ["Positive", "Negative", "Neutral"], ["good", "bad", "average"], ["praise", "blame", "indifference"],
            ["like", "dislike", "neither"], ["pro", "con", "even"]];
    static readonly string[][] Verdicts =
        [["positive", "negative"], ["Positive", "Negative"], ["good", "bad"], ["favourable", "unfavourable"], ["praise", "criticism"],
            ["thumbs up", "thumbs down"], ["recommended", "not recommended"]];

    /// <summary>The classes that a text may have: the symbol's name and the names shown for it.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Topics = Grammar.Table("labels-tc").ToDictionary(c => c[0], c => Names(c[1]));
    public static readonly IReadOnlyDictionary<string, string[]> Wishes = Grammar.Table("labels-other").ToDictionary(c => c[0], c => Names(c[1]));

    /// <summary>Two to six entity labels whose meanings do not overlap, most often with one that occurs in the text.</summary>
    public static IReadOnlyList<EntityLabel> ForEntities(IReadOnlySet<string> present, Rng rng)
    {
        var chosen = new List<(string[] Names, HashSet<string> Kinds)>();
        void Take((string[] Names, HashSet<string> Kinds) concept)
        {
            if (!chosen.Exists(c => c.Kinds.Overlaps(concept.Kinds))) chosen.Add(concept);
        }
        var wanted = 2 + rng.Below(4);
        if (rng.Chance(0.3))
            foreach (var name in (string[])["person", "location", "organization", "else"]) Take(Entities.Find(e => e.Names[0] == name));
        else
        {
            if (rng.Chance(0.93) && Entities.Where(e => e.Kinds.Overlaps(present)).ToList() is { Count: > 0 } useful) Take(rng.Pick(useful));
            if (rng.Chance(0.6) && Entities.Where(e => e.Kinds.Overlaps(present)).ToList() is { Count: > 0 } second) Take(rng.Pick(second));
            foreach (var concept in rng.Shuffled(Entities).TakeWhile(_ => chosen.Count < wanted)) Take(concept);
        }
        var style = rng.Below(12);
        return rng.Shuffled(chosen.Select(c => new EntityLabel(Styled(c.Names[rng.Below(5) < 2 ? 0 : rng.Below(c.Names.Length)], style), c.Kinds)));
    }

    /// <summary>One to five relations, most often with those that the text states.</summary>
    public static IReadOnlyList<RelationLabel> ForRelations(IReadOnlyList<string> stated, Rng rng)
    {
        var chosen = new List<RelationLabel>();
        var wanted = 2 + rng.Below(4);
        foreach (var relation in stated.Distinct().Where(_ => rng.Chance(0.92)).Concat(rng.Shuffled(Relations.Select(r => r.Relation))))
        {
            if (chosen.Count >= wanted || chosen.Exists(c => c.Relation == relation)) continue;
            var (_, forward, inverse) = Relations.Find(r => r.Relation == relation);
            var turned = inverse.Length > 0 && rng.Chance(0.3);
            var name = rng.Pick(turned ? inverse : forward);
            if (!chosen.Exists(c => c.Name == name)) chosen.Add(new(name, relation, turned));
        }
        return rng.Shuffled(chosen);
    }

    public static string[] ForPolarity(Rng rng) => Polarities[rng.Below(2) == 0 ? rng.Below(2) : rng.Below(Polarities.Length)];

    public static string[] ForVerdict(Rng rng) => Verdicts[rng.Below(2) == 0 ? rng.Below(2) : rng.Below(Verdicts.Length)];

    /// <summary>Options for a class: its own name, the one that misleads, and others, in a random order.</summary>
    public static (IReadOnlyList<string> Options, string Gold) ForClass(IReadOnlyDictionary<string, string[]> classes, string gold,
        string misleading, Rng rng)
    {
        var keys = new List<string> { gold };
        if (rng.Chance(0.75)) keys.Add(misleading);
        var wanted = 2 + rng.Below(5);
        keys.AddRange(rng.Shuffled(classes.Keys.Where(k => k != gold && k != misleading)).Take(Math.Max(0, wanted - keys.Count)));
        var style = rng.Below(8);
        var names = keys.Select(k => Styled(classes[k][rng.Chance(0.5) ? 0 : rng.Below(classes[k].Length)], style)).ToList();
        return (rng.Shuffled(names), names[0]);
    }

    static string Styled(string name, int style) => style == 0 ? char.ToUpperInvariant(name[0]) + name[1..] : name;

    static string[] Names(string cell) => cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

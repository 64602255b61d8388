namespace Anit.Samples;

/// <summary>The rows that the base model is trained on: four tasks in many wordings and label sets, and plain text.</summary>
/// <remarks>Row i is a pure function of (seed, i): any part of the mix can be made alone.</remarks>
internal sealed class BaseMix(Grammar grammar, ulong seed)
{
    const int LongestText = 27; // words; keeps a prompt near a hundred tokens

    static readonly string[] Domains = ["restaurant", "hotel", "computer", "fiction", "journey"];
    static readonly string[] Topics = [.. LabelSets.Topics.Keys];
    static readonly string[] Kinds = [.. LabelSets.Wishes.Keys.Where(k => k.StartsWith("q.", StringComparison.Ordinal))];
    static readonly string[] Wishes = [.. LabelSets.Wishes.Keys.Except(Kinds)];

    readonly Names names = new(grammar, Share.Base);

    public IEnumerable<Row> Rows(long count) => Numbers(count).Select(At);

    public Row At(long index)
    {
        var rng = new Rng(Rng.Key(seed, "base", index));
        var writer = new Writer(grammar, names, rng);
        var id = $"base/{index:D6}";
        return rng.Below(100) switch
        {
            < 28 => Whole(id, "ner", Entities(writer, rng), writer, rng),
            < 43 => Whole(id, "re", Relations(writer, rng), writer, rng),
            < 66 => Whole(id, "tc", Class(writer, rng), writer, rng),
            < 81 => Whole(id, "absa", Judgements(writer, rng), writer, rng),
            < 91 => new OtherRows(writer, rng).Small(id, Text(writer, rng), writer.Must("news", LongestText)),
            _ => new(id, "other", "", null, null, null, null, Text(writer, rng).Text),
        };
    }

    static Row Whole(string id, string task, Answered made, Writer writer, Rng rng)
    {
        var asked = Ask(task, made.QuestionKind, writer, rng);
        return new(id, task, asked.Instruction, asked.Question, asked.Format, made.Options, made.Text, made.Target);
    }

    // Question and format are often missing: the model should lean on each part, and short prompts train faster.
    static Asked Ask(string task, string? kind, Writer writer, Rng rng)
    {
        var style = rng.Below(100);
        if (style < 18) return Wordings.For(style < 15 ? "concise" : "detailed", kind == "tc.question.sentiment" && rng.Chance(0.5) ? "sst2" : task);
        var ask = rng.Below(10);
        var question = kind is not null && rng.Chance(0.6) ? kind : $"{task}.question";
        return new(writer.Must($"{task}.instruction", 99).Text, ask is < 5 or 6 or 7 ? writer.Must(question, 99).Text : null, ask is < 5 or 8
            ? writer.Must($"{task}.format", 99).Text : null);
    }

    static Answered Entities(Writer writer, Rng rng)
    {
        var passage = rng.Chance(0.04) ? writer.Must("trap.text", LongestText) : writer.Must("news", LongestText);
        var labels = LabelSets.ForEntities(passage.Spans.Select(s => s.Kind).ToHashSet(), rng);
        return new([.. labels.Select(l => l.Name)], passage.Text, Answers.Entities(passage, labels));
    }

    static Answered Relations(Writer writer, Rng rng)
    {
        var passage = writer.Must("news", LongestText);
        if (passage.Facts.Count == 0 && rng.Chance(0.85)) return Relations(writer, rng);
        var labels = LabelSets.ForRelations([.. passage.Facts.Select(f => f.Relation)], rng);
        return new([.. labels.Select(l => l.Name)], passage.Text, Answers.Relations(passage, labels));
    }

    Answered Class(Writer writer, Rng rng)
    {
        switch (rng.Below(20))
        {
            case < 10:
                var (t, u) = TwoOf(Topics, rng);
                var root = grammar.Has($"{t}.named") && rng.Chance(0.3) ? "topic.named" : "topic.text";
                return Classified(writer.Must(root, LongestText, ("t", t), ("u", u)), LabelSets.Topics, t, u, "tc.question.topic", rng);
            case < 15:
                var s = rng.Below(2);
                var verdicts = LabelSets.ForVerdict(rng);
                var review = writer.Must("senti.text", LongestText, ("s", s == 0 ? "pos" : "neg"), ("r", s == 0 ? "neg" : "pos"));
                return new(rng.Shuffled(verdicts), review.Text, Answers.Class(verdicts[s]), "tc.question.sentiment");
            case < 18:
                var (i, j) = TwoOf(Wishes, rng);
                return Classified(writer.Must("intent.text", LongestText, ("i", i), ("j", j)), Only(Wishes), i, j, "tc.question.intent", rng);
            default:
                var (k, l) = TwoOf(Kinds, rng);
                return Classified(writer.Must("question.text", LongestText, ("k", k[2..])), Only(Kinds), k, l, "tc.question.kind", rng);
        }
    }

    static Dictionary<string, string[]> Only(string[] keys) => keys.ToDictionary(k => k, k => LabelSets.Wishes[k]);

    static Answered Classified(Passage passage, IReadOnlyDictionary<string, string[]> classes, string gold, string misleading,
        string question, Rng rng)
    {
        var (options, name) = LabelSets.ForClass(classes, gold, misleading, rng);
        return new(options, passage.Text, Answers.Class(name), question);
    }

    static Answered Judgements(Writer writer, Rng rng)
    {
        var passage = writer.Must("review", LongestText, ("d", rng.Pick(Domains)), ("k", "full"), ("p", "any"));
        var p = LabelSets.ForPolarity(rng);
        var neutral = rng.Chance(0.8);
        return new(rng.Shuffled(neutral ? p : p[..2]), passage.Text, Answers.Judgements(passage, p[0], p[1], neutral ? p[2] : null));
    }

    static Passage Text(Writer writer, Rng rng)
    {
        var (t, u) = TwoOf(Topics, rng);
        return rng.Below(5) switch
        {
            < 2 => writer.Must("news", LongestText),
            2 => writer.Must("topic.text", LongestText, ("t", t), ("u", u)),
            3 => writer.Must("review", LongestText, ("d", rng.Pick(Domains)), ("k", "full"), ("p", "any")),
            _ => writer.Must("senti.text", LongestText, ("s", "pos"), ("r", "neg")),
        };
    }

    static (string, string) TwoOf(string[] items, Rng rng)
    {
        var two = rng.Shuffled(items);
        return (two[0], two[1]);
    }

    static IEnumerable<long> Numbers(long count)
    {
        for (var i = 0L; i < count; i++) yield return i;
    }
}

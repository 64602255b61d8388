namespace Anit.Samples;

/// <summary>The demo's own data: four tasks in fields, names and labels that the base model has not met.</summary>
/// <remarks>Train, dev and test of a task share no text. Names come for the most part from the fifth that is kept from
/// the base mix.</remarks>
internal sealed class DemoSet(Grammar grammar, ulong seed)
{
    const int LongestText = 27;

    /// <summary>The seed of the files in data/samples.</summary>
    public const ulong CommittedSeed = 2025;

    /// <summary>Rows of each split, in the order in which they are made.</summary>
    public static readonly IReadOnlyDictionary<string, int> Splits = new Dictionary<string, int> { ["train"] = 600, ["dev"] = 150, ["test"] = 200 };

    public static readonly IReadOnlyList<string> Tasks = ["ner", "re", "tc", "absa"];

    static readonly EntityLabel[] Entities =
        [Label("seafarer", "person"), Label("vessel", "ship"), Label("port", "port"), Label("shipping line", "line")];
    static readonly RelationLabel[] Relations =
        [new("pupil of", "pupil_of", false), new("teaches at", "teaches_at", false), new("plays", "plays", false),
            new("successor of", "successor_of", false), new("trained in", "trained_in", false)];
    static readonly string[] Classes = ["delivery", "billing", "returns", "repair", "account"];

    readonly Names names = new(grammar, Share.Demo, ambiguous: 0.4);

    /// <summary>All rows of a task by split.</summary>
    public IReadOnlyDictionary<string, List<Row>> Of(string task)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var asked = Wordings.For("concise", task);
        var index = 0L;
        return Splits.ToDictionary(split => split.Key, split =>
        {
            var rows = new List<Row>(split.Value);
            while (rows.Count < split.Value)
            {
                var made = Make(task, rows.Count, new Rng(Rng.Key(seed, task, index++)));
                if (seen.Add(made.Text))
                    rows.Add(new($"samples/{task}/{split.Key}/{rows.Count:D6}", task, asked.Instruction, asked.Question, asked.Format, made.Options,
                        made.Text, made.Target));
            }
            return rows;
        });
    }

    /// <summary>What the demo trains and tests on: two thirds of the rows of <c>ner</c> and <c>tc</c>, in turn.</summary>
    public IReadOnlyDictionary<string, List<Row>> Mixed()
    {
        var (names, classes) = (Of("ner"), Of("tc"));
        return Splits.ToDictionary(split => split.Key, split =>
            names[split.Key].Zip(classes[split.Key]).Take(split.Value * 2 / 3).SelectMany(pair => new[] { pair.First, pair.Second }).ToList());
    }

    /// <summary>Every file of data/samples with its rows.</summary>
    public IEnumerable<(string Name, IReadOnlyList<Row> Rows)> Files() =>
        Tasks.SelectMany(task => Of(task).Select(split => ($"{task}.{split.Key}.jsonl", (IReadOnlyList<Row>)split.Value)))
            .Concat(Mixed().Select(split => ($"{split.Key}.jsonl", (IReadOnlyList<Row>)split.Value)));

    Answered Make(string task, int number, Rng rng)
    {
        var writer = new Writer(grammar, names, rng);
        switch (task)
        {
            case "ner":
                var news = writer.Must("sea.text", LongestText);
                return new([.. Entities.Select(e => e.Name)], news.Text, Answers.Entities(news, Entities));
            case "re":
                var life = writer.Must("music.life", LongestText);
                return new([.. Relations.Select(r => r.Name)], life.Text, Answers.Relations(life, Relations));
            case "tc":
                var wish = number % Classes.Length; // as many rows of each class
                var mentioned = (wish + 1 + rng.Below(Classes.Length - 1)) % Classes.Length;
                var letter = writer.Must("letter.text", LongestText, ("i", Classes[wish]), ("j", Classes[mentioned]));
                return new(Classes, letter.Text, Answers.Class(Classes[wish]));
            default:
                var review = writer.Must("review", LongestText, ("d", "outdoor"), ("k", "full"), ("p", "any"));
                return new(["Positive", "Negative", "Neutral"], review.Text, Answers.Judgements(review, "Positive", "Negative", "Neutral"));
        }
    }

    static EntityLabel Label(string name, string kind) => new(name, new HashSet<string> { kind });
}

using System.Text;
using Shouldly;

namespace Anit.Nlu.Tests.Importers;

public sealed class ImporterLaws
{
    static readonly string[] Words = ["Ann", "of", "8:00", ";", ",", "left", "Oslo", "é", "\"", "U.S."];
    static readonly string[] Codes = ["PER", "LOC", "ORG", "MISC"];
    static readonly Dictionary<string, string> Names =
        new() { ["PER"] = "person", ["LOC"] = "location", ["ORG"] = "organization", ["MISC"] = "else" };

    sealed record Entity(int First, int Last, string Code);

    static (string[] Words, List<Entity> Entities) Sentence(Random random)
    {
        var words = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Words[random.Next(Words.Length)]).ToArray();
        var entities = new List<Entity>();
        for (var at = random.Next(3); at < words.Length; at += random.Next(3))
        {
            var last = Math.Min(words.Length - 1, at + random.Next(3));
            entities.Add(new(at, last, Codes[random.Next(4)]));
            at = last + 1;
        }
        return (words, entities);
    }

    // IOB1 writes B- only where an entity follows one of its own type at once.
    static string Tag(List<Entity> entities, int i, bool iob1)
    {
        var index = entities.FindIndex(e => e.First <= i && i <= e.Last);
        if (index < 0) return "O";
        var entity = entities[index];
        var touches = index > 0 && entities[index - 1].Last == entity.First - 1 && entities[index - 1].Code == entity.Code;
        return $"{(entity.First == i && (!iob1 || touches) ? 'B' : 'I')}-{entity.Code}";
    }

    static List<NluRow> Import(string content) =>
        [.. DatasetImporter.Read("conll2003", [new("law", () => new MemoryStream(Encoding.UTF8.GetBytes(content)))], new(), new())];

    [Fact]
    public void Entities_survive_iob1_and_iob2_alike_in_any_mixture_of_sentences()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var sentences = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Sentence(random)).ToList();
            foreach (var iob1 in new[] { true, false })
            {
                var file = string.Join("\n\n",
                    sentences.Select(s => string.Join('\n', s.Words.Select((w, i) => $"{w} X X {Tag(s.Entities, i, iob1)}"))));
                var rows = Import(file);
                rows.Select(r => r.Text).ShouldBe(sentences.Select(s => string.Join(' ', s.Words)), $"seed {seed}");
                rows.Select(r => r.Target).ShouldBe(sentences.Select(Expected), $"seed {seed}");
            }
        }
    }

    static string Expected((string[] Words, List<Entity> Entities) sentence) => sentence.Entities.Count == 0
        ? "None"
        : string.Join("; ", sentence.Entities.Select(e => $"{Names[e.Code]}: {string.Join(' ', sentence.Words[e.First..(e.Last + 1)])}"));

    [Fact]
    public void Any_bytes_end_in_rows_or_in_one_clear_error()
    {
        var seeds = new[]
        {
            "Ann NNP I-NP I-PER\n\n", "a\tb\tc\tB-GPE\n", "{\"text\": \"a\", \"triple_list\": [[\"a\", \"/people/person/children\", \"b\"]]}",
            "{\"sentences\": [[\"a\"]], \"ner\": [[[0, 0, \"Task\"]]], \"relations\": [[]]}", "a good one\t1\n", "\"1\",\"a\",\"b\"\n",
                "a b####[([0], [1], 'POS')]\n",
            "[{\"instruction\": \"a\", \"input\": \"\", \"output\": \"b\"}]",
        };
        for (var seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]);
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var cut = bytes[..random.Next(bytes.Length + 1)];
            var format = DatasetImporter.Names[random.Next(DatasetImporter.Names.Count)];
            try
            {
                DatasetImporter.Read(format, [new("law", () => new MemoryStream(cut))], new() { SkipBad = seed % 2 == 0 }, new()).Count()
                    .ShouldBeInRange(0, 3);
            }
            catch (InvalidDataException e)
            {
                e.Message.ShouldStartWith("law: line ", customMessage: $"seed {seed}");
            }
        }
    }
}

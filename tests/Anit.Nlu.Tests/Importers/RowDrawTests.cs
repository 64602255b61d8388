using System.Text;
using Shouldly;

namespace Anit.Nlu.Tests.Importers;

/// <summary>Wordings and labels that are drawn for each row of an import.</summary>
public sealed class RowDrawTests : IDisposable
{
    const int Records = 600;

    readonly string path = Path.GetTempFileName();

    [Fact]
    public void Every_wording_is_drawn_about_as_often_and_names_the_labels_itself()
    {
        var set = Instructions("""
            {"tc": [{"instruction": "One of {labels}?"}, {"instruction": "Choose.", "format": "label: {labels}"},
             {"instruction": "Say which class."}]}
            """);
        var rows = News(new() { Instructions = set });
        var counts = rows.GroupBy(r => (r.Instruction, r.Format)).ToDictionary(g => g.Key, g => g.Count());
        counts.Keys.ShouldBe([("One of World, Sports, Business or Sci/Tech?", null), ("Choose.", "label: World, Sports, Business or Sci/Tech"),
            ("Say which class.", null)], ignoreOrder: true);
        counts.Values.ShouldAllBe(n => n > 150 && n < 250);
        rows.ShouldAllBe(r => (r.Options == null) == (r.Instruction != "Say which class."));
        News(new() { Instructions = set }).Select(r => r.Instruction).ShouldBe(rows.Select(r => r.Instruction));
        News(new() { Instructions = set, Seed = 2 }).Select(r => r.Instruction).ShouldNotBe(rows.Select(r => r.Instruction));
        // A row's draw hangs on its own id alone.
        News(new() { Instructions = set }, without: 3).Select(r => (r.Id, r.Instruction)).ShouldBe(rows.Take(3).Select(r => (r.Id, r.Instruction)));
    }

    [Fact]
    public void A_class_stands_at_every_place_among_two_or_more_labels()
    {
        var rows = News(new() { LabelSubsets = true });
        rows.ShouldAllBe(r => r.Options!.Distinct().Count() == r.Options!.Count && r.Options!.Count >= 2 && r.Options.Count <= 4);
        rows.ShouldAllBe(r => r.Options!.Contains(r.Target.Substring("label: ".Length)));
        foreach (var size in rows.GroupBy(r => r.Options!.Count))
        {
            var places = size.CountBy(r => r.Options!.ToList().IndexOf(r.Target["label: ".Length..])).ToDictionary();
            places.Count.ShouldBe(size.Key);
            places.Values.ShouldAllBe(n => n > 0.6 * size.Count() / size.Key && n < 1.4 * size.Count() / size.Key);
        }
    }

    [Fact]
    public void An_answer_holds_the_labels_asked_for_and_no_others()
    {
        const string Sentence = "Ann NNP B-NP I-PER\nof IN O O\nAcme NNP B-NP I-ORG\nin IN O O\nRome NNP B-NP I-LOC\n\n";
        var rows = Read("conll2003", string.Concat(Enumerable.Repeat(Sentence, 200)), new() { LabelSubsets = true });
        string[] all = ["person: Ann", "organization: Acme", "location: Rome"];
        foreach (var row in rows)
        {
            var labels = row.Options!;
            var asked = string.Join("; ", all.Where(item => labels.Contains(item.Split(':')[0])));
            row.Target.ShouldBe(asked.Length > 0 ? asked : "None");
        }
        rows.Select(r => r.Options!.Count).Distinct().Order().ShouldBe([1, 2, 3, 4]);
        rows.ShouldContain(r => r.Target == "None"); // "else" alone
    }

    static List<NluRow> News(ImportOptions options, int? without = null) => Read("agnews",
        string.Concat(Enumerable.Range(0, without ?? Records).Select(i => $"\"{1 + i % 4}\",\"Title {i}\",\"Text.\"\n")), options);

    static List<NluRow> Read(string format, string text, ImportOptions options) =>
        [.. DatasetImporter.Read(format, [new("memory", () => new MemoryStream(Encoding.UTF8.GetBytes(text)))], options, new())];

    InstructionSet Instructions(string json)
    {
        File.WriteAllText(path, json);
        return InstructionSet.Load(path);
    }

    public void Dispose() => File.Delete(path);
}

using Shouldly;

namespace Anit.Nlu.Tests.Scoring;

/// <summary>Errors told apart.</summary>
public sealed class ItemErrorTests
{
    const string Text = "Ann Lee of Rome met Bo in New York City near the lamp";
    static readonly string[] Types = ["person", "place", "thing"];

    [Theory]
    [InlineData("person: Ann Lee", "person: Ann Lee", "None")]
    [InlineData("person: Ann Lee", "None", "Missing")]
    [InlineData("None", "person: Bo", "Spurious")]
    [InlineData("person: Ann Lee", "place: Ann Lee", "WrongLabel")]
    [InlineData("person: Ann Lee", "person: Ann", "WrongSpan")]
    [InlineData("place: New York City", "place: in New York", "WrongSpan")]
    [InlineData("place: New York", "place: York City", "WrongSpan")] // they share a word of the text and neither stands in the other
    [InlineData("person: Ann Lee", "place: Ann", "Spurious Missing")] // neither label nor span
    [InlineData("place: Rome", "place: Paris", "Spurious Missing")]
    [InlineData("person: Bo", "Bo", "Malformed Missing")]
    [InlineData("person: Bo; place: Rome", "place: Bo; person: Rome", "WrongLabel WrongLabel")]
    [InlineData("person: Ann Lee; person: Bo", "person: Ann; person: Ann Lee", "None Spurious Missing")] // the right one first
    [InlineData("person: Bo; person: Bo", "person: Bo", "None Missing")]
    public void Entities(string gold, string predicted, string errors) => Errors(NluTask.Ner, gold, predicted).ShouldBe(errors);

    [Theory]
    [InlineData("label: place", "label: place", "None")]
    [InlineData("label: place", "thing", "WrongLabel")]
    [InlineData("label: place", "a place, I think", "WrongLabel")] // a class of its own making
    [InlineData("label: place", "", "Malformed")]
    [InlineData("label: place", "None", "Malformed")]
    public void Classes(string gold, string predicted, string errors) => Errors(NluTask.Classification, gold, predicted).ShouldBe(errors);

    [Theory]
    [InlineData("thing: Ann Lee, Rome", "thing: Ann Lee, Rome", "None")]
    [InlineData("thing: Ann Lee, Rome", "place: Ann Lee, Rome", "WrongLabel")]
    [InlineData("thing: Ann Lee, Rome", "thing: Lee, of Rome", "WrongSpan")]
    [InlineData("thing: Ann Lee, Rome", "thing: Ann Lee, Bo", "Spurious Missing")]
    public void Relations(string gold, string predicted, string errors) => Errors(NluTask.Relations, gold, predicted).ShouldBe(errors);

    [Fact]
    public void Free_text_is_right_or_another_text()
    {
        Errors(NluTask.Other, "So it is.", "So  it is.").ShouldBe("None");
        Errors(NluTask.Other, "So it is.", "No.").ShouldBe("WrongSpan");
        Errors(NluTask.Other, "So it is.", "").ShouldBe("Missing");
    }

    [Fact]
    public void Over_any_answers_the_errors_add_up_to_the_scorers_counts()
    {
        string[] words = ["Ann Lee", "Ann", "Rome", "New York", "York City", "the lamp", "Paris", "", "a; b"];
        string[] labels = [.. Types, "unheard", ""];
        foreach (var task in NluTask.All)
        {
            for (var seed = 0; seed < 2_000; seed++)
            {
                var random = new Random(seed);
                string Some() => string.Join("; ", Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(8) switch
                {
                    0 => "None", 1 => words[random.Next(words.Length)], 2 => $"label: {labels[random.Next(5)]}",
                    3 => $"{labels[random.Next(5)]}: {words[random.Next(words.Length)]}, {words[random.Next(words.Length)]}",
                    _ => $"{labels[random.Next(5)]}: {words[random.Next(words.Length)]}",
                }));
                var row = Row(task, Some());
                var predicted = Some();
                var score = new Scorer().Add(row, predicted);
                var judged = ItemErrors.Of(score.Gold, score.Answer, task, Text);
                judged.Aggregate(new Counts(), (sum, item) => sum + item.Counts).ShouldBe(score.Strict, $"{task}: {row.Target} | {predicted}");
            }
        }
    }

    static NluRow Row(string task, string gold) =>
        new() { Id = "x", Task = task, Instruction = "i", Options = Types, Text = Text, Target = gold };

    static string Errors(string task, string gold, string predicted)
    {
        var score = new Scorer().Add(Row(task, gold), predicted);
        return string.Join(' ', ItemErrors.Of(score.Gold, score.Answer, task, Text).Select(item => item.Error));
    }
}

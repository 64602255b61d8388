using Shouldly;

namespace Anit.Nlu.Tests.Scoring;

public sealed class ScorerTests
{
    static NluRow Row(string target, string text = "John met John in Rome with Acme .", string task = NluTask.Ner, string[]? options = null) => new()
    {
        Id = "t/test/000000",
        Task = task,
        Instruction = "Find.",
        Options = options ?? ["person", "location", "organization"],
        Text = text,
        Target = target,
    };

    static Counts Strict(string gold, string predicted) => new Scorer().Add(Row(gold), predicted).Strict;

    [Theory]
    [InlineData("person: John; person: John", "person: John", 1, 0, 1)]
    [InlineData("person: John", "person: John; person: John", 1, 1, 0)]
    [InlineData("None", "None", 0, 0, 0)]
    [InlineData("None", "", 0, 0, 0)]
    [InlineData("None", "person: X", 0, 1, 0)]
    [InlineData("person: John", "None", 0, 0, 1)]
    [InlineData("person: John", "location: John", 0, 1, 1)]
    [InlineData("person: John; location: Rome", "location: Rome; person: John", 2, 0, 0)]
    [InlineData("person: John", "Person: John", 1, 0, 0)]
    [InlineData("person: John", "person: john", 0, 1, 1)]
    [InlineData("person: John", "PER: John", 0, 1, 1)]
    [InlineData("person: John", "person: John; loca", 1, 1, 0)]
    [InlineData("person: John", "nonsense", 0, 1, 1)]
    [InlineData("person: John", "person: Zoe", 0, 1, 1)]
    [InlineData("person: John", "person：John", 0, 1, 1)]
    [InlineData("person: John", "the John", 0, 1, 1)]
    public void Items_match_as_multisets_in_strict_spelling(string gold, string predicted, int tp, int fp, int fn) =>
        Strict(gold, predicted).ShouldBe(new Counts(tp, fp, fn));

    [Theory]
    [InlineData("person: O'Neil", "person: O’NEIL")]
    [InlineData("person: Anna - Lena", "person: anna–lena")]
    [InlineData("person: John", "person：John")]
    public void Lenient_spelling_forgives_case_space_and_typography(string gold, string predicted)
    {
        var score = new Scorer().Add(Row(gold, text: gold), predicted);
        score.Strict.Tp.ShouldBe(0);
        score.Lenient.ShouldBe(new Counts(1, 0, 0));
    }

    [Fact]
    public void Composed_and_decomposed_letters_are_the_same_letters() =>
        Strict("person: Jose\u0301", "person: Jos\u00e9").ShouldBe(new Counts(1, 0, 0));

    [Fact]
    public void A_declared_alias_is_its_label() =>
        new Scorer(aliases: new Dictionary<string, string> { ["PER"] = "person" }).Add(Row("person: John"), "PER: John").Strict.Tp.ShouldBe(1);

    [Fact]
    public void Direction_of_a_relation_matters()
    {
        var row = Row("part of: wheel, car", "wheel of a car", NluTask.Relations, ["part of"]);
        new Scorer().Add(row, "part of: car, wheel").Strict.ShouldBe(new Counts(0, 1, 1));
        new Scorer().Add(row, "part of: wheel, car").Strict.ShouldBe(new Counts(1, 0, 0));
    }

    [Fact]
    public void An_aspect_triplet_needs_all_three_parts()
    {
        var row = Row("Positive: food, good", "good food , bad wine", NluTask.Aspects, ["Positive", "Negative", "Neutral"]);
        new Scorer().Add(row, "Negative: food, good").Strict.Tp.ShouldBe(0);
        new Scorer().Add(row, "Positive: food, bad").Strict.Tp.ShouldBe(0);
        new Scorer().Add(row, "Positive: food, good").Strict.Tp.ShouldBe(1);
    }

    [Theory]
    [InlineData("label: positive", 1)]
    [InlineData("Positive", 1)]
    [InlineData("label: negative", 0)]
    [InlineData("label: superb", 0)]
    [InlineData("", 0)]
    [InlineData("None", 0)]
    public void A_class_is_right_or_wrong_and_nothing_else(string predicted, int right)
    {
        var row = Row("label: positive", task: NluTask.Classification, options: ["positive", "negative"]);
        new Scorer().Add(row, predicted).Strict.ShouldBe(new Counts(right, 1 - right, 1 - right));
    }

    [Fact]
    public void Other_tasks_are_scored_by_exact_match()
    {
        var row = Row("Two words.", task: NluTask.Other, options: []);
        new Scorer().Add(row, " Two  words.").Strict.ShouldBe(new Counts(1, 0, 0));
        new Scorer().Add(row, "two words").Strict.ShouldBe(new Counts(0, 1, 1));
    }

    [Fact]
    public void Without_any_item_the_measures_are_undefined_and_not_zero_or_one()
    {
        var scorer = new Scorer();
        scorer.Add(Row("None"), "None");
        var all = scorer.Result().Overall;
        all.Strict.F1.ShouldBeNull();
        all.Strict.Precision.ShouldBeNull();
        all.Strict.MacroF1.ShouldBeNull();
        all.Rates.ParseFailure.ShouldBe(0);
        all.Rates.Hallucination.ShouldBeNull();
    }

    [Fact]
    public void Macro_F1_is_the_mean_over_the_labels_of_gold()
    {
        var scorer = new Scorer();
        scorer.Add(Row("person: John; location: Rome"), "person: John; organization: Acme; gadget: x");
        var group = scorer.Result().Overall;
        group.Strict.MacroF1.ShouldBe(0.5); // person 1, location 0
        group.Labels.Select(l => l.Label).ShouldBe(["(unknown label)", "location", "organization", "person"]);
    }

    [Fact]
    public void Rates_tell_what_was_odd()
    {
        var scorer = new Scorer();
        scorer.Add(Row("person: John"), "rubbish", truncated: true);
        scorer.Add(Row("person: John"), "");
        scorer.Add(Row("person: John"), "person: Zoe");
        scorer.Add(Row("person: John"), "gadget: John");
        var rates = scorer.Result().Overall.Rates;
        rates.ParseFailure.ShouldBe(0.25);
        rates.EmptyOutput.ShouldBe(0.25);
        rates.Truncation.ShouldBe(0.25);
        rates.InvalidLabel.ShouldBe(0.5);
        rates.Hallucination.ShouldBe(0.5);
    }

    [Fact]
    public void Tasks_are_groups_and_a_last_group_holds_all()
    {
        var scorer = new Scorer();
        scorer.Add(Row("person: John"), "person: John");
        scorer.Add(Row("label: a", task: NluTask.Classification, options: ["a", "b"]), "b");
        var report = scorer.Result();
        report.Groups.Select(g => g.Name).ShouldBe(["ner", "tc", "all"]);
        report.Overall.Strict.Counts.ShouldBe(new Counts(1, 1, 1));
        report.Overall.Rows.ShouldBe(2);
    }

    [Theory]
    [InlineData("none_as_item", "None", "None", 1.0)]
    [InlineData("set_match", "person: John; person: John", "person: John", 1.0)]
    [InlineData("instructuie_normalize", "person: O ' Neil ( Jr. )", "person: o'neil(jr.)", 1.0)]
    [InlineData("drop_malformed", "person: John", "person: John; loca", 1.0)]
    public void Each_switch_of_other_scorers_does_what_they_do(string name, string gold, string predicted, double f1)
    {
        var scorer = new Scorer(legacy: true);
        scorer.Add(Row(gold), predicted);
        var group = scorer.Result().Overall;
        group.Legacy[name].ShouldBe(f1);
        group.Strict.F1.ShouldNotBe(f1);
    }
}

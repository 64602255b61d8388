using Shouldly;

namespace Anit.Nlu.Tests.Answers;

public sealed class AnswerGrammarTests
{
    static readonly string[] Types = ["person", "location", "organization", "sports team", "sports team location"];
    static readonly string[] Relations = ["used for", "part of", "compare"];
    static readonly string[] Polarities = ["Positive", "Negative", "Neutral"];

    static ParsedAnswer Ner(string answer, string? text = null) => AnswerGrammar.Parse(answer, NluTask.Ner, Types, text);

    static ParsedAnswer Re(string answer, string? text = null) => AnswerGrammar.Parse(answer, NluTask.Relations, Relations, text);

    static string Read(ParsedAnswer answer) => string.Join(" | ",
        answer.Items.Select(i => i.Second.Length > 0 ? $"{i.Label}={i.First}>{i.Second}" : i.First.Length > 0 ? $"{i.Label}={i.First}" : i.Label)
            .Concat(answer.Malformed.Select(m => $"!{m}")));

    [Theory]
    [InlineData("person: A; location: B", "person=A | location=B")]
    [InlineData(" person: A; location: B", "person=A | location=B")]
    [InlineData("person: A; ; location: B;", "person=A | location=B")]
    [InlineData("person:A;location:B", "person=A | location=B")]
    [InlineData("person : A ; location : B", "person=A | location=B")]
    [InlineData("Person: a; LOCATION: B", "person=a | location=B")] // the label's case is forgiven, the span's is kept
    [InlineData("person: A; person: A", "person=A | person=A")]
    [InlineData("person: A\nlocation: B", "person=A")]
    [InlineData("person: A</s> location: B", "person=A")]
    [InlineData("person: A<|eot_id|>", "person=A")]
    [InlineData("\"person: A\"", "person=A")]
    [InlineData("[person: A; location: B]", "person=A | location=B")]
    [InlineData("sports team location: X; sports team: Y", "sports team location=X | sports team=Y")]
    [InlineData("organization: Mission: Impossible; Fallout", "organization=Mission: Impossible; Fallout")]
    [InlineData("organization: 8:00; person: B", "organization=8:00 | person=B")]
    [InlineData("person: A  \t B", "person=A B")]
    public void Items_are_read_at_their_labels(string answer, string expected) => Read(Ner(answer)).ShouldBe(expected);

    [Theory]
    [InlineData("None")]
    [InlineData("none.")]
    [InlineData(" NONE ")]
    [InlineData("null")]
    [InlineData("N/A")]
    [InlineData("[]")]
    [InlineData("'None'")]
    public void Words_for_nothing_are_an_empty_answer_without_a_flag(string answer)
    {
        Ner(answer).IsEmpty.ShouldBeTrue();
        Ner(answer).Flags.ShouldBe(AnswerFlags.None);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\nperson: A")]
    [InlineData("</s>")]
    public void Silence_is_an_empty_answer_with_a_flag(string answer)
    {
        Ner(answer).IsEmpty.ShouldBeTrue();
        Ner(answer).Flags.ShouldBe(AnswerFlags.EmptyOutput);
    }

    [Theory]
    [InlineData("gadget: A", "gadget=A", 1)]
    [InlineData("PER: A; person: B", "PER=A | person=B", 1)]
    [InlineData("I cannot tell; person: B", "person=B | !I cannot tell", 0)]
    [InlineData("I cannot tell", "!I cannot tell", 0)]
    [InlineData("a; b; c", "!a | !b | !c", 0)]
    [InlineData("person", "!person", 0)]
    [InlineData("person:", "!person:", 0)]
    [InlineData("person: ; location: B", "location=B | !person:", 0)]
    [InlineData(": x", "!: x", 0)]
    public void What_no_known_label_announces_is_unknown_or_malformed(string answer, string expected, int unknown)
    {
        Read(Ner(answer)).ShouldBe(expected);
        Ner(answer).UnknownLabels.ShouldBe(unknown);
    }

    [Fact]
    public void A_semicolon_in_a_value_stays_when_the_text_has_it_or_is_not_known()
    {
        Read(Ner("organization: Mission; Fallout", "We saw Mission; Fallout .")).ShouldBe("organization=Mission; Fallout");
        Read(Ner("organization: Mission; Fallout")).ShouldBe("organization=Mission; Fallout");
        Read(Ner("organization: Mission; Fallout", "We saw nothing .")).ShouldBe("organization=Mission; Fallout");
    }

    [Fact]
    public void An_item_cut_in_its_middle_is_malformed_and_spares_the_one_before_it()
    {
        Read(Ner("person: Ann; loca", "Ann left Rome .")).ShouldBe("person=Ann | !loca");
        Read(Ner("person: Ann; location: Ro", "Ann left Rome .")).ShouldBe("person=Ann | location=Ro");
        Read(Re("part of: wheel, car; used f", "the wheel of a car")).ShouldBe("part of=wheel>car | !used f");
        Read(Re("part of: wheel, car; used for: oil", "the wheel of a car")).ShouldBe("part of=wheel>car | !used for: oil");
    }

    [Fact]
    public void An_unknown_label_after_a_known_item_is_an_item_of_its_own_when_the_text_shows_it() =>
        Read(Ner("person: Ann; gadget: phone", "Ann has a phone .")).ShouldBe("person=Ann | gadget=phone");

    [Theory]
    [InlineData("used for: a, b", "used for=a>b")]
    [InlineData("used for: a,b", "used for=a>b")]
    [InlineData("used for: a", "!used for: a")]
    [InlineData("used for: a,", "!used for: a,")]
    [InlineData("used for: , b", "!used for: , b")]
    [InlineData("made of: a, b", "made of=a>b")] // an unseen relation
    public void A_pair_is_cut_at_its_comma(string answer, string expected) => Read(Re(answer)).ShouldBe(expected);

    [Theory]
    [InlineData("used for: a, b, c", "the a, b method gives c", "used for=a, b>c")]
    [InlineData("used for: a, b, c", "a gives the b, c method", "used for=a>b, c")]
    [InlineData("part of: Paris , Texas, America", "He left Paris , Texas for America .", "part of=Paris , Texas>America")]
    [InlineData("part of: 1,000 bolts, the bridge", "some 1,000 bolts of the bridge", "part of=1,000 bolts>the bridge")]
    public void The_comma_is_the_one_where_both_sides_stand_in_the_text(string answer, string text, string expected)
    {
        Read(Re(answer, text)).ShouldBe(expected);
        Re(answer, text).Flags.ShouldBe(AnswerFlags.None);
    }

    [Theory]
    [InlineData("part of: x, y, z", "nothing of these", "part of=x>y, z")]
    [InlineData("part of: 1,5, z", "nothing of these", "part of=1,5>z")]
    [InlineData("part of: b, a, b", "a, b and b, a and b", "part of=b>a, b")]
    public void Where_the_text_does_not_decide_the_first_comma_does_and_a_flag_says_so(string answer, string text, string expected)
    {
        Read(Re(answer, text)).ShouldBe(expected);
        Re(answer, text).Flags.ShouldBe(AnswerFlags.AmbiguousComma);
    }

    [Theory]
    [InlineData("label: positive", "positive")]
    [InlineData("positive", "positive")]
    [InlineData(" Label : Positive", "positive")]
    [InlineData("\"positive\"", "positive")]
    [InlineData("label: great", "great")]
    [InlineData("label:", "!label:")]
    [InlineData("None", "")]
    public void A_class_is_read_with_and_without_its_prefix(string answer, string expected) =>
        Read(AnswerGrammar.Parse(answer, NluTask.Classification, ["positive", "negative"], "fine")).ShouldBe(expected);

    [Fact]
    public void A_class_called_none_is_a_class() =>
        Read(AnswerGrammar.Parse("label: none", NluTask.Classification, ["none", "some"], "x")).ShouldBe("none");

    [Fact]
    public void Aliases_stand_for_labels_only_when_they_are_declared()
    {
        var aliases = new Dictionary<string, string> { ["PER"] = "person", ["GADGET"] = "no such label" };
        Read(AnswerGrammar.Parse("PER: a; gadget: b", NluTask.Ner, Types, null, aliases)).ShouldBe("person=a; gadget: b");
        Read(AnswerGrammar.Parse("per: a", NluTask.Ner, Types, null, aliases)).ShouldBe("person=a");
        Ner("PER: a").UnknownLabels.ShouldBe(1);
    }

    [Fact]
    public void A_full_width_colon_is_accepted_in_lenient_reading_only()
    {
        Read(Ner("person：A")).ShouldBe("!person：A");
        Read(AnswerGrammar.Parse("person：A", NluTask.Ner, Types, null, lenient: true)).ShouldBe("person=A");
        Read(AnswerGrammar.Parse("label：positive", NluTask.Classification, ["positive"], null, lenient: true)).ShouldBe("positive");
    }

    [Fact]
    public void Repeats_beyond_the_text_are_flagged_and_stay()
    {
        Ner("person: Ann; person: Ann", "Ann met Ann .").Flags.ShouldBe(AnswerFlags.None);
        var twice = Ner("person: Ann; person: Ann", "Ann met Bo .");
        twice.Flags.ShouldBe(AnswerFlags.Repeat);
        twice.Items.Count.ShouldBe(2);
    }

    [Fact]
    public void Spans_that_the_text_does_not_have_are_counted()
    {
        Ner("person: Ann; location: Oslo", "Ann left .").NotInText.ShouldBe(1);
        Ner("person: Ann", "").NotInText.ShouldBe(0);
        Re("part of: wheel, boat", "the wheel of a car").NotInText.ShouldBe(1);
    }

    [Fact]
    public void Polarities_take_an_aspect_and_an_opinion() =>
        Read(AnswerGrammar.Parse("Positive: battery life, good; negative: fan, noisy", NluTask.Aspects, Polarities, "good battery life , noisy fan"))
            .ShouldBe("Positive=battery life>good | Negative=fan>noisy");

    [Fact]
    public void Writing_follows_the_grammar()
    {
        AnswerGrammar.Write(NluTask.Ner, []).ShouldBe("None");
        AnswerGrammar.Write(NluTask.Ner, [new("person", "Ann"), new("location", "Oslo")]).ShouldBe("person: Ann; location: Oslo");
        AnswerGrammar.Write(NluTask.Relations, [new("part of", "wheel", "car")]).ShouldBe("part of: wheel, car");
        AnswerGrammar.Write(NluTask.Classification, [new("World")]).ShouldBe("label: World");
        Should.Throw<ArgumentException>(() => AnswerGrammar.Write(NluTask.Classification, []));
    }

    [Fact]
    public void Free_text_is_one_item_and_keeps_its_lines() =>
        AnswerGrammar.Parse("one\ntwo</s>", NluTask.Other, (IReadOnlyList<string>?)null, null).Items.ShouldBe([new AnswerItem("", "one two")]);
}

using Shouldly;

namespace Anit.Samples.Tests;

/// <summary>The lexicon is complete and English is inflected as it should be.</summary>
public sealed class GrammarTests
{
    [Theory]
    [InlineData("sell", "sold", "has sold", "sells", "will sell", "selling")]
    [InlineData("carry", "carried", "has carried", "carries", "will carry", "carrying")]
    [InlineData("stop", "stopped", "has stopped", "stops", "will stop", "stopping")]
    [InlineData("take over", "took over", "has taken over", "takes over", "will take over", "taking over")]
    [InlineData("be", "was", "has been", "is", "will be", "being")]
    [InlineData("watch", "watched", "has watched", "watches", "will watch", "watching")]
    [InlineData("tie", "tied", "has tied", "ties", "will tie", "tying")]
    public void Verbs_take_their_forms(string verb, string past, string perfect, string present, string future, string gerund)
    {
        var rng = new Rng(1);
        string Form(Tense tense) => Inflection.Finite(verb, tense, Number.Singular, negated: false, rng);

        Form(Tense.Past).ShouldBe(past);
        Form(Tense.Perfect).ShouldBe(perfect);
        Form(Tense.Present).ShouldBe(present);
        Form(Tense.Future).ShouldBe(future);
        Inflection.Gerund(verb).ShouldBe(gerund);
    }

    [Fact]
    public void Negation_takes_an_auxiliary_that_agrees()
    {
        for (var seed = 0UL; seed < 50; seed++)
        {
            Inflection.Finite("sell", Tense.Past, Number.Plural, negated: true, new Rng(seed)).ShouldBeOneOf("did not sell", "didn't sell");
            Inflection.Finite("be", Tense.Past, Number.Plural, negated: true, new Rng(seed)).ShouldBeOneOf("were not", "weren't");
            Inflection.Finite("go", Tense.Future, Number.Singular, negated: true, new Rng(seed)).ShouldBeOneOf("will not go", "won't go");
            Inflection.Finite("like", Tense.Present, Number.First, negated: true, new Rng(seed)).ShouldBeOneOf("do not like", "don't like");
        }
    }

    [Theory]
    [InlineData("baby", "babies")]
    [InlineData("Wolf", "Wolves")]
    [InlineData("head of state", "heads of state")]
    [InlineData("river bank", "river banks")]
    [InlineData("bench", "benches")]
    public void Nouns_take_their_plural(string one, string many) => Inflection.Plural(one).ShouldBe(many);

    [Theory]
    [InlineData("{ship:s} ~sink (off|near) {port}")]
    [InlineData("3* <P> ~(hit|run aground) [20:at dawn] -> founder_of(p,o)")]
    public void A_production_can_be_read(string line) => ProductionParser.Parse(line).Body.ShouldNotBeEmpty();

    [Theory]
    [InlineData("(a|b")]
    [InlineData("<clause")]
    [InlineData("word )")]
    public void A_malformed_production_is_an_error_that_shows_it(string line) =>
        Should.Throw<FormatException>(() => ProductionParser.Parse(line)).Message.ShouldContain(line);

    [Fact]
    public void Every_relation_of_the_grammar_has_labels()
    {
        var named = Grammar.Table("labels-re").Select(cells => cells[0]).ToHashSet();
        string[] ofTheDemo = ["pupil_of", "teaches_at", "plays", "successor_of", "trained_in"];
        foreach (var symbol in Grammar.Standard.Symbols)
            foreach (var fact in (Grammar.Standard.Productions(symbol) ?? []).SelectMany(p => p.Facts))
                (named.Contains(fact.Relation) || ofTheDemo.Contains(fact.Relation) || fact.Relation is "$s" or "pos" or "neg" or "neu")
                    .ShouldBeTrue($"{symbol}: {fact.Relation}");
    }

    [Fact]
    public void Every_symbol_that_a_production_calls_exists()
    {
        foreach (var symbol in Grammar.Standard.Symbols)
            foreach (var call in (Grammar.Standard.Productions(symbol) ?? []).SelectMany(p => p.Body).SelectMany(Calls).Where(c => !c.Contains('$')))
                Grammar.Standard.Has(call).ShouldBeTrue($"{symbol} calls {call}");
    }

    [Fact]
    public void Each_task_can_be_asked_in_twenty_ways_or_more()
    {
        foreach (var task in DemoSet.Tasks)
            foreach (var part in (string[])["instruction", "question", "format"])
                Grammar.Standard.Productions($"{task}.{part}")!.Count.ShouldBeGreaterThanOrEqualTo(20, $"{task}.{part}");
    }

    static IEnumerable<string> Calls(Node node) => node switch
    {
        Node.Call call => [call.Symbol],
        Node.Verb verb => Calls(verb.Lemma),
        Node.Marked marked => marked.Body.SelectMany(Calls),
        Node.Maybe maybe => maybe.Body.SelectMany(Calls),
        Node.Choice choice => choice.Ways.SelectMany(way => way).SelectMany(Calls),
        _ => [],
    };
}

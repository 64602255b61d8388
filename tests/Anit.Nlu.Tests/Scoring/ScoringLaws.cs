using Shouldly;

namespace Anit.Nlu.Tests.Scoring;

public sealed class ScoringLaws
{
    static readonly string[] Types = ["person", "location", "thing"];
    static readonly string[] Spans = ["Ann", "Bo", "Rome", "the lamp"];

    static List<AnswerItem> Items(Random random) =>
        [.. Enumerable.Range(0, random.Next(6)).Select(_ => new AnswerItem(Types[random.Next(3)], Spans[random.Next(4)]))];

    static NluRow Row(IReadOnlyList<AnswerItem> gold) => new()
    {
        Id = "x",
        Task = NluTask.Ner,
        Instruction = "i",
        Options = Types,
        Text = "Ann Bo Rome the lamp",
        Target = AnswerGrammar.Write(NluTask.Ner, gold),
    };

    static RowScore Score(IReadOnlyList<AnswerItem> gold, IReadOnlyList<AnswerItem> predicted) =>
        new Scorer().Add(Row(gold), AnswerGrammar.Write(NluTask.Ner, predicted));

    [Fact]
    public void Order_of_items_changes_nothing()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var (gold, predicted) = (Items(random), Items(random));
            var shuffled = predicted.ToArray();
            random.Shuffle(shuffled);
            Score(gold, shuffled).Strict.ShouldBe(Score(gold, predicted).Strict, $"seed {seed}");
        }
    }

    [Fact]
    public void Gold_against_itself_is_perfect_and_swapping_sides_swaps_the_errors()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var (gold, predicted) = (Items(random), Items(random));
            Score(gold, gold).Strict.ShouldBe(new Counts(gold.Count, 0, 0));
            var there = Score(gold, predicted).Strict;
            Score(predicted, gold).Strict.ShouldBe(new Counts(there.Tp, there.Fn, there.Fp), $"seed {seed}");
        }
    }

    [Fact]
    public void Counts_add_up_and_measures_stay_between_zero_and_one()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var (gold, predicted) = (Items(random), Items(random));
            var score = Score(gold, predicted);
            score.Strict.Gold.ShouldBe(gold.Count);
            score.Strict.Predicted.ShouldBe(predicted.Count);
            score.Lenient.Tp.ShouldBeGreaterThanOrEqualTo(score.Strict.Tp);
            foreach (var measure in new[] { score.Strict.Precision, score.Strict.Recall, score.Strict.F1 })
            {
                if (measure is { } value) value.ShouldBeInRange(0, 1);
            }
            if (score.Strict is { Precision: { } p, Recall: { } r, F1: { } f1 }) f1.ShouldBeInRange(Math.Min(p, r) - 1e-12, Math.Max(p, r) + 1e-12);
        }
    }

    [Fact]
    public void Micro_F1_of_a_corpus_is_that_of_its_summed_counts_in_any_row_order()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var rows = Enumerable.Range(0, 20).Select(_ => (Gold: Items(random), Predicted: Items(random))).ToArray();
            var sum = rows.Aggregate(new Counts(), (s, r) => s + Score(r.Gold, r.Predicted).Strict);
            random.Shuffle(rows);
            var scorer = new Scorer();
            foreach (var (gold, predicted) in rows) scorer.Add(Row(gold), AnswerGrammar.Write(NluTask.Ner, predicted));
            scorer.Result().Overall.Strict.Counts.ShouldBe(sum);
            scorer.Result().Overall.Labels.Aggregate(new Counts(), (s, l) => s + l.Counts).ShouldBe(sum);
        }
    }

    [Fact]
    public void Bootstrap_of_a_run_against_itself_finds_no_difference()
    {
        var random = new Random(1);
        var run = Enumerable.Range(0, 200).Select(_ => new Counts(random.Next(4), random.Next(3), random.Next(3))).ToList();
        PairedBootstrap.Compare(run, run).ShouldBe(new Difference(Sum(run).F1, Sum(run).F1, 0, 0, 1));
    }

    [Fact]
    public void Bootstrap_is_repeatable_brackets_the_difference_and_turns_its_sign_with_the_sides()
    {
        var random = new Random(2);
        var a = Enumerable.Range(0, 300).Select(_ => new Counts(random.Next(3), random.Next(3), random.Next(3))).ToList();
        var b = a.Select(c => random.Next(3) == 0 ? new Counts(c.Tp + c.Fn, c.Fp, 0) : c).ToList();
        var there = PairedBootstrap.Compare(a, b, seed: 7);
        there.ShouldBe(PairedBootstrap.Compare(a, b, seed: 7));
        there.Delta!.Value.ShouldBeInRange(there.Low!.Value, there.High!.Value);
        there.Low.Value.ShouldBeGreaterThan(0); // b repairs a third of all misses
        there.PValue!.Value.ShouldBeLessThan(0.01);
        var back = PairedBootstrap.Compare(b, a, seed: 7);
        back.Low!.Value.ShouldBe(-there.High!.Value, 1e-12);
    }

    [Fact]
    public void Bootstrap_refuses_runs_of_different_length_and_leaves_the_undefined_undefined()
    {
        Should.Throw<ArgumentException>(() => PairedBootstrap.Compare([new(1, 0, 0)], []));
        PairedBootstrap.Compare([new(0, 0, 0)], [new(0, 0, 0)]).ShouldBe(new Difference(null, null, null, null, null));
    }

    [Fact]
    public void Spread_is_the_mean_and_the_sample_deviation()
    {
        Spread.Of([1, 2, 3]).ShouldBe(new Spread(3, 2, 1));
        Spread.Of([4]).ShouldBe(new Spread(1, 4, null));
        Spread.Of([]).ShouldBeNull();
    }

    static Counts Sum(IEnumerable<Counts> counts) => counts.Aggregate(new Counts(), Counts.Add);
}

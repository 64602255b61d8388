using Shouldly;

namespace Anit.Nlu.Tests.Scoring;

public sealed class RobustnessTests
{
    static readonly Counts Right = new(1, 0, 0), Wrong = new(0, 1, 1);

    static Counts[] Rows(string pattern) => [.. pattern.Select(c => c == '+' ? Right : Wrong)];

    static RobustnessCounts Run(string clean, params (string Cell, string Rows)[] cells) => new(Rows(clean),
        cells.Where(c => NoisyCondition.Parse(c.Cell) is not null).ToDictionary(c => NoisyCondition.Parse(c.Cell)!.Value, c => Rows(c.Rows)),
        cells.Where(c => NoisyCondition.Parse(c.Cell) is null).ToDictionary(c => c.Cell, c => Rows(c.Rows)));

    [Fact]
    public void Mean_worst_drop_rate_and_area_follow_their_definitions()
    {
        var report = new Robustness([Run("++++", ("pad@0.1#1", "++++"), ("pad@0.1#2", "+++-"), ("pad@0.2#1", "++--"), ("pad@0.2#2", "+---"),
            ("swap@0.1#1", "++++"), ("swap@0.1#2", "++++"), ("swap@0.2#1", "+++-"), ("swap@0.2#2", "+++-"))]).Of(0);
        report.Clean.Value.ShouldBe(1);
        report.Noisy.Value!.Value.ShouldBe((0.875 + 0.375 + 1 + 0.75) / 4, 1e-12);
        report.DropRate.Value!.Value.ShouldBe(0.25, 1e-12);
        (report.Worst!.Noise, report.Worst.Omega, report.Worst.F1.Mean).ShouldBe(("pad", 0.2m, 0.375));
        report.Worst.F1.Deviation!.Value.ShouldBe(0.125 * Math.Sqrt(2), 1e-12);
        // pad: (1 + .875)/2·.1 + (.875 + .375)/2·.1 = .15625, over .2; swap: .1 + .0875 over .2
        report.Area.Value!.Value.ShouldBe((0.15625 / 0.2 + 0.1875 / 0.2) / 2, 1e-12);
    }

    [Fact]
    public void Dependence_is_the_raw_score_minus_the_other()
    {
        var report = new Robustness([Run("+++-", ("empty", "++--"), ("swapped", "----"))]).Of(0);
        report.Dependences.Select(d => (d.Condition, d.F1, d.Difference.Value)).ShouldBe([("empty", 0.5, 0.25), ("swapped", 0.0, 0.75)]);
        (report.Noisy.Value, report.Worst, report.Area.Value).ShouldBe((null, null, null));
    }

    [Fact]
    public void Two_equal_runs_differ_by_nothing_however_they_are_resampled()
    {
        var run = Run("++-+-+", ("ocr@0.3#1", "+--+-+"), ("ocr@0.3#7", "++----"));
        var difference = new Robustness([run, run]).Difference(1, 0);
        difference.Noisy.ShouldBe(new Interval(0, 0, 0));
        difference.Clean.ShouldBe(new Interval(0, 0, 0));
    }

    [Fact]
    public void Intervals_hold_the_truth_as_often_as_they_say() // of 300 samples, 95 % intervals of the clean score
    {
        var held = 0;
        for (var sample = 0; sample < 300; sample++)
        {
            var random = new Random(sample);
            var clean = string.Concat(Enumerable.Range(0, 200).Select(_ => random.NextDouble() < 0.7 ? '+' : '-'));
            var interval = new Robustness([Run(clean, ("empty", clean))], resamples: 300).Of(0).Clean;
            if (interval.Low <= 0.7 && interval.High >= 0.7) held++;
        }
        held.ShouldBeInRange(270, 297);
    }

    [Fact]
    public void Seeds_that_disagree_widen_the_interval()
    {
        var half = string.Concat(Enumerable.Repeat("+-", 100));
        var agree = new Robustness([Run(half, ("pad@0.1#1", half), ("pad@0.1#2", half))]).Of(0).Noisy;
        var all = new string('+', 200);
        var disagree = new Robustness([Run(half, ("pad@0.1#1", all), ("pad@0.1#2", new string('-', 200)))]).Of(0).Noisy;
        (agree.Value, disagree.Value).ShouldBe((0.5, 0.5));
        (disagree.High - disagree.Low)!.Value.ShouldBe(1, 1e-9);
        (agree.High - agree.Low)!.Value.ShouldBeLessThan(0.2);
    }

    [Fact]
    public void The_same_seed_gives_the_same_intervals_and_another_others()
    {
        var run = Run("++-+-++--+", ("ocr@0.3#1", "+--+-+-+-+"));
        var (a, b) = (new Robustness([run]).Of(0).Noisy, new Robustness([run]).Of(0).Noisy);
        var c = new Robustness([run], resamples: 50, seed: 7).Of(0).Noisy;
        a.ShouldBe(b);
        a.ShouldNotBe(c);
    }

    [Fact]
    public void Runs_over_other_rows_or_cells_are_refused()
    {
        Should.Throw<ArgumentException>(() => new Robustness([Run("++", ("empty", "++")), Run("+++", ("empty", "+++"))]));
        Should.Throw<ArgumentException>(() => new Robustness([Run("++", ("pad@0.1#1", "++")), Run("++", ("pad@0.2#1", "++"))]));
    }

    [Theory]
    [InlineData("replace@0.2#1", "replace", 0.2, 1)]
    [InlineData("pad@0#18446744073709551615", "pad", 0, ulong.MaxValue)]
    public void A_cell_reads_back_from_its_name(string name, string noise, double omega, ulong seed)
    {
        var cell = NoisyCondition.Parse(name)!.Value;
        cell.ShouldBe(new NoisyCondition(noise, (decimal)omega, seed));
        cell.ToString().ShouldBe(name);
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("@0.1#1")]
    [InlineData("pad@x#1")]
    [InlineData("pad@0.1#-1")]
    [InlineData("a#1@0.1")]
    public void Other_conditions_are_no_cells(string name) => NoisyCondition.Parse(name).ShouldBeNull();
}

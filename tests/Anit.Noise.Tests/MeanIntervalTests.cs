using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>The bootstrap interval of β, against the closed form that it must come near.</summary>
public sealed class MeanIntervalTests
{
    [Theory]
    [InlineData(400, 0.3)]
    [InlineData(5_000, 0.5)]
    [InlineData(1_000_000, 0.1)] // of which each resample draws 5,000
    public void The_interval_of_a_share_is_as_wide_as_the_normal_one(long rows, double share)
    {
        var ones = (long)(rows * share);
        var (low, high) = MeanInterval.Of([(1, ones), (0, rows - ones)])!.Value;
        var half = 1.959964 * Math.Sqrt(share * (1 - share) / rows);
        ((low + high) / 2).ShouldBe(share, half * 0.1);
        ((high - low) / 2).ShouldBe(half, half * 0.08);
    }

    [Fact]
    public void It_holds_the_true_mean_about_as_often_as_it_says()
    {
        var random = new Random(11);
        var held = 0;
        for (var sample = 0; sample < 300; sample++)
        {
            var (low, high) = MeanInterval.Of(Enumerable.Range(0, 80).Select(_ => (Math.Pow(random.NextDouble(), 2), 1L)))!.Value;
            if (low <= 1.0 / 3 && 1.0 / 3 <= high) held++;
        }
        held.ShouldBeInRange(270, 297); // 285 expected; a percentile bootstrap of few rows is a little narrow
    }

    [Fact]
    public void Order_and_how_rows_are_counted_change_nothing()
    {
        (double, long)[] cells = [(0, 3), (0.25, 7), (0.5, 1), (1, 4)];
        var whole = MeanInterval.Of(cells);
        MeanInterval.Of(cells.Reverse()).ShouldBe(whole);
        MeanInterval.Of(cells.SelectMany(c => Enumerable.Repeat((c.Item1, 1L), (int)c.Item2))).ShouldBe(whole);
    }

    [Fact]
    public void One_row_has_none_and_equal_rows_have_no_width()
    {
        MeanInterval.Of([]).ShouldBeNull();
        MeanInterval.Of([(0.4, 1)]).ShouldBeNull();
        MeanInterval.Of([(0.25, 9)]).ShouldBe((0.25, 0.25));
    }
}

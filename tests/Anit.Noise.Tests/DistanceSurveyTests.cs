using Shouldly;

namespace Anit.Noise.Tests;

/// <summary>What a report is drawn from.</summary>
public sealed class DistanceSurveyTests
{
    static readonly (string Kind, NoisyPair Pair)[] Pairs = Make();

    static (string, NoisyPair)[] Make()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 400).Select(i =>
        {
            var moved = random.Next(10) == 0 ? random.Next(300) : random.Next(12);
            return (random.Next(3) == 0 ? "shuffle" : "replace",
                new NoisyPair($"row/{i}", "clean", $"noisy {random.Next(90)}", new(moved, 300, 280)));
        })];
    }

    static DistanceSurvey Of(IEnumerable<(string Kind, NoisyPair Pair)> pairs)
    {
        var survey = new DistanceSurvey();
        foreach (var (kind, pair) in pairs) survey.Add(kind, pair);
        return survey;
    }

    [Fact]
    public void Parts_in_any_order_make_the_same_whole()
    {
        var random = new Random(4);
        var whole = Of(Pairs);
        for (var trial = 0; trial < 20; trial++)
        {
            var shuffled = Pairs.OrderBy(_ => random.Next()).ToArray();
            var merged = new DistanceSurvey();
            foreach (var part in shuffled.Chunk(1 + random.Next(200))) merged.Merge(Of(part));
            merged.Kinds.Keys.ShouldBe(["replace", "shuffle"]);
            foreach (var (name, kind) in whole.Kinds)
            {
                var other = merged.Kinds[name];
                other.Distinct.ShouldBe(kind.Distinct);
                other.Distances.Histogram.ShouldBe(kind.Distances.Histogram);
                foreach (var distance in kind.Distances.Histogram.Keys) other.Example(distance).ShouldBe(kind.Example(distance));
            }
            var scale = new DistanceScale(Normalization.Length, 0, 0);
            MeanInterval.Of(merged.All().On(scale)).ShouldBe(MeanInterval.Of(whole.All().On(scale)));
        }
    }

    [Fact]
    public void Counts_are_those_of_the_rows()
    {
        var all = Of(Pairs).All();
        all.Distances.Rows.ShouldBe(400);
        all.Distinct.ShouldBe(Pairs.Select(p => p.Pair.Noisy).Distinct().Count());
        var sorted = Pairs.Select(p => p.Pair.Moved.Distance).Order().ToArray();
        foreach (var share in new[] { 0, 0.001, 0.25, 0.5, 0.75, 0.999, 1 })
            all.Quantile(share).ShouldBe(sorted[Math.Max(0, (int)Math.Ceiling(share * 400) - 1)], $"{share}");
        var scale = all.Distances.Scale(Normalization.MinMax);
        all.On(scale).Sum(d => d.Distortion * d.Count / 400).ShouldBe(all.Distances.Beta(scale), 1e-12);
    }

    [Fact]
    public void Every_distance_has_a_pair_and_long_ones_share_few()
    {
        var all = Of(Pairs).All();
        foreach (var distance in all.Distances.Histogram.Keys)
        {
            var shown = all.Example(distance)!.Moved.Distance;
            if (distance < 64) shown.ShouldBe(distance);
            else ((double)shown / distance).ShouldBeInRange(0.96, 1.04);
        }
    }
}

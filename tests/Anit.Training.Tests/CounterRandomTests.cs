using Shouldly;

namespace Anit.Training.Tests;

public sealed class CounterRandomTests
{
    [Fact]
    public void Draws_depend_on_seed_epoch_sample_and_purpose_and_on_nothing_else()
    {
        var key = CounterRandom.Key(42, 0, "row/1", "delta");
        CounterRandom.Key(42, 0, "row/1", "delta").ShouldBe(key);
        new[] { CounterRandom.Key(43, 0, "row/1", "delta"), CounterRandom.Key(42, 1, "row/1", "delta"), CounterRandom.Key(42, 0, "row/2", "delta"),
            CounterRandom.Key(42, 0, "row/1", "dropout") }
            .ShouldNotContain(key);
    }

    [Fact]
    public void A_longer_fill_begins_with_the_shorter_one()
    {
        var (little, much) = (new float[7], new float[64]);
        CounterRandom.Fill(little, 5);
        CounterRandom.Fill(much, 5);
        much[..6].ShouldBe(little[..6]);
    }

    [Fact]
    public void Draws_are_uniform_between_minus_one_and_one()
    {
        for (var key = 0UL; key < 50; key++)
        {
            var values = new float[10_000];
            CounterRandom.Fill(values, CounterRandom.Key(key, 0, "x", "test"));
            values.ShouldAllBe(v => v >= -1 && v < 1);
            // Standard errors: mean 1/√(3n) = 0.0058, second moment √(4/45/n) = 0.0030; five of each.
            values.Average(v => (double)v).ShouldBe(0, 0.029);
            values.Average(v => (double)v * v).ShouldBe(1.0 / 3, 0.015);
        }
    }

    [Fact]
    public void A_permutation_holds_each_index_once_for_any_seed()
    {
        for (var seed = 0UL; seed < 1_000; seed++)
            CounterRandom.Permutation(17, seed).Order().ShouldBe(Enumerable.Range(0, 17));
    }
}

public sealed class ScheduleTests
{
    [Fact]
    public void Warms_up_linearly_and_falls_along_half_a_cosine()
    {
        var schedule = new Schedule(Steps: 104, WarmUp: 4.0 / 104);
        Enumerable.Range(0, 4).Select(schedule.Factor).ShouldBe([0.25, 0.5, 0.75, 1.0], 1e-12);
        schedule.Factor(4).ShouldBe(1);
        schedule.Factor(54).ShouldBe(0.5, 1e-12);
        schedule.Factor(104).ShouldBe(0, 1e-12);
    }

    [Theory]
    [InlineData(Decay.Linear, new[] { 0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25, 0 })] // get_linear_schedule_with_warmup after its step 0
    [InlineData(Decay.Constant, new[] { 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1 })]
    [InlineData(Decay.Cosine, new[] { 0.25, 0.5, 0.75, 1, 1, 0.85355339, 0.5, 0.14644661, 0 })]
    public void Falls_as_its_name_says(Decay decay, double[] factors) =>
        Enumerable.Range(0, 9).Select(new Schedule(8, 0.5, decay).Factor).ShouldBe(factors, 1e-8);

    [Fact]
    public void Never_leaves_zero_to_one_and_never_wastes_the_first_step()
    {
        for (var steps = 1; steps < 300; steps += 7)
            foreach (var warmUp in new[] { 0, 0.04, 0.5, 1 })
            {
                var factors = Enumerable.Range(0, steps).Select(new Schedule(steps, warmUp).Factor).ToArray();
                factors.ShouldAllBe(f => f >= 0 && f <= 1);
                factors[0].ShouldBeGreaterThan(0);
            }
    }
}

public sealed class BatchesTests
{
    static Example[] Examples(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Example($"row/{i}", new int[5 + i * 7 % 40], [1, 2], 0, 1, 0, false))];

    [Fact]
    public void An_epoch_holds_each_example_once_whatever_the_batching()
    {
        for (var count = 1; count < 200; count += 13)
            foreach (var (micro, accumulate) in new[] { (1, 1), (4, 2), (16, 3), (300, 2) })
            {
                var batches = new Batches(Examples(count), micro, accumulate, seed: 7);
                var epoch = batches.Epoch(2).ToArray();
                epoch.Length.ShouldBe(batches.StepsOf(2));
                epoch.SelectMany(s => s.SelectMany(m => m.Select(e => e.Id))).Order().ShouldBe(Examples(count).Select(e => e.Id).Order());
                epoch.ShouldAllBe(s => s.Count <= accumulate && s.All(m => m.Count <= micro));
            }
    }

    [Fact]
    public void The_order_changes_with_the_epoch_and_repeats_with_the_seed()
    {
        var examples = Examples(100);
        string[] Ids(ulong seed, int epoch) =>
            [.. new Batches(examples, 8, 2, seed).Epoch(epoch).SelectMany(s => s.SelectMany(m => m.Select(e => e.Id)))];
        Ids(1, 0).ShouldBe(Ids(1, 0));
        Ids(1, 0).ShouldNotBe(Ids(1, 1));
        Ids(1, 0).ShouldNotBe(Ids(2, 0));
    }

    [Fact]
    public void A_token_budget_is_kept_by_rows_of_like_length_each_once_an_epoch()
    {
        for (var seed = 1UL; seed < 20; seed++)
            foreach (var most in new[] { 30, 64, 500 })
            {
                var batches = new Batches(Examples(150), 16, 2, seed) { MostTokens = most };
                var steps = batches.Epoch(1).ToArray();
                steps.Length.ShouldBe(batches.StepsOf(1));
                var micro = steps.SelectMany(s => s).ToArray();
                micro.SelectMany(m => m.Select(e => e.Id)).Order().ShouldBe(Examples(150).Select(e => e.Id).Order());
                micro.ShouldAllBe(m => m.Count == 1 || m.Sum(e => e.Inputs) <= most);
                micro.Average(m => m.Sum(e => e.Inputs)).ShouldBeGreaterThan(0.6 * most);
                batches.Epoch(1).SelectMany(s => s.SelectMany(m => m.Select(e => e.Id))).ShouldBe(micro.SelectMany(m => m.Select(e => e.Id)));
            }
    }

    [Fact]
    public void Weighted_sources_come_in_proportion_and_each_row_as_often_as_any_other_of_its_source()
    {
        Example[] examples = [.. Examples(90).Select((e, i) => e with { Source = i < 60 ? 0 : 1 })];
        var batches = new Batches(examples, 8, 2, seed: 3) { Weights = [1, 2] };
        var seen = new Dictionary<string, int>();
        for (var epoch = 0; epoch < 6; epoch++)
        {
            Example[] rows = [.. batches.Epoch(epoch).SelectMany(s => s.SelectMany(m => m))];
            rows.Length.ShouldBe(90);
            rows.Count(e => e.Source == 0).ShouldBe(30);
            foreach (var row in rows) seen[row.Id] = seen.GetValueOrDefault(row.Id) + 1;
        }
        examples.Select(e => seen[e.Id]).ShouldBe(examples.Select(e => e.Source == 0 ? 3 : 12)); // 180 of 60 rows, 360 of 30
        string[] Ids(Batches some, int epoch) => [.. some.Epoch(epoch).SelectMany(s => s.SelectMany(m => m.Select(e => e.Id)))];
        Ids(new Batches(examples, 8, 2, seed: 3) { Weights = [1, 2] }, 4).ShouldBe(Ids(batches, 4)); // whatever came before
        Ids(batches, 4).ShouldNotBe(Ids(batches, 1));
    }

    [Fact]
    public void A_batch_is_found_in_its_epoch_where_epochs_differ_in_length()
    {
        var batches = new Batches(Examples(70), 16, 2, seed: 5) { MostTokens = 90 };
        for (var (epoch, batch) = (0, 0); epoch < 4; epoch++)
            for (var place = 0; place < batches.StepsOf(epoch); place++, batch++)
            {
                batches.At(batch).ShouldBe((epoch, place));
                batches.Epochs(batch + 0.5).ShouldBe(epoch + (place + 0.5) / batches.StepsOf(epoch), 1e-12);
            }
    }
}

using System.Text;
using Shouldly;

namespace Anit.Noise.Tests;

public sealed class SelectionTests
{
    static HashSet<string> Noisy(string[] ids, decimal phi, ulong seed = 42)
    {
        var ranking = new KeyRanking(seed);
        foreach (var id in ids) ranking.Count(Encoding.UTF8.GetBytes(id));
        if (ranking.Seek(Share.Of(phi, ids.Length)))
            foreach (var id in ids) ranking.Refine(Encoding.UTF8.GetBytes(id));
        var selection = Selection.Exactly(seed, ranking.Rank());
        return [.. ids.Where(id => selection.IsNoisy(Encoding.UTF8.GetBytes(id)))];
    }

    static string[] Ids(int n) => [.. Enumerable.Range(0, n).Select(i => $"data/train/{i:000000}")];

    [Fact]
    public void Fixed_selects_exactly_the_rounded_share()
    {
        for (var n = 0; n < 200; n++)
            foreach (var phi in new[] { 0m, 0.1m, 0.5m, 0.8m, 1m })
                Noisy(Ids(n), phi).Count.ShouldBe((int)Share.Of(phi, n));
    }

    [Fact]
    public void Fixed_does_not_depend_on_the_order_of_the_rows()
    {
        var ids = Ids(1_000);
        Noisy([.. ids.Reverse()], 0.3m).SetEquals(Noisy(ids, 0.3m)).ShouldBeTrue();
    }

    [Fact]
    public void A_larger_share_keeps_the_rows_of_a_smaller_one() => Noisy(Ids(500), 0.3m).IsSubsetOf(Noisy(Ids(500), 0.4m)).ShouldBeTrue();

    [Fact]
    public void Repeated_ids_still_give_the_exact_count()
    {
        var ids = Enumerable.Repeat("same", 10).ToList();
        var ranking = new KeyRanking(1);
        foreach (var id in ids) ranking.Count(Encoding.UTF8.GetBytes(id));
        ranking.Seek(4).ShouldBeTrue();
        foreach (var id in ids) ranking.Refine(Encoding.UTF8.GetBytes(id));
        var selection = Selection.Exactly(1, ranking.Rank());
        ids.Count(id => selection.IsNoisy(Encoding.UTF8.GetBytes(id))).ShouldBe(4);
    }

    [Fact]
    public void Every_row_is_selected_equally_often_over_the_seeds()
    {
        var ids = Ids(10);
        var counts = ids.ToDictionary(i => i, _ => 0);
        for (var seed = 0UL; seed < 2_000; seed++)
            foreach (var id in Noisy(ids, 0.5m, seed)) counts[id]++;
        counts.Values.ShouldAllBe(c => c > 880 && c < 1120); // 1000 +- 5 deviations
    }

    [Fact]
    public void Bernoulli_needs_no_count_and_draws_anew_in_each_epoch()
    {
        var ids = Ids(20_000).Select(i => Encoding.UTF8.GetBytes(i)).ToList();
        var first = Selection.Bernoulli(42, 0.25m, epoch: 0);
        var second = Selection.Bernoulli(42, 0.25m, epoch: 1);
        var (a, b, both) = (0, 0, 0);
        foreach (var id in ids)
        {
            var (x, y) = (first.IsNoisy(id), second.IsNoisy(id));
            a += x ? 1 : 0;
            b += y ? 1 : 0;
            both += x && y ? 1 : 0;
        }
        a.ShouldBeInRange(4_700, 5_300);
        b.ShouldBeInRange(4_700, 5_300);
        both.ShouldBeInRange(1_100, 1_400); // independent: 1250
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1000)]
    public void Bernoulli_with_none_or_all_is_none_or_all(int phi, int noisy)
    {
        var selection = Selection.Bernoulli(7, phi);
        Ids(1000).Count(i => selection.IsNoisy(Encoding.UTF8.GetBytes(i))).ShouldBe(noisy);
    }
}

using Shouldly;

namespace Anit.Data.Tests;

public sealed class RowRanksTests
{
    static readonly decimal[] Shares = [0.7m, 0.2m, 0.1m];

    [Fact]
    public void Parts_keep_their_shares_of_the_table_and_of_each_stratum()
    {
        for (var seed = 0UL; seed < 100; seed++)
        {
            var labels = Labels(seed);
            var parts = Ranks(seed, labels).Parts(Shares);
            for (var part = 0; part < Shares.Length; part++)
            {
                ((decimal)parts.Count(p => p == part)).ShouldBe(Shares[part] * labels.Length, 1m, $"seed {seed}");
                foreach (var label in labels.Distinct())
                {
                    var of = Enumerable.Range(0, labels.Length).Where(row => labels[row] == label).ToList();
                    ((decimal)of.Count(row => parts[row] == part)).ShouldBe(Shares[part] * of.Count, 2m, $"seed {seed}, {label}");
                }
            }
        }
    }

    [Fact]
    public void Parts_hang_on_ids_and_seed_and_not_on_the_order_of_rows()
    {
        for (var seed = 0UL; seed < 100; seed++)
        {
            var labels = Labels(seed);
            var there = Ranks(seed, labels).Parts(Shares);
            var back = Ranks(seed, labels, backwards: true).Parts(Shares);
            back.Reverse().ShouldBe(there, $"seed {seed}");
            Ranks(seed + 1, labels).Parts(Shares).ShouldNotBe(there);
        }
    }

    // One large label, some small ones, many of a single row.
    static string[] Labels(ulong seed)
    {
        var random = new Random((int)seed);
        return [.. Enumerable.Range(0, 300)
            .Select(row => random.Next(3) switch { 0 => "large", 1 => $"small{random.Next(7)}", _ => $"single{row}" })];
    }

    static RowRanks Ranks(ulong seed, string[] labels, bool backwards = false)
    {
        var schema = new Schema([new("id", DataType.Utf8), new("label", DataType.Utf8)]);
        var (ids, groups) = (new Utf8Builder(), new Utf8Builder());
        foreach (var row in backwards ? Enumerable.Range(0, labels.Length).Reverse() : Enumerable.Range(0, labels.Length))
        {
            ids.Append($"row {row}");
            groups.Append(labels[row]);
        }
        var ranks = new RowRanks("test", seed, "id", "label");
        ranks.Add(new(schema, [ids.Build(), groups.Build()]));
        return ranks;
    }
}

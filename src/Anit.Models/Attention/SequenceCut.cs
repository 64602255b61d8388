namespace Anit.Models.Attention;

/// <summary>Which sequences attend together: padding costs pairs of queries and keys, one more group costs calls.</summary>
static class SequenceCut
{
    const double GroupCost = 4096; // what one more group costs, in query-key pairs; measured

    /// <summary>Cuts the sequences, sorted by length, where that makes padding plus groups cheapest; exact, by dynamic programming.</summary>
    /// <returns>The numbers of each group's sequences.</returns>
    public static List<int[]> ByLength(int[] lengths)
    {
        var order = Enumerable.Range(0, lengths.Length).OrderBy(b => lengths[b]).ThenBy(b => b).ToArray();
        var cost = new double[order.Length + 1]; // of the first n sequences
        var from = new int[order.Length + 1];    // where the last group of those begins
        for (var end = 1; end <= order.Length; end++)
        {
            cost[end] = double.PositiveInfinity;
            double longest = lengths[order[end - 1]];
            for (var start = end - 1; start >= 0; start--)
            {
                var whole = cost[start] + GroupCost + (end - start) * longest * longest;
                if (whole < cost[end]) (cost[end], from[end]) = (whole, start);
            }
        }
        var groups = new List<int[]>();
        for (var end = order.Length; end > 0; end = from[end]) groups.Add([.. order[from[end]..end].Order()]);
        return groups;
    }
}

using static TorchSharp.torch;

namespace Anit.Models;

/// <summary>Sequences of similar length whose attention is one batched matrix product.</summary>
/// <param name="Sequences">G, how many.</param>
/// <param name="Queries">Lq, query places a sequence; shorter ones are filled up.</param>
/// <param name="Keys">Lk, key places a sequence, without those of a prefix; the masks have columns for both.</param>
/// <param name="QueryRows">For each place (g, kv head, query of the head, place) the row of (R·H, D) that belongs there.</param>
/// <param name="KeyRows">For each place (g, kv head, place) the row of (T·Hkv, D) that belongs there.</param>
/// <param name="Filling">The query places that are filling, null when there are none.</param>
/// <param name="Mask">Added to the scores, shape (1 or G·Hkv, Hq·Lq, Lk): 0 or -infinity.</param>
/// <param name="WindowMask">The same for layers with a window.</param>
/// <param name="Whole">Whether every place is a query and nothing comes before: the mask is then the plain causal one.</param>
sealed record AttentionGroup(int Sequences, int Queries, int Keys, Tensor QueryRows, Tensor KeyRows, Tensor? Filling, Tensor Mask, Tensor WindowMask,
    bool Whole)
{
    /// <summary>Whether query i sees exactly the keys up to i.</summary>
    public bool Causal(bool sliding) => Whole && (!sliding || ReferenceEquals(WindowMask, Mask));

    public Tensor MaskOf(bool sliding) => sliding ? WindowMask : Mask;
}

/// <summary>How the attention of a packed batch is cut into groups: which rows go where, and back.</summary>
/// <remarks>Padding exists only inside attention, where it costs little: filling keys lie behind every query of their sequence,
/// so the causal mask hides them, and filling queries are never read. Grouping weighs that waste against the cost of one more
/// group of operations; with few long sequences each becomes a group of its own, with many short ones all share one.</remarks>
sealed class Grouping
{
    const double GroupCost = 4096; // what one more group costs, in query-key pairs; measured, see docs

    /// <summary>The groups, which together hold every sequence once.</summary>
    public List<AttentionGroup> Groups { get; } = [];

    /// <summary>For each row of (R·H, D) its place in the groups' results laid end to end.</summary>
    public Tensor QueryPlaces { get; }

    /// <summary>For each row of (T·Hkv, D) its place in the groups' keys laid end to end.</summary>
    public Tensor KeyPlaces { get; }

    /// <param name="batch">The sequences.</param>
    /// <param name="asked">The rows that are queries, null for all.</param>
    /// <param name="config">Numbers of heads.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="dtype">Element type of the scores.</param>
    public Grouping(Packed batch, int[]? asked, ModelConfig config, Device device, ScalarType dtype)
    {
        var (heads, kvHeads) = (config.NumAttentionHeads, config.NumKeyValueHeads);
        var queries = Queries(batch, asked);
        var queryPlaces = new long[(asked?.Length ?? batch.Tokens) * heads];
        var keyPlaces = new long[batch.Tokens * kvHeads];
        long queryBase = 0, keyBase = 0;

        Tensor Index(long[] values) => batch.Keep(tensor(values, dtype: ScalarType.Int64, device: device));

        foreach (var members in Cut(batch))
        {
            var keys = members.Max(b => Length(batch, b));
            var places = Math.Max(1, members.Max(b => queries[b].Count));
            var queryRows = new long[members.Length * heads * places];
            var keyRows = new long[members.Length * kvHeads * keys];
            var filling = new List<long>();
            for (var g = 0; g < members.Length; g++)
            {
                var (start, length) = (batch.Starts[members[g]], Length(batch, members[g]));
                for (var h = 0; h < kvHeads; h++)
                    for (var t = 0; t < keys; t++)
                    {
                        var place = ((long)g * kvHeads + h) * keys + t;
                        keyRows[place] = (long)(start + Math.Min(t, length - 1)) * kvHeads + h;
                        if (t < length) keyPlaces[keyRows[place]] = keyBase + place;
                    }
                var mine = queries[members[g]];
                for (var h = 0; h < heads; h++)
                    for (var i = 0; i < places; i++)
                    {
                        var place = ((long)g * heads + h) * places + i;
                        queryRows[place] = i < mine.Count ? (long)mine[i].Row * heads + h : h;
                        if (i < mine.Count) queryPlaces[queryRows[place]] = queryBase + place;
                        else filling.Add(place);
                    }
            }
            Tensor Mask(int window) => batch.Keep((asked is null ? Causal(keys, batch.Before, window, config.Groups) : Asked(members, queries, places, keys + batch.Before, window, config)).to(dtype, device).alias());
            var mask = Mask(batch.Before + keys);
            Groups.Add(new(members.Length, places, keys, Index(queryRows), Index(keyRows),
                filling.Count == 0 ? null : Index([.. filling]), mask, config.SlidingWindow is { } window && window < batch.Before + keys ? Mask(window) : mask,
                asked is null && batch.Before == 0));
            queryBase += queryRows.Length;
            keyBase += keyRows.Length;
        }
        QueryPlaces = Index(queryPlaces);
        KeyPlaces = Index(keyPlaces);
    }

    /// <summary>Cuts the sequences, sorted by length, where that makes filling plus groups cheapest; exact, by dynamic programming.</summary>
    static List<int[]> Cut(Packed batch)
    {
        var order = Enumerable.Range(0, batch.Count).OrderBy(b => Length(batch, b)).ThenBy(b => b).ToArray();
        var cost = new double[order.Length + 1];
        var from = new int[order.Length + 1];
        for (var end = 1; end <= order.Length; end++)
        {
            cost[end] = double.PositiveInfinity;
            double longest = Length(batch, order[end - 1]);
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

    /// <summary>Each sequence's queries: their row among all queries and their position in the sequence.</summary>
    static List<(int Row, int Position)>[] Queries(Packed batch, int[]? asked)
    {
        var queries = new List<(int, int)>[batch.Count];
        for (var b = 0; b < batch.Count; b++) queries[b] = [];
        if (asked is null)
        {
            for (var b = 0; b < batch.Count; b++)
                for (var t = batch.Starts[b]; t < batch.Starts[b + 1]; t++) queries[b].Add((t, batch.Before + t - batch.Starts[b]));
            return queries;
        }
        for (var row = 0; row < asked.Length; row++)
        {
            var found = Array.BinarySearch(batch.Starts, asked[row]);
            var b = found >= 0 ? found : ~found - 1;
            queries[b].Add((row, batch.Before + asked[row] - batch.Starts[b]));
        }
        return queries;
    }

    /// <summary>Query i sees the window's keys up to i; one mask for all sequences, repeated for the queries that share a key head.</summary>
    static Tensor Causal(int length, int before, int window, int shared)
    {
        using var scope = NewDisposeScope();
        var never = full([length, before + length], float.NegativeInfinity);
        var mask = never.triu(before + 1);
        if (window < before + length) mask = mask + never.tril(before - window);
        mask = mask.repeat(shared, 1).unsqueeze(0);
        return mask.MoveToOuterDisposeScope();
    }

    static Tensor Asked(int[] members, List<(int Row, int Position)>[] queries, int places, int keys, int window, ModelConfig config)
    {
        var mask = new float[members.Length * places * keys];
        for (var g = 0; g < members.Length; g++)
            for (var i = 0; i < queries[members[g]].Count; i++)
            {
                var row = mask.AsSpan((g * places + i) * keys, keys);
                var position = queries[members[g]][i].Position;
                row[(position + 1)..].Fill(float.NegativeInfinity);
                row[..Math.Max(0, position + 1 - window)].Fill(float.NegativeInfinity);
            }
        using var scope = NewDisposeScope();
        var one = tensor(mask, [members.Length, 1, 1, places, keys]);
        var all = one.expand(members.Length, config.NumKeyValueHeads, config.Groups, places, keys)
            .reshape(members.Length * config.NumKeyValueHeads, config.Groups * places, keys);
        return all.MoveToOuterDisposeScope();
    }

    static int Length(Packed batch, int sequence) => batch.Starts[sequence + 1] - batch.Starts[sequence];
}

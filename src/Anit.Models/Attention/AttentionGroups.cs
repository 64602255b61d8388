using static TorchSharp.torch;

namespace Anit.Models.Attention;

/// <summary>How the attention of a packed batch is cut into groups: which rows go where, and back. Owns its tensors.</summary>
/// <remarks>Padding exists only inside attention, where it costs little: padded keys lie behind every query of their sequence,
/// so the causal mask hides them, and padded queries are never read. The cut weighs that waste against the cost of one more
/// group of operations; with few long sequences each becomes a group of its own, with many short ones all share one.</remarks>
sealed class AttentionGroups : IDisposable
{
    readonly PackedBatch batch;
    readonly int heads;
    readonly int kvHeads;
    readonly Device device;

    /// <summary>The groups, which together hold every sequence once.</summary>
    public List<AttentionGroup> All { get; } = [];

    /// <summary>For each row of (R·H, D) its place in the groups' results laid end to end.</summary>
    public Tensor QueryPlaces { get; }

    /// <summary>For each row of (T·Hkv, D) its place in the groups' keys laid end to end.</summary>
    public Tensor KeyPlaces { get; }

    /// <param name="batch">The sequences.</param>
    /// <param name="selected">The rows that are queries, null for all.</param>
    /// <param name="config">Numbers of heads.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="dtype">Element type of the scores.</param>
    public AttentionGroups(PackedBatch batch, int[]? selected, ModelConfig config, Device device, ScalarType dtype)
    {
        (this.batch, heads, kvHeads, this.device) = (batch, config.NumAttentionHeads, config.NumKeyValueHeads, device);
        var queries = QueriesBySequence(selected);
        var masks = new AttentionMasks(config, batch.PrefixLength, device, dtype);
        var queryPlaces = new long[(selected?.Length ?? batch.Tokens) * heads];
        var keyPlaces = new long[batch.Tokens * kvHeads];
        long queryBase = 0, keyBase = 0;
        foreach (var members in SequenceCut.ByLength([.. Enumerable.Range(0, batch.Count).Select(batch.Length)]))
        {
            var keys = members.Max(batch.Length);
            var places = Math.Max(1, members.Max(b => queries[b].Count));
            var keyRows = PlaceKeys(members, keys, keyPlaces, keyBase);
            var queryRows = PlaceQueries(members, queries, places, queryPlaces, queryBase, out var padding);
            Lazy<Tensor> Mask(int window) =>
                new(() => selected is null ? masks.Causal(keys, window) : masks.OfQueries(members, queries, places, keys, window));
            var mask = Mask(AttentionMasks.NoWindow);
            var windowed = config.SlidingWindow is { } window && window < batch.PrefixLength + keys ? Mask(window) : mask;
            All.Add(new(members.Length, places, keys, Index(queryRows), Index(keyRows), padding.Count == 0 ? null : Index([.. padding]), mask,
                windowed, selected is null && batch.PrefixLength == 0));
            queryBase += queryRows.Length;
            keyBase += keyRows.Length;
        }
        QueryPlaces = Index(queryPlaces);
        KeyPlaces = Index(keyPlaces);
    }

    public void Dispose()
    {
        All.ForEach(group => group.Dispose());
        QueryPlaces.Dispose();
        KeyPlaces.Dispose();
    }

    /// <summary>Each sequence's queries: their row among all queries and their position in the sequence.</summary>
    List<Query>[] QueriesBySequence(int[]? selected)
    {
        var queries = new List<Query>[batch.Count];
        for (var b = 0; b < batch.Count; b++) queries[b] = [];
        for (var row = 0; row < (selected?.Length ?? batch.Tokens); row++)
        {
            var (sequence, position) = batch.PlaceOf(selected?[row] ?? row);
            queries[sequence].Add(new(row, position));
        }
        return queries;
    }

    /// <summary>For each place (g, kv head, t) its row of (T·Hkv); writes the way back into <paramref name="keyPlaces"/>.</summary>
    long[] PlaceKeys(int[] members, int keys, long[] keyPlaces, long keyBase)
    {
        var rows = new long[members.Length * kvHeads * keys];
        for (var g = 0; g < members.Length; g++)
        {
            var (start, length) = (batch.Starts[members[g]], batch.Length(members[g]));
            for (var h = 0; h < kvHeads; h++)
                for (var t = 0; t < keys; t++)
                {
                    var place = ((long)g * kvHeads + h) * keys + t;
                    rows[place] = (long)(start + Math.Min(t, length - 1)) * kvHeads + h;
                    if (t < length) keyPlaces[rows[place]] = keyBase + place;
                }
        }
        return rows;
    }

    /// <summary>For each place (g, head, i) its row of (R·H), any row for padding; writes the way back into
    /// <paramref name="queryPlaces"/>.</summary>
    long[] PlaceQueries(int[] members, List<Query>[] queries, int places, long[] queryPlaces, long queryBase, out List<long> padding)
    {
        var rows = new long[members.Length * heads * places];
        padding = [];
        for (var g = 0; g < members.Length; g++)
        {
            var mine = queries[members[g]];
            for (var h = 0; h < heads; h++)
                for (var i = 0; i < places; i++)
                {
                    var place = ((long)g * heads + h) * places + i;
                    rows[place] = i < mine.Count ? (long)mine[i].Row * heads + h : h;
                    if (i < mine.Count) queryPlaces[rows[place]] = queryBase + place;
                    else padding.Add(place);
                }
        }
        return rows;
    }

    Tensor Index(long[] values) => tensor(values, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
}

/// <summary>A row that asks: its number among all queries, and its position in its sequence.</summary>
readonly record struct Query(int Row, int Position);

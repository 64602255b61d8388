using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Anit.Data;

/// <summary>A random order of a table's rows that hangs on their ids and a seed only: neither on their order nor on each other.</summary>
/// <remarks>Each row has a 64-bit key, the first bytes of SHA-256 over purpose, seed and id; the smallest keys come first. With a
/// column to stratify by, each of its values is ordered by itself.</remarks>
public sealed class RowRanks
{
    readonly ulong seed;
    readonly byte[] purpose;
    readonly string? id, by;
    readonly List<ulong> keys = [];
    readonly List<int> strata = [];
    readonly ByteTable values = new();

    /// <summary>Ranks for one purpose, so that equal seeds do not choose the same rows for different ones.</summary>
    /// <param name="purpose">Such as "sample".</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="id">The column of row ids, or null for row numbers.</param>
    /// <param name="by">The column to stratify by, or null.</param>
    public RowRanks(string purpose, ulong seed, string? id, string? by) =>
        (this.purpose, this.seed, this.id, this.by) = (Encoding.UTF8.GetBytes(purpose + '\0'), seed, id, by);

    /// <summary>The columns to read for <see cref="Add"/>.</summary>
    public IReadOnlyList<string> Columns => [.. new[] { id, by }.OfType<string>().Distinct()];

    /// <summary>Rows so far.</summary>
    public int Rows => keys.Count;

    /// <summary>Takes the rows of a batch.</summary>
    public void Add(ColumnBatch batch)
    {
        var json = new CanonicalJson();
        var group = by is null ? null : batch.Select([by]);
        for (var row = 0; row < batch.Rows; row++)
        {
            keys.Add(id is null ? Key(Encoding.ASCII.GetBytes($"#{keys.Count}")) : Key(batch[id].Utf8(row)));
            strata.Add(group is null ? 0 : values.Add(json.Row(group, row).Span));
        }
    }

    /// <summary>For each row its place in its stratum, from 0, and the stratum's size.</summary>
    public (int[] Place, int[] Size) Places()
    {
        var order = Enumerable.Range(0, keys.Count).ToArray();
        Array.Sort(order, (a, b) =>
        {
            var byStratum = strata[a].CompareTo(strata[b]);
            if (byStratum != 0) return byStratum;
            var byKey = keys[a].CompareTo(keys[b]);
            return byKey != 0 ? byKey : a.CompareTo(b);
        });
        var (place, size) = (new int[order.Length], new int[order.Length]);
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end < order.Length && strata[order[end]] == strata[order[start]]) end++;
            for (var i = start; i < end; i++) (place[order[i]], size[order[i]]) = (i - start, end - start);
            start = end;
        }
        return (place, size);
    }

    /// <summary>For each row the part it falls into, from 0; the parts have these shares of all rows and, as near as whole rows allow, of each
    /// stratum.</summary>
    /// <remarks>Stratum after stratum, in an order that hangs on the seed, each ranked row goes to the part that lacks most. So strata of one row,
    /// too, are shared out.</remarks>
    public int[] Parts(IReadOnlyList<decimal> shares)
    {
        var first = new ulong[Math.Max(1, values.Count)];
        Array.Fill(first, ulong.MaxValue);
        for (var row = 0; row < keys.Count; row++) first[strata[row]] = Math.Min(first[strata[row]], keys[row]);
        var order = Enumerable.Range(0, keys.Count).ToArray();
        Array.Sort(order, (a, b) =>
        {
            var byStratum = (first[strata[a]], strata[a]).CompareTo((first[strata[b]], strata[b]));
            return byStratum != 0 ? byStratum : (keys[a], a).CompareTo((keys[b], b));
        });
        var (parts, lacks) = (new int[order.Length], new decimal[shares.Count]);
        foreach (var row in order)
        {
            var most = 0;
            for (var part = 0; part < lacks.Length; part++)
            {
                lacks[part] += shares[part];
                if (lacks[part] > lacks[most]) most = part;
            }
            lacks[most]--;
            parts[row] = most;
        }
        return parts;
    }

    /// <summary>For each row whether it is among the first of a total of <paramref name="count"/>, shared over the strata by their sizes.</summary>
    public bool[] First(int count)
    {
        var (place, size) = Places();
        var quota = Quotas(count);
        var chosen = new bool[place.Length];
        for (var i = 0; i < chosen.Length; i++) chosen[i] = place[i] < quota[strata[i]];
        return chosen;
    }

    // Largest remainders: each stratum gets its share rounded down, the rest goes to the largest fractions, earlier strata first.
    int[] Quotas(int count)
    {
        var sizes = new int[Math.Max(1, values.Count)];
        foreach (var stratum in strata) sizes[stratum]++;
        count = Math.Min(count, keys.Count);
        var quota = sizes.Select(size => keys.Count == 0 ? 0 : (int)((long)size * count / keys.Count)).ToArray();
        var rest = sizes.Select((size, i) => (Fraction: keys.Count == 0 ? 0 : (long)size * count % keys.Count, i)).OrderByDescending(s => s.Fraction)
            .ThenBy(s => s.i);
        foreach (var (_, i) in rest.Take(count - quota.Sum())) quota[i]++;
        return quota;
    }

    ulong Key(ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = text.Length < 200 ? stackalloc byte[256] : new byte[text.Length + 64];
        purpose.CopyTo(buffer);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[purpose.Length..], seed);
        text.CopyTo(buffer[(purpose.Length + 8)..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(buffer[..(purpose.Length + 8 + text.Length)], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}

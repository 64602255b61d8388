using System.Text;

namespace Anit.Models.Tokenizers;

/// <summary>Working memory of one encoder: the symbols of a word, joined in place.</summary>
internal sealed class BpeScratch
{
    const int ShortWord = 32; // up to here looking for the best pair from end to end beats a heap

    int[] id = new int[64], rank = new int[64], joined = new int[64], next = new int[64], previous = new int[64];
    int count;
    byte[] bytes = new byte[256];
    char[] letters = new char[256];
    readonly PriorityQueue<int, ulong> queue = new();

    public int Last => count == 0 ? -1 : id[count - 1];

    public void Clear() => count = 0;

    public void Add(int symbol)
    {
        if (count == id.Length)
        {
            var size = count * 2;
            Array.Resize(ref id, size);
            Array.Resize(ref rank, size);
            Array.Resize(ref joined, size);
            Array.Resize(ref next, size);
            Array.Resize(ref previous, size);
        }
        id[count++] = symbol;
    }

    public ReadOnlySpan<byte> Utf8(ReadOnlySpan<char> word)
    {
        if (bytes.Length < word.Length * 3) bytes = new byte[word.Length * 3];
        return bytes.AsSpan(0, Encoding.UTF8.GetBytes(word, bytes));
    }

    public Span<char> Letters(int length)
    {
        if (letters.Length < length) letters = new char[length];
        return letters.AsSpan(0, length);
    }

    /// <summary>Joins pairs, best rank first and the left one of equals, until none is left; appends what remains.</summary>
    public void Join(PairTable pairs, List<int> ids)
    {
        for (var i = 0; i + 1 < count; i++) rank[i] = pairs.Rank(id[i], id[i + 1], out joined[i]);
        if (count > 0) rank[count - 1] = PairTable.None;
        if (count <= ShortWord) JoinShort(pairs, ids);
        else JoinLong(pairs, ids);
    }

    void JoinShort(PairTable pairs, List<int> ids)
    {
        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i < count - 1; i++)
                if (rank[i] < rank[best]) best = i;
            if (rank[best] == PairTable.None) break;

            id[best] = joined[best];
            count--;
            Shift(id, best + 1);
            Shift(rank, best + 1);
            Shift(joined, best + 1);
            rank[count - 1] = PairTable.None;
            if (best + 1 < count) rank[best] = pairs.Rank(id[best], id[best + 1], out joined[best]);
            if (best > 0) rank[best - 1] = pairs.Rank(id[best - 1], id[best], out joined[best - 1]);
        }
        for (var i = 0; i < count; i++) ids.Add(id[i]);
    }

    void Shift(int[] values, int to) => Array.Copy(values, to + 1, values, to, count - to);

    /// <summary>The same with a heap over a linked list. A heap entry is stale when its place now has a pair of another rank.</summary>
    void JoinLong(PairTable pairs, List<int> ids)
    {
        queue.Clear();
        for (var i = 0; i < count; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            Push(i);
        }
        while (queue.TryDequeue(out var at, out var priority))
        {
            if (rank[at] != (int)(priority >> 32)) continue;

            var gone = next[at];
            id[at] = joined[at];
            rank[gone] = PairTable.None;
            next[at] = next[gone];
            if (next[at] < count) previous[next[at]] = at;
            Rerank(pairs, at);
            if (previous[at] >= 0) Rerank(pairs, previous[at]);
        }
        for (var i = 0; i < count; i = next[i]) ids.Add(id[i]);
    }

    void Rerank(PairTable pairs, int at)
    {
        rank[at] = next[at] < count ? pairs.Rank(id[at], id[next[at]], out joined[at]) : PairTable.None;
        Push(at);
    }

    void Push(int at)
    {
        if (rank[at] != PairTable.None) queue.Enqueue(at, (ulong)(uint)rank[at] << 32 | (uint)at);
    }
}

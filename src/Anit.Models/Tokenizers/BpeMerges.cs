namespace Anit.Models.Tokenizers;

/// <summary>The learning loop of BPE over counted words: pair counts are kept up to date, and words are visited by pair.</summary>
/// <remarks>Tokens are numbered 0 to 255 for bytes and onwards for merges. The queue holds each pair with a count that it
/// had once; counts only fall between two merges of a pair, so an entry that is too high goes back with the true one.</remarks>
internal sealed class BpeMerges
{
    readonly List<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b })];
    readonly List<int[]> words = [];
    readonly List<long> wordCounts = [];
    readonly Dictionary<(int Left, int Right), long> pairCounts = [];
    readonly Dictionary<(int Left, int Right), List<int>> wordsOf = []; // in which words a pair occurs or did
    readonly PriorityQueue<(int Left, int Right), Candidate> queue;

    readonly record struct Candidate(long Count, int Left, int Right);

    public BpeMerges(IEnumerable<(byte[] Word, long Count)> counted)
    {
        queue = new(Comparer<Candidate>.Create(Better));
        // Sorted, so that nothing hangs on the order of a dictionary.
        foreach (var (word, count) in counted.OrderBy(w => w.Word, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
        {
            if (word.Length < 2) continue;
            words.Add(Array.ConvertAll(word, b => (int)b));
            wordCounts.Add(count);
        }
        for (var word = 0; word < words.Count; word++)
            for (var i = 0; i + 1 < words[word].Length; i++)
                Count((words[word][i], words[word][i + 1]), word, wordCounts[word]);
        foreach (var (pair, count) in pairCounts) queue.Enqueue(pair, new(count, pair.Left, pair.Right));
    }

    /// <summary>The merges in order, as the bytes of both halves, until they made so many new tokens.</summary>
    public List<(byte[] Left, byte[] Right)> Learn(int newTokens, long minCount)
    {
        var merges = new List<(byte[], byte[])>();
        var known = Enumerable.Range(0, 256).ToDictionary(b => ByteAlphabet.Write(tokens[b]), b => b, StringComparer.Ordinal);
        var done = new HashSet<(int, int)>();
        while (tokens.Count < 256 + newTokens && queue.TryDequeue(out var pair, out var candidate))
        {
            var count = pairCounts.GetValueOrDefault(pair);
            if (count < minCount) continue;
            if (count != candidate.Count)
            {
                queue.Enqueue(pair, candidate with { Count = count });
                continue;
            }
            byte[] joined = [.. tokens[pair.Left], .. tokens[pair.Right]];
            // Two ways to the same bytes lead to one token; with it a pair joined before can turn up again, and joins again.
            if (done.Add(pair)) merges.Add((tokens[pair.Left], tokens[pair.Right]));
            if (known.TryAdd(ByteAlphabet.Write(joined), tokens.Count)) tokens.Add(joined);
            Join(pair, known[ByteAlphabet.Write(joined)]);
        }
        return merges;
    }

    void Join((int Left, int Right) pair, int token)
    {
        var touched = new HashSet<(int, int)>();
        foreach (var word in wordsOf[pair])
        {
            var old = words[word];
            var at = IndexOf(old, pair, 0);
            if (at < 0) continue; // listed, but joined otherwise since

            var count = wordCounts[word];
            for (var i = 0; i + 1 < old.Length; i++) Uncount((old[i], old[i + 1]), count);
            var fresh = Joined(old, pair, token);
            words[word] = fresh;
            for (var i = 0; i + 1 < fresh.Length; i++)
            {
                var next = (fresh[i], fresh[i + 1]);
                var isNew = fresh[i] == token || fresh[i + 1] == token;
                if (isNew) touched.Add(next);
                Count(next, isNew ? word : -1, count);
            }
        }
        wordsOf.Remove(pair);
        pairCounts.Remove(pair);
        foreach (var (left, right) in touched)
            if (pairCounts.TryGetValue((left, right), out var count)) queue.Enqueue((left, right), new(count, left, right));
    }

    void Count((int, int) pair, int word, long count)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(pairCounts, pair, out _) += count;
        if (word < 0) return;
        if (!wordsOf.TryGetValue(pair, out var list)) wordsOf.Add(pair, list = []);
        if (list.Count == 0 || list[^1] != word) list.Add(word);
    }

    void Uncount((int, int) pair, long count)
    {
        if (pairCounts.TryGetValue(pair, out var old)) pairCounts[pair] = old - count;
    }

    static int[] Joined(int[] word, (int Left, int Right) pair, int token)
    {
        var result = new List<int>(word.Length - 1);
        for (var i = 0; i < word.Length; i++)
        {
            if (i + 1 < word.Length && word[i] == pair.Left && word[i + 1] == pair.Right)
            {
                result.Add(token);
                i++;
            }
            else result.Add(word[i]);
        }
        return [.. result];
    }

    static int IndexOf(int[] word, (int Left, int Right) pair, int from)
    {
        for (var i = from; i + 1 < word.Length; i++)
            if (word[i] == pair.Left && word[i + 1] == pair.Right) return i;
        return -1;
    }

    /// <summary>More frequent first; then by the bytes of the left half, then of the right.</summary>
    int Better(Candidate a, Candidate b)
    {
        if (a.Count != b.Count) return b.Count.CompareTo(a.Count);
        var order = tokens[a.Left].AsSpan().SequenceCompareTo(tokens[b.Left]);
        return order != 0 ? order : tokens[a.Right].AsSpan().SequenceCompareTo(tokens[b.Right]);
    }
}

using System.Runtime.InteropServices;

namespace Anit.Noise;

/// <summary>How far a noisy text is from the clean one, counted in words.</summary>
/// <param name="Distance">Words deleted, inserted or substituted, at least.</param>
/// <param name="Clean">Words of the clean text.</param>
/// <param name="Noisy">Words of the noisy text.</param>
public readonly record struct Moved(int Distance, int Clean, int Noisy)
{
    /// <summary>The distance as a share of the longer text, 0 to 1; 0 for two empty texts.</summary>
    public double Share => Distance == 0 ? 0 : (double)Distance / Math.Max(Clean, Noisy);
}

/// <summary>Word-level Levenshtein distance: unit costs, words compared ordinally on NFC, punctuation attached. One object per thread.</summary>
public sealed class WordDistance
{
    readonly WordSpans clean = new(), noisy = new();
    int[] pattern = new int[64], text = new int[64], slots = new int[256];
    ulong[] hashes = new ulong[64];
    int[] firsts = new int[64];

    /// <summary>The distance between two texts. <see cref="Segmenter.Auto"/> looks at the clean one and reads the noisy one alike.</summary>
    public Moved Between(ReadOnlySpan<char> cleanText, ReadOnlySpan<char> noisyText, Segmenter segmenter = Segmenter.Auto)
    {
        if (!Forms.IsPlain(cleanText) || !Forms.IsPlain(noisyText))
        {
            cleanText = Forms.Nfc(cleanText);
            noisyText = Forms.Nfc(noisyText);
        }
        clean.Find(cleanText, segmenter);
        noisy.Find(noisyText, clean.Graphemes ? Segmenter.Grapheme : Segmenter.Whitespace);
        var (n, m) = (clean.Count, noisy.Count);

        // What both begin and end with costs nothing; noise leaves most of a text in place.
        var head = 0;
        while (head < n && head < m && Word(cleanText, clean, head).SequenceEqual(Word(noisyText, noisy, head))) head++;
        var tail = 0;
        while (tail < n - head && tail < m - head && Word(cleanText, clean, n - 1 - tail).SequenceEqual(Word(noisyText, noisy, m - 1 - tail))) tail++;
        var (left, right) = (n - head - tail, m - head - tail);
        if (left == 0 || right == 0) return new(left + right, n, m);
        var distance = left <= right
            ? Middle(cleanText, clean, noisyText, noisy, head, left, right)
            : Middle(noisyText, noisy, cleanText, clean, head, right, left);
        return new(distance, n, m);
    }

    int Middle(ReadOnlySpan<char> a, WordSpans aWords, ReadOnlySpan<char> b, WordSpans bWords, int head, int aCount, int bCount)
    {
        Reserve(aCount, bCount);
        var symbols = Number(a, aWords, head, aCount, b, bWords, bCount);
        return Levenshtein.BitParallel(pattern.AsSpan(0, aCount), text.AsSpan(0, bCount), symbols);
    }

    // Numbers the words of `a` in order of appearance through a small open-addressing table, and gives those of `b` the same numbers or -1.
    int Number(ReadOnlySpan<char> a, WordSpans aWords, int head, int aCount, ReadOnlySpan<char> b, WordSpans bWords, int bCount)
    {
        var mask = slots.Length - 1;
        slots.AsSpan().Clear();
        var symbols = 0;
        for (var i = 0; i < aCount; i++)
        {
            var word = Word(a, aWords, head + i);
            var hash = Hash(word);
            var slot = Find(a, aWords, word, hash, mask);
            if (slots[slot] == 0)
            {
                hashes[symbols] = hash;
                firsts[symbols] = head + i;
                slots[slot] = ++symbols;
            }
            pattern[i] = slots[slot] - 1;
        }
        for (var i = 0; i < bCount; i++)
        {
            var word = Word(b, bWords, head + i);
            text[i] = slots[Find(a, aWords, word, Hash(word), mask)] - 1;
        }
        return symbols;
    }

    int Find(ReadOnlySpan<char> a, WordSpans aWords, ReadOnlySpan<char> word, ulong hash, int mask)
    {
        for (var slot = (int)(hash >> 40) & mask; ; slot = (slot + 1) & mask)
        {
            var symbol = slots[slot] - 1;
            if (symbol < 0 || (hashes[symbol] == hash && Word(a, aWords, firsts[symbol]).SequenceEqual(word))) return slot;
        }
    }

    static ReadOnlySpan<char> Word(ReadOnlySpan<char> of, WordSpans words, int i) => of[words.Start(i)..words.End(i)];

    static ulong Hash(ReadOnlySpan<char> word)
    {
        const ulong Mix = 0x9E3779B97F4A7C15;
        var hash = (ulong)word.Length * Mix;
        var quads = MemoryMarshal.Cast<char, ulong>(word);
        foreach (var quad in quads) hash = (hash ^ quad) * Mix ^ (hash >> 29);
        foreach (var c in word[(4 * quads.Length)..]) hash = (hash ^ c) * Mix ^ (hash >> 29);
        return hash ^ (hash << 17);
    }

    void Reserve(int aCount, int bCount)
    {
        if (pattern.Length < aCount)
        {
            pattern = new int[2 * aCount];
            hashes = new ulong[2 * aCount];
            firsts = new int[2 * aCount];
        }
        if (text.Length < bCount) text = new int[2 * bCount];
        var size = slots.Length;
        while (size < 4 * aCount) size *= 2;
        if (size > slots.Length) slots = new int[size];
    }
}

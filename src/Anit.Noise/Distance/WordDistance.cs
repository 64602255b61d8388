using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anit.Noise.Distance;

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
    readonly WordNumbers numbers = new();
    int[] pattern = new int[64], text = new int[64];

    /// <summary>The distance between two texts. <see cref="Segmenter.Auto"/> looks at the clean one and reads the noisy one alike.</summary>
    public Moved Between(ReadOnlySpan<char> cleanText, ReadOnlySpan<char> noisyText, Segmenter segmenter = Segmenter.Auto)
    {
        if (!UnicodeForms.IsPlain(cleanText) || !UnicodeForms.IsPlain(noisyText))
        {
            cleanText = UnicodeForms.Nfc(cleanText);
            noisyText = UnicodeForms.Nfc(noisyText);
        }
        clean.Find(cleanText, segmenter);
        noisy.Find(noisyText, clean.Graphemes ? Segmenter.Grapheme : Segmenter.Whitespace);
        var (n, m) = (clean.Count, noisy.Count);

        // What both begin and end with costs nothing; noise leaves most of a text in place.
        var head = SameWordsAhead(cleanText, noisyText);
        while (head < n && head < m && Word(cleanText, clean, head).SequenceEqual(Word(noisyText, noisy, head))) head++;
        var tail = Math.Min(SameWordsBehind(cleanText, noisyText), Math.Min(n, m) - head);
        while (tail < n - head && tail < m - head && Word(cleanText, clean, n - 1 - tail).SequenceEqual(Word(noisyText, noisy, m - 1 - tail))) tail++;
        var (left, right) = (n - head - tail, m - head - tail);
        if (left == 0 || right == 0) return new(left + right, n, m);
        var distance = left <= right
            ? Middle(cleanText, clean, noisyText, noisy, head, left, right)
            : Middle(noisyText, noisy, cleanText, clean, head, right, left);
        return new(distance, n, m);
    }

    // Words that end before the texts first differ are the same words in both.
    int SameWordsAhead(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var same = a.CommonPrefixLength(b);
        var ends = clean.Ends;
        var count = 0;
        while (count < ends.Length && ends[count] < same) count++;
        return clean.Graphemes ? 0 : count;
    }

    // Likewise those that start after the texts differ last.
    int SameWordsBehind(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (clean.Graphemes) return 0;
        var same = SameBehind(a, b);
        var starts = clean.Starts;
        var count = 0;
        while (count < starts.Length && starts[^(count + 1)] > a.Length - same) count++;
        return count;
    }

    // What CommonPrefixLength is for beginnings.
    static int SameBehind(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var (same, most) = (0, Math.Min(a.Length, b.Length));
        for (; same + Vector256<ushort>.Count <= most; same += Vector256<ushort>.Count)
        {
            var equal = Vector256.Equals(Last(a, same), Last(b, same)).ExtractMostSignificantBits();
            if (equal != ushort.MaxValue) return same + BitOperations.LeadingZeroCount(~(equal << (32 - Vector256<ushort>.Count)));
        }
        while (same < most && a[^(same + 1)] == b[^(same + 1)]) same++;
        return same;

        static Vector256<ushort> Last(ReadOnlySpan<char> text, int behind) =>
            Vector256.Create(MemoryMarshal.Cast<char, ushort>(text[^(behind + Vector256<ushort>.Count)..]));
    }

    int Middle(ReadOnlySpan<char> a, WordSpans aWords, ReadOnlySpan<char> b, WordSpans bWords, int head, int aCount, int bCount)
    {
        Span<ushort> room = stackalloc ushort[2 * WordLetters.Room];
        var aLetters = new WordLetters(a, room[..WordLetters.Room]);
        var bLetters = new WordLetters(b, room[WordLetters.Room..]);
        if (aCount <= WordMasks.Most)
            return WordMasks.Distance(aLetters, aWords.Starts.Slice(head, aCount), aWords.Ends.Slice(head, aCount),
                bLetters, bWords.Starts.Slice(head, bCount), bWords.Ends.Slice(head, bCount));
        numbers.Clear(aCount);
        Reserve(ref pattern, aCount);
        Reserve(ref text, bCount);
        for (var i = 0; i < aCount; i++) pattern[i] = numbers.Add(aLetters, aWords.Start(head + i), aWords.End(head + i));
        for (var i = 0; i < bCount; i++) text[i] = numbers.Find(aLetters, bLetters, bWords.Start(head + i), bWords.End(head + i));
        return Levenshtein.BitParallel(pattern.AsSpan(0, aCount), text.AsSpan(0, bCount), numbers.Count);
    }

    static ReadOnlySpan<char> Word(ReadOnlySpan<char> of, WordSpans words, int i) => of[words.Start(i)..words.End(i)];

    static void Reserve(ref int[] array, int count)
    {
        if (array.Length < count) array = new int[2 * count];
    }
}

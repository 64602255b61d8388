using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anit.Noise.Distance;

/// <summary>Where the words of one text stand in another of at most 64: what the distance needs of both, without numbering any.</summary>
/// <remarks>All words of the pattern are compared at once, by 32 bits of their hashes; those that agree are compared in full. Nothing is looked up,
/// so that what the processor waits for is the distance itself.</remarks>
static class WordMasks
{
    /// <summary>The most words of a pattern.</summary>
    public const int Most = 64;

    /// <summary>The distance between some words of two texts.</summary>
    [SkipLocalsInit]
    public static int Distance(WordLetters pattern, ReadOnlySpan<int> starts, ReadOnlySpan<int> ends, WordLetters text,
        ReadOnlySpan<int> textStarts, ReadOnlySpan<int> textEnds)
    {
        Span<uint> hashes = stackalloc uint[Most];
        for (var i = 0; i < starts.Length; i++) hashes[i] = WordLetters.Hash(pattern.Of(starts[i], ends[i]), ends[i] - starts[i]);
        ref var first = ref MemoryMarshal.GetReference(hashes);
        var all = ulong.MaxValue >> (Most - starts.Length);
        var table = new OneBlockTable(starts.Length);
        for (var j = 0; j < textStarts.Length; j++)
        {
            var (start, length) = (textStarts[j], textEnds[j] - textStarts[j]);
            var word = text.Of(start, start + length);
            var hash = Vector512.Create(WordLetters.Hash(word, length));
            var alike = Vector512.Equals(Vector512.LoadUnsafe(ref first), hash).ExtractMostSignificantBits();
            for (var i = Vector512<uint>.Count; i < starts.Length; i += Vector512<uint>.Count)
                alike |= Vector512.Equals(Vector512.LoadUnsafe(ref first, (nuint)i), hash).ExtractMostSignificantBits() << i;
            var equal = 0UL;
            for (alike &= all; alike != 0; alike &= alike - 1)
            {
                var i = BitOperations.TrailingZeroCount(alike);
                if (pattern.Is(starts[i], ends[i], text, start, length, word)) equal |= 1UL << i;
            }
            table.Add(equal);
        }
        return table.Distance;
    }
}

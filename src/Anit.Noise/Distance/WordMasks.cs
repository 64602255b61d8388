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

    const int Lane = 16;

    // Read from place 16 - n: n characters of ones, the rest zero.
    static readonly ushort[] Masks = [.. Enumerable.Repeat(ushort.MaxValue, Lane), .. Enumerable.Repeat((ushort)0, Lane)];

    /// <summary>The distance between some words of two texts.</summary>
    [SkipLocalsInit]
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<int> aStarts, ReadOnlySpan<int> aEnds, ReadOnlySpan<char> b,
        ReadOnlySpan<int> bStarts, ReadOnlySpan<int> bEnds)
    {
        Span<ushort> ends = stackalloc ushort[4 * Lane];
        var pattern = new Letters(a, ends[..(2 * Lane)]);
        var text = new Letters(b, ends[(2 * Lane)..]);
        Span<uint> hashes = stackalloc uint[Most];
        for (var i = 0; i < aStarts.Length; i++) hashes[i] = Hash(pattern.Of(aStarts[i], aEnds[i]), aEnds[i] - aStarts[i]);
        ref var first = ref MemoryMarshal.GetReference(hashes);
        var all = ulong.MaxValue >> (Most - aStarts.Length);
        var table = new OneBlockTable(aStarts.Length);
        for (var j = 0; j < bStarts.Length; j++)
        {
            var (start, length) = (bStarts[j], bEnds[j] - bStarts[j]);
            var key = text.Of(start, start + length);
            var hash = Vector512.Create(Hash(key, length));
            var alike = Vector512.Equals(Vector512.LoadUnsafe(ref first), hash).ExtractMostSignificantBits();
            for (var i = Vector512<uint>.Count; i < aStarts.Length; i += Vector512<uint>.Count)
                alike |= Vector512.Equals(Vector512.LoadUnsafe(ref first, (nuint)i), hash).ExtractMostSignificantBits() << i;
            var equal = 0UL;
            for (alike &= all; alike != 0; alike &= alike - 1)
            {
                var i = BitOperations.TrailingZeroCount(alike);
                var (from, to) = (aStarts[i], aEnds[i]);
                if (to - from == length && pattern.Of(from, to) == key
                    && (length <= Lane || a[from..to].SequenceEqual(b.Slice(start, length)))) equal |= 1UL << i;
            }
            table.Add(equal);
        }
        return table.Distance;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Hash(Vector256<ushort> key, int length)
    {
        var half = (key.GetLower() ^ (key.GetUpper() * 0x9E37)).AsUInt64();
        return (uint)(((half[0] * 0x9E3779B97F4A7C15) ^ (half[1] * 0xC2B2AE3D27D4EB4F)) >> 32) + (uint)length;
    }

    /// <summary>The first 16 characters of any word of a text, zero behind the word's end: to hash and to compare them takes no branch on its
    /// length.</summary>
    readonly ref struct Letters
    {
        readonly ref ushort text, end;
        readonly int inEnd; // words from here on are read from a copy of the text's last characters, with room behind

        public Letters(ReadOnlySpan<char> of, Span<ushort> copy)
        {
            text = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(of));
            inEnd = Math.Max(0, of.Length - Lane + 1);
            var last = MemoryMarshal.Cast<char, ushort>(of[inEnd..]);
            copy.Clear();
            last.CopyTo(copy);
            end = ref MemoryMarshal.GetReference(copy);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<ushort> Of(int start, int stop)
        {
            var letters = start < inEnd ? Vector256.LoadUnsafe(ref text, (nuint)start) : Vector256.LoadUnsafe(ref end, (nuint)(start - inEnd));
            return letters & Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Masks), (nuint)(Lane - Math.Min(stop - start, Lane)));
        }
    }
}

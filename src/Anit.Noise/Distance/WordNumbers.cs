using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anit.Noise.Distance;

/// <summary>Numbers the different words of one text in order of appearance, and finds the words of another among them.</summary>
/// <remarks>Open addressing. A word's first 16 characters are one vector, zero behind the word's end: to hash and to compare it takes no branch
/// on its length, which no processor could predict. Longer words are rare and compared in full besides.</remarks>
sealed class WordNumbers
{
    const int Lane = 16;

    // Read from place 16 - n: n characters of ones, the rest zero.
    static readonly ushort[] Masks = [.. Enumerable.Repeat(ushort.MaxValue, Lane), .. Enumerable.Repeat((ushort)0, Lane)];

    Vector256<ushort>[] keys = new Vector256<ushort>[64];
    (int Start, int End)[] places = new (int, int)[64];
    int[] slots = new int[256];
    int mask;

    /// <summary>How many different words there are.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all words and makes room for so many.</summary>
    public void Clear(int most)
    {
        Count = 0;
        if (keys.Length < most) (keys, places) = (new Vector256<ushort>[2 * most], new (int, int)[2 * most]);
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)(4 * most));
        if (slots.Length < size) slots = new int[size];
        slots.AsSpan(0, size).Clear();
        mask = size - 1;
    }

    /// <summary>The number of a word, a new one where it is new.</summary>
    public int Add(ReadOnlySpan<char> text, int start, int end)
    {
        var key = Key(text, start, end);
        ref var slot = ref Slot(key, text, text, start, end);
        if (slot == 0)
        {
            (keys[Count], places[Count]) = (key, (start, end));
            slot = ++Count;
        }
        return slot - 1;
    }

    /// <summary>The number of another text's word, or -1.</summary>
    /// <param name="text">The text whose words were added.</param>
    /// <param name="other">The other text.</param>
    /// <param name="start">Where the word starts in the other text.</param>
    /// <param name="end">Where it ends.</param>
    public int Find(ReadOnlySpan<char> text, ReadOnlySpan<char> other, int start, int end) =>
        Slot(Key(other, start, end), text, other, start, end) - 1;

    ref int Slot(Vector256<ushort> key, ReadOnlySpan<char> text, ReadOnlySpan<char> other, int start, int end)
    {
        for (var at = Hash(key, end - start) & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref slots[at];
            if (slot == 0) return ref slot;
            var (first, last) = places[slot - 1];
            if (keys[slot - 1] == key && last - first == end - start
                && (end - start <= Lane || text[first..last].SequenceEqual(other[start..end])))
                return ref slot;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ushort> Key(ReadOnlySpan<char> text, int start, int end)
    {
        var letters = start + Lane <= text.Length
            ? Vector256.LoadUnsafe(ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text)), (nuint)start)
            : AtTheEnd(text[start..]);
        return letters & Vector256.LoadUnsafe(ref Masks[0], (nuint)(Lane - Math.Min(end - start, Lane)));
    }

    static Vector256<ushort> AtTheEnd(ReadOnlySpan<char> rest)
    {
        Span<ushort> padded = stackalloc ushort[Lane];
        padded.Clear();
        MemoryMarshal.Cast<char, ushort>(rest).CopyTo(padded);
        return Vector256.Create<ushort>(padded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Hash(Vector256<ushort> key, int length)
    {
        var four = key.AsUInt64();
        var hash = (four[0] * 0x9E3779B97F4A7C15) ^ BitOperations.RotateLeft(four[1] * 0xC2B2AE3D27D4EB4F, 31)
            ^ BitOperations.RotateLeft(four[2] * 0x165667B19E3779F9, 17) ^ (four[3] * 0x85EBCA77C2B2AE63) ^ (uint)length;
        return (int)((hash ^ (hash >> 29)) * 0x9E3779B97F4A7C15 >> 34);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anit.Noise.Distance;

/// <summary>The words of a text as vectors: a word's first 16 characters, zero behind its end. To hash and to compare them takes no branch on the
/// length, which no processor could predict; longer words are rare and compared in full besides.</summary>
readonly ref struct WordLetters
{
    /// <summary>Characters that a text needs for a copy of its end.</summary>
    public const int Room = 2 * Lane;

    const int Lane = 16;

    // Read from place 16 - n: n characters of ones, the rest zero.
    static readonly ushort[] Masks = [.. Enumerable.Repeat(ushort.MaxValue, Lane), .. Enumerable.Repeat((ushort)0, Lane)];

    readonly ReadOnlySpan<char> text;
    readonly ref ushort start, end;
    readonly int inEnd; // words from here on are read from a copy of the text's last characters, with room behind

    public WordLetters(ReadOnlySpan<char> of, Span<ushort> copy)
    {
        text = of;
        start = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(of));
        inEnd = Math.Max(0, of.Length - Lane + 1);
        copy.Clear();
        MemoryMarshal.Cast<char, ushort>(of[inEnd..]).CopyTo(copy);
        end = ref MemoryMarshal.GetReference(copy);
    }

    /// <summary>A word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<ushort> Of(int from, int to)
    {
        var letters = from < inEnd ? Vector256.LoadUnsafe(ref start, (nuint)from) : Vector256.LoadUnsafe(ref end, (nuint)(from - inEnd));
        return letters & Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Masks), (nuint)(Lane - Math.Min(to - from, Lane)));
    }

    /// <summary>Whether a word is another text's, whose vector is at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(int from, int to, WordLetters other, int there, int length, Vector256<ushort> word) => to - from == length && Of(from, to) == word
        && (length <= Lane || text[from..to].SequenceEqual(other.text.Slice(there, length)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(Vector256<ushort> word, int length)
    {
        var half = (word.GetLower() ^ (word.GetUpper() * 0x9E37)).AsUInt64();
        return (uint)(((half[0] * 0x9E3779B97F4A7C15) ^ (half[1] * 0xC2B2AE3D27D4EB4F)) >> 32) + (uint)length;
    }
}

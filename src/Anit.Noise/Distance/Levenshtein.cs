using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Anit.Noise.Distance;

/// <summary>Edit distance between two sequences of numbered words: deletion, insertion and substitution cost 1 each.</summary>
public static class Levenshtein
{
    const int WordBits = 64, OnStack = 64;

    /// <summary>The textbook recurrence with two rows, O(n m): slow and clear, what the fast one is checked against.</summary>
    public static int TwoRows(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var above = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            (above, row) = (row, above);
        }
        return above[b.Length];
    }

    /// <summary>The same distance with one machine word for 64 rows of the table, O(n m / 64).</summary>
    /// <param name="pattern">One sequence, its words numbered from 0 to <paramref name="symbols"/> - 1; best the shorter one.</param>
    /// <param name="text">The other; a word that the pattern lacks has any number outside that range.</param>
    /// <param name="symbols">How many different words the pattern has.</param>
    /// <remarks>Myers (1999), "A fast bit-vector algorithm for approximate string matching", in the form of Hyyrö (2003) that
    /// takes the horizontal differences of the block above: blocks of 64 pattern words run over the whole text one after another.</remarks>
    public static int BitParallel(ReadOnlySpan<int> pattern, ReadOnlySpan<int> text, int symbols) => BitParallel(pattern, text, symbols, null);

    /// <summary>As above, and keeps the vertical differences, from which an alignment can be read.</summary>
    internal static int BitParallel(ReadOnlySpan<int> pattern, ReadOnlySpan<int> text, int symbols, VerticalDifferences? kept)
    {
        if (pattern.Length == 0) return text.Length;
        if (text.Length == 0) return pattern.Length;
        if (pattern.Length <= WordBits && symbols <= OnStack && kept is null) return OneBlock(pattern, text, symbols);
        var several = pattern.Length > WordBits;
        var rented = symbols > OnStack ? ArrayPool<ulong>.Shared.Rent(symbols) : null;
        Span<ulong> masks = rented is null ? stackalloc ulong[OnStack] : rented; // per word of the alphabet: where the block has it
        masks = masks[..symbols];
        masks.Clear();
        // Difference of neighbouring cells in the row above the block: +1 everywhere for the first row of the table.
        var rentedAbove = several ? ArrayPool<sbyte>.Shared.Rent(text.Length) : [];
        var above = several ? rentedAbove.AsSpan(0, text.Length) : [];
        above.Fill(1);

        var distance = pattern.Length;
        for (var start = 0; start < pattern.Length; start += WordBits)
        {
            var block = pattern[start..Math.Min(start + WordBits, pattern.Length)];
            for (var i = 0; i < block.Length; i++) masks[block[i]] |= 1UL << i;
            var change = Run(masks, block.Length, text, above, kept, start / WordBits);
            if (start + WordBits >= pattern.Length) distance += change;
            foreach (var word in block) masks[word] = 0;
        }
        if (rented is not null) ArrayPool<ulong>.Shared.Return(rented);
        if (several) ArrayPool<sbyte>.Shared.Return(rentedAbove);
        return distance;
    }

    // Nearly every instruction has at most 64 words.
    [SkipLocalsInit]
    static int OneBlock(ReadOnlySpan<int> pattern, ReadOnlySpan<int> text, int symbols)
    {
        // The last place, which stays 0, is for words that the pattern lacks.
        Span<ulong> masks = stackalloc ulong[OnStack + 1];
        masks[..(symbols + 1)].Clear();
        for (var i = 0; i < pattern.Length; i++) masks[pattern[i]] |= 1UL << i;
        ref var first = ref MemoryMarshal.GetReference(masks);
        var table = new OneBlockTable(pattern.Length);
        foreach (var word in text) table.Add(Unsafe.Add(ref first, Math.Min((uint)word, (uint)symbols)));
        return table.Distance;
    }

    // Returns how much the block's last row grows from the first column to the last.
    static int Run(ReadOnlySpan<ulong> masks, int rows, ReadOnlySpan<int> text, Span<sbyte> above, VerticalDifferences? kept, int block)
    {
        var last = 1UL << (rows - 1);
        var plus = ulong.MaxValue; // vertical differences of the column: bit i set where row i is one more than the row above it
        var minus = 0UL;
        var change = 0;
        for (var j = 0; j < text.Length; j++)
        {
            var equal = (uint)text[j] < (uint)masks.Length ? masks[text[j]] : 0;
            var carry = above.IsEmpty ? 1 : above[j];
            var vertical = equal | minus;
            if (carry < 0) equal |= 1;
            var zero = (((equal & plus) + plus) ^ plus) | equal;
            var rise = minus | ~(zero | plus);
            var fall = plus & zero;
            var step = (rise & last) != 0 ? 1 : (fall & last) != 0 ? -1 : 0;
            change += step;
            if (!above.IsEmpty) above[j] = (sbyte)step;
            rise = (rise << 1) | (carry > 0 ? 1UL : 0);
            fall = (fall << 1) | (carry < 0 ? 1UL : 0);
            plus = fall | ~(vertical | rise);
            minus = rise & vertical;
            kept?.Keep(block, j, plus, minus);
        }
        return change;
    }
}

/// <summary>The table of a pattern of at most 64 words, a column for each word of the text: no row above but the first, so that nothing leaves
/// the registers.</summary>
struct OneBlockTable(int pattern)
{
    readonly int last = pattern - 1;
    ulong plus = ulong.MaxValue, minus;

    /// <summary>The distance of the pattern to the words so far.</summary>
    public int Distance { get; private set; } = pattern;

    /// <summary>The next word of the text.</summary>
    /// <param name="equal">Bit i set where it is the pattern's word i.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong equal)
    {
        var zero = (((equal & plus) + plus) ^ plus) | equal | minus;
        var rise = minus | ~(zero | plus);
        var fall = plus & zero;
        Distance += (int)((rise >> last) & 1) - (int)((fall >> last) & 1);
        rise = (rise << 1) | 1;
        plus = (fall << 1) | ~(zero | rise);
        minus = rise & zero;
    }
}

/// <summary>The bit vectors of every column: two bits a cell of the distance table.</summary>
sealed class VerticalDifferences(int pattern, int text)
{
    readonly ulong[] plus = new ulong[(long)((pattern + 63) / 64) * text];
    readonly ulong[] minus = new ulong[(long)((pattern + 63) / 64) * text];

    public void Keep(int block, int column, ulong up, ulong down)
    {
        plus[(long)block * text + column] = up;
        minus[(long)block * text + column] = down;
    }

    /// <summary>Cell (row, column) minus the cell above it; rows and columns count words, from 1.</summary>
    public int Of(int row, int column)
    {
        if (column == 0) return 1;
        var (place, bit) = ((long)((row - 1) / 64) * text + column - 1, (row - 1) % 64);
        return (int)((plus[place] >> bit) & 1) - (int)((minus[place] >> bit) & 1);
    }
}

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Anit.Noise.Text;

/// <summary>Word boundaries of one text in reusable arrays.</summary>
sealed class WordSpans
{
    const int Block = 64;
    int[] starts = new int[2 * Block];
    int[] ends = new int[2 * Block];

    public int Count { get; private set; }

    /// <summary>Whether graphemes were taken as words.</summary>
    public bool Graphemes { get; private set; }

    public ReadOnlySpan<int> Starts => starts.AsSpan(0, Count);

    public ReadOnlySpan<int> Ends => ends.AsSpan(0, Count);

    public int Start(int word) => starts[word];

    public int End(int word) => ends[word];

    public void Find(ReadOnlySpan<char> text, Segmenter segmenter)
    {
        Count = 0;
        Graphemes = segmenter == Segmenter.Grapheme || (segmenter == Segmenter.Auto && Words.AutoGraphemes(text));
        if (Graphemes) FindGraphemes(text); else FindRuns(text);
    }

    // 64 characters at a time become a mask of white space; words start and end where its bits change. No branch depends on the text.
    void FindRuns(ReadOnlySpan<char> text)
    {
        Span<char> last = stackalloc char[Block];
        var inside = 0UL; // 1 when the block before ended within a word
        var ended = 0;
        for (var at = 0; at < text.Length; at += Block)
        {
            scoped var block = text[at..];
            if (block.Length < Block)
            {
                last.Fill(' ');
                block.CopyTo(last);
                block = last;
            }
            var word = ~White(block);
            var before = (word << 1) | inside;
            inside = word >> (Block - 1);
            if (Count + Block > starts.Length) Grow();
            for (var bits = word & ~before; bits != 0; bits &= bits - 1) starts[Count++] = at + BitOperations.TrailingZeroCount(bits);
            for (var bits = ~word & before; bits != 0; bits &= bits - 1) ends[ended++] = at + BitOperations.TrailingZeroCount(bits);
        }
        if (ended < Count) ends[ended] = text.Length;
    }

    /// <summary>Bit i set where character i of 64 is White_Space.</summary>
    static ulong White(ReadOnlySpan<char> block)
    {
        var from = MemoryMarshal.Cast<char, ushort>(block);
        var (white, high) = (0UL, 0UL);
        for (var i = 0; i < Block; i += Vector512<ushort>.Count)
        {
            var characters = Vector512.Create(from[i..]);
            var blank = Vector512.Equals(characters, Vector512.Create((ushort)' '))
                | Vector512.LessThanOrEqual(characters - Vector512.Create((ushort)'\t'), Vector512.Create((ushort)('\r' - '\t')));
            white |= blank.ExtractMostSignificantBits() << i;
            high |= Vector512.GreaterThan(characters, Vector512.Create((ushort)'\u0084')).ExtractMostSignificantBits() << i;
        }
        for (; high != 0; high &= high - 1) // beyond ASCII the Unicode tables know
        {
            var i = BitOperations.TrailingZeroCount(high);
            if (char.IsWhiteSpace(block[i])) white |= 1UL << i;
        }
        return white;
    }

    void FindGraphemes(ReadOnlySpan<char> text)
    {
        var run = -1; // where a run of letters and digits of a script with spaces began
        var at = 0;
        while (at < text.Length)
        {
            var size = StringInfo.GetNextTextElementLength(text[at..]);
            var alphabetic = Words.Alphabetic(text[at]);
            if (run >= 0 && !alphabetic)
            {
                Add(run, at);
                run = -1;
            }
            if (alphabetic) run = run < 0 ? at : run;
            else if (!char.IsWhiteSpace(text[at])) Add(at, at + size);
            at += size;
        }
        if (run >= 0) Add(run, at);
    }

    void Add(int start, int end)
    {
        if (Count == starts.Length) Grow();
        starts[Count] = start;
        ends[Count++] = end;
    }

    void Grow()
    {
        Array.Resize(ref starts, 2 * starts.Length);
        Array.Resize(ref ends, starts.Length);
    }
}

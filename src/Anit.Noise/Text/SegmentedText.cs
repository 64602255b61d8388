using System.Text;

namespace Anit.Noise.Text;

/// <summary>One instruction cut into words, as the operators see it. Serves one row after another; not for use by two threads.</summary>
public sealed class SegmentedText
{
    readonly WordSpans words = new();
    readonly List<(int Start, int End)> guarded = [];
    char[] buffer = new char[512];
    byte[] id = new byte[64];
    int length, idLength, freeCount;
    int[] free = new int[64], scratch = new int[64];
    bool identity;
    bool? plain;

    /// <summary>The clean text.</summary>
    public ReadOnlyMemory<char> Text => buffer.AsMemory(0, length);

    /// <summary>The number n of its words.</summary>
    public int Count => words.Count;

    /// <summary>Whether graphemes are words here.</summary>
    public bool Graphemes => words.Graphemes;

    /// <summary>The row's id in UTF-8.</summary>
    public ReadOnlySpan<byte> Id => id.AsSpan(0, idLength);

    /// <summary>Words that noise must not bring into this row, such as its labels; may be null.</summary>
    public ForbiddenWords? Forbidden { get; private set; }

    /// <summary>Positions of the words that may be changed, ascending: all but the protected ones.</summary>
    public ReadOnlySpan<int> Free => free.AsSpan(0, freeCount);

    /// <summary>Where a word starts, in UTF-16 code units.</summary>
    public int Start(int word) => words.Start(word);

    /// <summary>Where a word ends.</summary>
    public int End(int word) => words.End(word);

    /// <summary>A word, punctuation attached.</summary>
    public ReadOnlySpan<char> Word(int word) => buffer.AsSpan(words.Start(word), words.End(word) - words.Start(word));

    /// <summary>A word as memory that an <see cref="Edit"/> may carry.</summary>
    public ReadOnlyMemory<char> Memory(int word) => buffer.AsMemory(words.Start(word), words.End(word) - words.Start(word));

    /// <summary>Whether a word may be changed.</summary>
    public bool IsFree(int word) => freeCount == Count || Free.BinarySearch(word) >= 0;

    /// <summary>Takes the next row's text.</summary>
    /// <param name="text">The clean instruction.</param>
    /// <param name="row">The row's id in UTF-8.</param>
    /// <param name="segmenter">What counts as a word.</param>
    /// <param name="protection">Words that stay as they are.</param>
    /// <param name="forbidden">Words that must not come in.</param>
    public void Load(ReadOnlySpan<char> text, ReadOnlySpan<byte> row, Segmenter segmenter = Segmenter.Auto,
        Protection? protection = null, ForbiddenWords? forbidden = null)
    {
        Reserve(text.Length);
        text.CopyTo(buffer);
        Take(text.Length, row, segmenter, protection, forbidden);
    }

    /// <summary>Takes the next row's text from UTF-8.</summary>
    public void LoadUtf8(ReadOnlySpan<byte> text, ReadOnlySpan<byte> row, Segmenter segmenter = Segmenter.Auto,
        Protection? protection = null, ForbiddenWords? forbidden = null)
    {
        Reserve(text.Length); // never more UTF-16 code units than bytes
        Take(Encoding.UTF8.GetChars(text, buffer), row, segmenter, protection, forbidden);
    }

    void Reserve(int characters)
    {
        if (buffer.Length < characters) buffer = new char[Math.Max(characters, 2 * buffer.Length)];
    }

    void Take(int characters, ReadOnlySpan<byte> row, Segmenter segmenter, Protection? protection, ForbiddenWords? forbidden)
    {
        length = characters;
        if (id.Length < row.Length) id = new byte[2 * row.Length];
        row.CopyTo(id);
        idLength = row.Length;
        Forbidden = forbidden;
        plain = null;
        words.Find(buffer.AsSpan(0, length), segmenter);

        if (free.Length < Count)
        {
            free = new int[Math.Max(Count, 2 * free.Length)];
            scratch = new int[free.Length];
            identity = false;
        }
        if (protection is not null)
        {
            Protect(protection);
            return;
        }
        if (!identity)
            for (var i = 0; i < free.Length; i++) free[i] = i;
        identity = true;
        freeCount = Count;
    }

    void Protect(Protection protection)
    {
        identity = false;
        freeCount = 0;
        protection.Search(Text.Span, guarded);
        for (var i = 0; i < Count; i++)
            if (!protection.Covers(Word(i), Start(i), End(i), guarded)) free[freeCount++] = i;
    }

    /// <summary>The words drawn so far for this row, as places in the vocabulary.</summary>
    internal List<int> Taken { get; } = [];

    /// <summary>Draws <paramref name="count"/> distinct free positions, in draw order.</summary>
    internal ReadOnlySpan<int> DrawPositions(int count, Rng rng)
    {
        Free.CopyTo(scratch);
        rng.Draw(scratch.AsSpan(0, freeCount), count);
        return scratch.AsSpan(0, count);
    }

    /// <summary>A scratch copy of the free positions.</summary>
    internal Span<int> FreeCopy()
    {
        Free.CopyTo(scratch);
        return scratch.AsSpan(0, freeCount);
    }

    /// <summary>Whether a word of the text, as it stands or without its punctuation, is this one in whatever case.</summary>
    /// <param name="word">The word.</param>
    /// <param name="isPlain">Whether it is its own normal form for certain.</param>
    internal bool Occurs(ReadOnlySpan<char> word, bool isPlain)
    {
        isPlain &= IsPlain;
        // nearly always: one search by vectors settles it
        if (isPlain && Text.Span.IndexOf(word, StringComparison.OrdinalIgnoreCase) < 0) return false;
        for (var i = 0; i < Count; i++)
        {
            var own = Word(i);
            if (isPlain && own.Length < word.Length) continue;
            if (UnicodeForms.SameIgnoringCase(own, word) || UnicodeForms.SameIgnoringCase(own[UnicodeForms.Core(own)], word)) return true;
        }
        return false;
    }

    // Other texts may spell a word in another normal form.
    bool IsPlain => plain ??= UnicodeForms.IsPlain(Text.Span);
}

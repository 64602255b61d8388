using System.Text;

namespace Anit.Noise;

/// <summary>One instruction cut into words, as the operators see it. Serves one row after another; not for use by two threads.</summary>
public sealed class Passage
{
    const int SeenBits = 1024; // a sieve: most words that do not occur in a text are told apart by it
    readonly WordSpans words = new();
    readonly List<(int Start, int End)> guarded = [];
    char[] buffer = new char[512];
    byte[] id = new byte[64];
    int length, idLength, freeCount;
    int[] free = new int[64], scratch = new int[64];
    readonly ulong[] seen = new ulong[SeenBits / 64];
    bool occursReady, plain, identity;

    /// <summary>The clean text.</summary>
    public ReadOnlyMemory<char> Text => buffer.AsMemory(0, length);

    /// <summary>The number n of its words.</summary>
    public int Count => words.Count;

    /// <summary>Whether graphemes are words here.</summary>
    public bool Graphemes => words.Graphemes;

    /// <summary>The row's id in UTF-8.</summary>
    public ReadOnlySpan<byte> Id => id.AsSpan(0, idLength);

    /// <summary>Words that noise must not bring into this row, such as its labels; may be null.</summary>
    public Taboo? Taboo { get; private set; }

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
    /// <param name="taboo">Words that must not come in.</param>
    public void Load(ReadOnlySpan<char> text, ReadOnlySpan<byte> row, Segmenter segmenter = Segmenter.Auto, Protection? protection = null, Taboo? taboo = null)
    {
        Reserve(text.Length);
        text.CopyTo(buffer);
        Take(text.Length, row, segmenter, protection, taboo);
    }

    /// <summary>Takes the next row's text from UTF-8.</summary>
    public void LoadUtf8(ReadOnlySpan<byte> text, ReadOnlySpan<byte> row, Segmenter segmenter = Segmenter.Auto, Protection? protection = null, Taboo? taboo = null)
    {
        Reserve(text.Length); // never more UTF-16 code units than bytes
        Take(Encoding.UTF8.GetChars(text, buffer), row, segmenter, protection, taboo);
    }

    void Reserve(int characters)
    {
        if (buffer.Length < characters) buffer = new char[Math.Max(characters, 2 * buffer.Length)];
    }

    void Take(int characters, ReadOnlySpan<byte> row, Segmenter segmenter, Protection? protection, Taboo? taboo)
    {
        length = characters;
        if (id.Length < row.Length) id = new byte[2 * row.Length];
        row.CopyTo(id);
        idLength = row.Length;
        Taboo = taboo;
        occursReady = false;
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

    /// <summary>Whether a word of the text, as it stands or without its punctuation, is this one.</summary>
    internal bool Occurs(ReadOnlySpan<char> word)
    {
        if (!occursReady) PrepareOccurs();
        var place = Sieve(word);
        if (plain && (seen[place >> 6] & (1UL << place)) == 0) return false;
        for (var i = 0; i < Count; i++)
        {
            var own = Word(i);
            if (plain && own.Length < word.Length) continue;
            if (Forms.Same(own, word) || Forms.Same(own[Forms.Core(own)], word)) return true;
        }
        return false;
    }

    void PrepareOccurs()
    {
        occursReady = true;
        plain = Forms.IsPlain(Text.Span); // other texts may spell a word in another normal form, which no sieve sees
        if (!plain) return;
        seen.AsSpan().Clear();
        for (var i = 0; i < Count; i++)
        {
            var own = Word(i);
            See(own);
            if (char.IsAsciiLetterOrDigit(own[0]) && char.IsAsciiLetterOrDigit(own[^1])) continue;
            var core = own[Forms.Core(own)];
            if (core.Length > 0) See(core);
        }
    }

    void See(ReadOnlySpan<char> word)
    {
        var place = Sieve(word);
        seen[place >> 6] |= 1UL << place;
    }

    static int Sieve(ReadOnlySpan<char> word) =>
        (int)((word[0] * 0x9E3779B1u + word[^1] * 0x85EBCA77u + word[word.Length / 2] * 0xC2B2AE3Du + (uint)word.Length * 0x27D4EB2Fu) >> 22);
}

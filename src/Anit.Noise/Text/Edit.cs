using System.Runtime.InteropServices;

namespace Anit.Noise.Text;

/// <summary>Where a proposed text brings one blank of its own.</summary>
public enum Blank
{
    /// <summary>No blank: the text takes another's place.</summary>
    None,

    /// <summary>One before the text.</summary>
    Before,

    /// <summary>One after the text.</summary>
    After,
}

/// <summary>One proposed change of a text: the characters from <paramref name="Start"/> give way to <paramref name="Text"/>.</summary>
/// <param name="Start">First character, in UTF-16 code units of the clean text.</param>
/// <param name="Length">Characters removed; 0 inserts.</param>
/// <param name="Text">What comes in; empty deletes.</param>
/// <param name="Blank">The blank that an inserted word brings.</param>
public readonly record struct Edit(int Start, int Length, ReadOnlyMemory<char> Text = default, Blank Blank = Blank.None);

/// <summary>Applies proposed edits: the only place where offsets become text.</summary>
public static class Edits
{
    /// <summary>The text with its edits applied.</summary>
    /// <param name="text">The clean text.</param>
    /// <param name="edits">Edits in any order; they must not overlap, and those at one place apply in list order.</param>
    /// <param name="graphemes">Whether graphemes are words, so that letters must not run together: a blank goes between.</param>
    public static string Apply(ReadOnlySpan<char> text, List<Edit> edits, bool graphemes = false)
    {
        var noisy = new TextBuffer();
        Apply(text, edits, graphemes, noisy);
        return noisy.ToString();
    }

    internal static void Apply(ReadOnlySpan<char> text, List<Edit> edits, bool graphemes, TextBuffer noisy)
    {
        Sort(edits);
        var size = text.Length;
        foreach (var edit in edits) size += edit.Text.Length + 3; // a blank of its own, and two where graphemes are words
        var to = noisy.Reserve(size);
        var (at, written) = (0, 0);
        foreach (ref readonly var edit in CollectionsMarshal.AsSpan(edits))
        {
            if (edit.Start < at || edit.Length < 0 || edit.Start + edit.Length > text.Length)
                throw new InvalidOperationException($"edit of {edit.Length} characters at {edit.Start} overlaps another or the end {text.Length}");
            Add(to, ref written, text[at..edit.Start], graphemes);
            if (edit.Blank == Blank.Before) to[written++] = ' ';
            Add(to, ref written, edit.Text.Span, graphemes);
            if (edit.Blank == Blank.After) to[written++] = ' ';
            at = edit.Start + edit.Length;
        }
        Add(to, ref written, text[at..], graphemes);
        noisy.Length = written;
    }

    static void Add(Span<char> to, ref int written, ReadOnlySpan<char> piece, bool graphemes)
    {
        if (piece.IsEmpty) return;
        if (graphemes && written > 0 && Words.Join(to[written - 1], piece[0])) to[written++] = ' ';
        piece.CopyTo(to[written..]);
        written += piece.Length;
    }

    // By place; stable, so that several words drawn for one gap keep their order. Lists are short and mostly sorted.
    static void Sort(List<Edit> edits)
    {
        if (edits.Count > 64)
        {
            Edit[] sorted = [.. edits.OrderBy(e => e.Start)];
            edits.Clear();
            edits.AddRange(sorted);
            return;
        }
        for (var i = 1; i < edits.Count; i++)
        {
            var edit = edits[i];
            var j = i;
            for (; j > 0 && edits[j - 1].Start > edit.Start; j--) edits[j] = edits[j - 1];
            edits[j] = edit;
        }
    }
}

/// <summary>A growing text whose memory is used again for the next row.</summary>
sealed class TextBuffer
{
    char[] text = new char[512];

    public int Length { get; set; }

    public ReadOnlySpan<char> Text => text.AsSpan(0, Length);

    /// <summary>Room for so many characters; what was there is gone.</summary>
    public Span<char> Reserve(int characters)
    {
        if (text.Length < characters) text = new char[Math.Max(2 * text.Length, characters)];
        return text;
    }

    public override string ToString() => new(Text);
}

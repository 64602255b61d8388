namespace Anit.Noise;

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
        noisy.Clear();
        Sort(edits);
        var at = 0;
        foreach (var edit in edits)
        {
            if (edit.Start < at || edit.Length < 0 || edit.Start + edit.Length > text.Length)
                throw new InvalidOperationException($"edit of {edit.Length} characters at {edit.Start} overlaps another or the end {text.Length}");
            Add(noisy, text[at..edit.Start], graphemes);
            if (edit.Blank == Blank.Before) noisy.Append(" ");
            Add(noisy, edit.Text.Span, graphemes);
            if (edit.Blank == Blank.After) noisy.Append(" ");
            at = edit.Start + edit.Length;
        }
        Add(noisy, text[at..], graphemes);
    }

    static void Add(TextBuffer noisy, ReadOnlySpan<char> piece, bool graphemes)
    {
        if (piece.IsEmpty) return;
        if (graphemes && noisy.Length > 0 && Words.Join(noisy.Text[^1], piece[0])) noisy.Append(" ");
        noisy.Append(piece);
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

    public int Length { get; private set; }

    public ReadOnlySpan<char> Text => text.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<char> piece)
    {
        if (Length + piece.Length > text.Length) Array.Resize(ref text, Math.Max(2 * text.Length, Length + piece.Length));
        piece.CopyTo(text.AsSpan(Length));
        Length += piece.Length;
    }

    public override string ToString() => new(Text);
}

namespace Anit.Models.Tokenizers;

/// <summary>Text being prepared, reWritten in place without allocating: steps write behind the text, then turn it over.</summary>
internal sealed class CharBuffer
{
    char[] front = new char[256], back = new char[256];

    public int Length { get; private set; }

    /// <summary>Characters written behind the text so far.</summary>
    public int Written { get; private set; }

    public ReadOnlySpan<char> Span => front.AsSpan(0, Length);

    public void Set(ReadOnlySpan<char> text)
    {
        Append(text);
        Flip();
    }

    public void Append(ReadOnlySpan<char> text) => text.CopyTo(Room(text.Length));

    public void Append(char c) => Room(1)[0] = c;

    /// <summary>Room for the next <paramref name="count"/> characters, counted as written.</summary>
    public Span<char> Room(int count)
    {
        if (Written + count > back.Length) Array.Resize(ref back, Math.Max(Written + count, back.Length * 2));
        Written += count;
        return back.AsSpan(Written - count, count);
    }

    /// <summary>Takes back the last characters given as room.</summary>
    public void Unwrite(int count) => Written -= count;

    /// <summary>What was written becomes the text.</summary>
    public void Flip()
    {
        (front, back) = (back, front);
        (Length, Written) = (Written, 0);
    }
}

/// <summary>The words of a text on their way to the model: places in one buffer.</summary>
internal sealed class Pieces
{
    List<(int Start, int End)> next = [];

    public CharBuffer Text { get; } = new();

    public List<(int Start, int End)> Ranges { get; private set; } = [];

    /// <summary>Whether the text stands at the very beginning of the input, for Metaspace's "first".</summary>
    public bool AtStart { get; private set; }

    public void Begin(ReadOnlySpan<char> text, bool atStart)
    {
        Text.Set(text);
        Ranges.Clear();
        Ranges.Add((0, text.Length));
        AtStart = atStart;
    }

    /// <summary>Adds a range of the next round; empty ones vanish.</summary>
    public void Add(int start, int end)
    {
        if (end > start) next.Add((start, end));
    }

    public void Flip()
    {
        (Ranges, next) = (next, Ranges);
        next.Clear();
    }
}

namespace Anit.Nlu.Answers;

/// <summary>Asks where a span stands in a text, after white space and Unicode form are made equal on both sides.</summary>
sealed class TextIndex(string? text, bool ignoreCase)
{
    readonly string text = Spelling.Strict(text ?? "");
    readonly StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>True when there is no text to compare with.</summary>
    public bool IsBlank => text.Length == 0;

    /// <summary>True when the span stands somewhere in the text, inside words too.</summary>
    public bool Contains(string span) => span.Length > 0 && text.Contains(span, comparison);

    /// <summary>First offset at which the span begins and ends with whole words; -1 when there is none.</summary>
    public int IndexOfWords(string span)
    {
        for (var at = IndexOf(span, 0); at >= 0; at = IndexOf(span, at + 1))
        {
            if (IsEdge(at) && IsEdge(at + span.Length)) return at;
        }
        return -1;
    }

    /// <summary>First offset of the span, inside words too; -1 when there is none.</summary>
    public int IndexOf(string span) => IndexOf(span, 0);

    /// <summary>How often the span stands in the text, overlaps not counted.</summary>
    public int Count(string span)
    {
        var count = 0;
        for (var at = IndexOf(span, 0); at >= 0; at = IndexOf(span, at + span.Length)) count++;
        return count;
    }

    /// <summary>Every offset of the span, overlaps too.</summary>
    public IEnumerable<int> Places(string span)
    {
        for (var at = IndexOf(span, 0); at >= 0; at = IndexOf(span, at + 1)) yield return at;
    }

    int IndexOf(string span, int from) =>
        span.Length == 0 || from > text.Length ? -1 : text.IndexOf(span, from, comparison);

    bool IsEdge(int at) => at == 0 || at == text.Length || !(char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(text[at]));
}

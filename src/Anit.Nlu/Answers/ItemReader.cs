namespace Anit.Nlu.Answers;

/// <summary>Reads <c>label: value; label: value</c>, where a value is one span or a pair of spans.</summary>
/// <remarks>An anchor is the start or a semicolon, a known label and a colon; a segment reaches from one anchor to the next.
/// So only a semicolon that is followed by a known label and a colon ends a value.</remarks>
sealed class ItemReader(LabelSet labels, TextIndex text, bool pairs, bool lenient)
{
    readonly List<AnswerItem> items = [];
    readonly List<string> malformed = [];
    AnswerFlags flags;
    int unknown;

    public ParsedAnswer Read(string answer)
    {
        var anchors = Anchors(answer);
        Loose(answer[..(anchors.Count > 0 ? anchors[0].Start : answer.Length)]);
        for (var i = 0; i < anchors.Count; i++)
        {
            var end = i + 1 < anchors.Count ? anchors[i + 1].Start : answer.Length;
            Segment(anchors[i].Label, answer[anchors[i].ValueStart..end]);
        }
        if (Repeats()) flags |= AnswerFlags.Repeat;
        return new(items, malformed, flags) { UnknownLabels = unknown, NotInText = items.Count(i => !Occurs(i)) };
    }

    readonly record struct Anchor(int Start, int ValueStart, string Label);

    List<Anchor> Anchors(string answer)
    {
        var anchors = new List<Anchor>();
        for (var start = 0; start >= 0; start = answer.IndexOf(';', start + 1))
        {
            if (AnchorAt(answer, start) is { } anchor) anchors.Add(anchor);
            if (start + 1 >= answer.Length) break;
        }
        return anchors;
    }

    Anchor? AnchorAt(string answer, int start)
    {
        var at = SkipSpaces(answer, start < answer.Length && answer[start] == ';' ? start + 1 : start);
        foreach (var label in labels.LongestFirst)
        {
            if (string.Compare(answer, at, label, 0, label.Length, StringComparison.OrdinalIgnoreCase) != 0) continue;
            var colon = SkipSpaces(answer, at + label.Length);
            if (colon < answer.Length && IsColon(answer[colon])) return new(start, colon + 1, labels.Find(answer[at..(at + label.Length)])!);
        }
        return null;
    }

    static int SkipSpaces(string answer, int at)
    {
        while (at < answer.Length && answer[at] == ' ') at++;
        return at;
    }

    bool IsColon(char c) => c == ':' || lenient && c == '：';

    // No known label stands here: a piece with a colon is an item of an unknown label, one without is malformed.
    void Loose(string stretch)
    {
        foreach (var piece in stretch.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = piece.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 && lenient) colon = piece.IndexOf('：', StringComparison.Ordinal);
            if (colon <= 0 || !TryItem(piece[..colon].TrimEnd(), piece[(colon + 1)..].Trim())) malformed.Add(piece);
            else unknown++;
        }
    }

    void Segment(string label, string stretch)
    {
        var value = stretch.Trim(' ', ';');
        var kept = KeptLength(value);
        if (!TryItem(label, value[..kept].TrimEnd())) malformed.Add($"{label}: {value[..kept]}".TrimEnd());
        Loose(value[kept..]);
    }

    // A semicolon inside a value belongs to it, unless the text proves otherwise: the whole value does not stand in the text but
    // what is before the semicolon does. Then the rest is loose: an unknown label, or an item cut off by the length limit.
    int KeptLength(string value)
    {
        if (text.IsBlank || !value.Contains(';', StringComparison.Ordinal) || Stands(value)) return value.Length;
        for (var at = value.LastIndexOf(';'); at > 0; at = value.LastIndexOf(';', at - 1))
        {
            if (Stands(value[..at].TrimEnd())) return at;
        }
        return value.Length;
    }

    bool Stands(string value) => pairs ? PairSplitter.Split(value, text).InText : text.Contains(value);

    bool TryItem(string label, string value)
    {
        if (!pairs)
        {
            if (value.Length > 0) items.Add(new(label, value));
            return value.Length > 0;
        }
        var pair = PairSplitter.Split(value, text);
        if (pair.Ambiguous) flags |= AnswerFlags.AmbiguousComma;
        if (pair.Head.Length == 0 || pair.Tail.Length == 0) return false;
        items.Add(new(label, pair.Head, pair.Tail));
        return true;
    }

    bool Occurs(AnswerItem item) =>
        text.IsBlank || text.Contains(item.First) && (item.Second.Length == 0 || text.Contains(item.Second));

    bool Repeats() => items.CountBy(i => i).Any(same => same.Value > 1 && same.Value > text.Count(same.Key.First));
}

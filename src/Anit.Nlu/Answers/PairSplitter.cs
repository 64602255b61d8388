namespace Anit.Nlu.Answers;

/// <summary>A value cut into two spans at one of its commas.</summary>
/// <param name="Head">What is before the comma; empty when there is no comma.</param>
/// <param name="Tail">What is behind it.</param>
/// <param name="InText">Both sides stand in the text.</param>
/// <param name="Ambiguous">There were several commas, and the text did not single one out.</param>
readonly record struct Pair(string Head, string Tail, bool InText, bool Ambiguous);

/// <summary>Finds the comma between head and tail, aspect and opinion: the one where both sides stand in the text.</summary>
/// <remarks>Sides made of whole words come before sides that stand inside longer words. If several commas qualify, the head
/// that occurs leftmost wins, then the first comma; if none does, the first comma that is followed by a space.</remarks>
static class PairSplitter
{
    public static Pair Split(string value, TextIndex text)
    {
        var commas = Commas(value);
        if (commas.Count == 0) return new(value, "", false, false);

        var fitting = text.IsBlank ? [] : Fitting(value, commas, text.IndexOfWords);
        if (fitting.Count == 0 && !text.IsBlank) fitting = Fitting(value, commas, text.IndexOf);
        var comma = fitting.Count > 0 ? fitting.MinBy(f => f.Head).Comma : Spaced(value, commas);
        var (head, tail) = Cut(value, comma);
        return new(head, tail, fitting.Count > 0, commas.Count > 1 && fitting.Count != 1);
    }

    static List<(int Comma, int Head)> Fitting(string value, List<int> commas, Func<string, int> find)
    {
        var fitting = new List<(int, int)>();
        foreach (var comma in commas)
        {
            var (head, tail) = Cut(value, comma);
            var at = find(head);
            if (at >= 0 && find(tail) >= 0) fitting.Add((comma, at));
        }
        return fitting;
    }

    static List<int> Commas(string value)
    {
        var commas = new List<int>();
        for (var at = value.IndexOf(',', StringComparison.Ordinal); at >= 0; at = value.IndexOf(',', at + 1)) commas.Add(at);
        return commas;
    }

    static int Spaced(string value, List<int> commas)
    {
        var spaced = value.IndexOf(", ", StringComparison.Ordinal);
        return spaced >= 0 ? spaced : commas[0];
    }

    static (string Head, string Tail) Cut(string value, int comma) => (value[..comma].Trim(), value[(comma + 1)..].Trim());
}

namespace Anit.Noise.Distance;

/// <summary>Counts n-grams, each written as one number.</summary>
static class Ngrams
{
    /// <summary>How many both have, each as often as the one that has it less often.</summary>
    public static int Shared(IEnumerable<UInt128> ours, IEnumerable<UInt128> theirs)
    {
        var counts = new Dictionary<UInt128, int>();
        foreach (var gram in theirs) counts[gram] = counts.GetValueOrDefault(gram) + 1;
        var shared = 0;
        foreach (var gram in ours)
            if (counts.TryGetValue(gram, out var left) && left > 0)
            {
                counts[gram] = left - 1;
                shared++;
            }
        return shared;
    }
}

/// <summary>White space as Python has it, whose programs define these distances: Unicode's, and the four separators of ASCII.</summary>
static class Whitespace
{
    /// <summary>Whether a character is one.</summary>
    public static bool Is(char c) => char.IsWhiteSpace(c) || c is >= '\x1C' and <= '\x1F';

    /// <summary>A text without that at its end.</summary>
    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && Is(text[end - 1])) end--;
        return text[..end];
    }

    /// <summary>The runs of other characters.</summary>
    public static string[] Split(string text)
    {
        var words = new List<string>();
        for (int at = 0, start; at < text.Length; at++)
        {
            if (Is(text[at])) continue;
            for (start = at; at < text.Length && !Is(text[at]);) at++;
            words.Add(text[start..at]);
        }
        return [.. words];
    }
}

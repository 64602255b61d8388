using System.Collections.Frozen;

namespace Anit.Noise;

/// <summary>The table of antonyms and negations, and the places of a text where it applies.</summary>
static class Antonyms
{
    static readonly FrozenDictionary<string, string> Table = Read();

    static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Table.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Every swap that the table offers for a text; where two words match together, the first of them offers nothing alone.</summary>
    /// <param name="text">The row.</param>
    /// <param name="inside">First words of two-word matches: nothing may be put behind them.</param>
    public static List<Edit> In(Passage text, out HashSet<int> inside)
    {
        var swaps = new List<Edit>();
        inside = [];
        for (var i = 0; i < text.Count; i++)
        {
            var word = text.Word(i);
            var (first, length) = Forms.Core(word).GetOffsetAndLength(word.Length);
            if (length == 0 || !text.IsFree(i)) continue;
            if (i + 1 < text.Count && first + length == word.Length && text.IsFree(i + 1) && Two(text, i, first, swaps))
            {
                inside.Add(i);
                i++;
                continue;
            }
            if (Lookup.TryGetValue(word[first..(first + length)], out var opposite))
                swaps.Add(new(text.Start(i) + first, length, Cased(word[first..(first + length)], opposite)));
        }
        return swaps;
    }

    static bool Two(Passage text, int i, int first, List<Edit> swaps)
    {
        var left = text.Word(i)[first..];
        var right = text.Word(i + 1);
        var core = right[Forms.Core(right)];
        if (core.Length == 0 || core[0] != right[0] || !Lookup.TryGetValue($"{left} {core}", out var opposite)) return false;
        var start = text.Start(i) + first;
        swaps.Add(new(start, text.Start(i + 1) + core.Length - start, Cased(left, opposite)));
        return true;
    }

    // GIVE becomes WITHHOLD, Give becomes Withhold.
    static ReadOnlyMemory<char> Cased(ReadOnlySpan<char> model, string word)
    {
        if (!char.IsUpper(model[0])) return word.AsMemory();
        foreach (var c in model)
            if (char.IsLower(c) || model.Length == 1) return $"{char.ToUpperInvariant(word[0])}{word[1..]}".AsMemory();
        return word.ToUpperInvariant().AsMemory();
    }

    static FrozenDictionary<string, string> Read()
    {
        var table = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Resource.Lines("opposites.txt"))
        {
            var twoWays = line.Contains(" | ", StringComparison.Ordinal);
            if (line.Split(twoWays ? " | " : " > ") is not [var a, var b]) throw new InvalidOperationException($"opposites.txt: '{line}' is no pair");
            table.TryAdd(a, b);
            if (twoWays) table.TryAdd(b, a);
        }
        return table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}

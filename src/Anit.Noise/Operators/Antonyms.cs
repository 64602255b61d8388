using System.Collections.Frozen;

namespace Anit.Noise.Operators;

/// <summary>What the lists of opposites and verbs know about a word.</summary>
/// <param name="Opposites">Its antonyms or negations, of which one is drawn; none where the table has none.</param>
/// <param name="Begins">Whether it begins an entry of two words.</param>
/// <param name="IsVerb">Whether a hedge may stand behind it.</param>
sealed record Entry(string[] Opposites, bool Begins, bool IsVerb);

/// <summary>The table of antonyms and negations, the verbs of instructions, and the places of a text where they apply.</summary>
static class Antonyms
{
    static readonly FrozenDictionary<string, string[]> Table = Read();
    static readonly FrozenDictionary<string, string[]>.AlternateLookup<ReadOnlySpan<char>> Pairs = Table.GetAlternateLookup<ReadOnlySpan<char>>();
    static readonly FrozenDictionary<string, Entry> Words = Known(); // one look tells all about a word
    static readonly FrozenDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> Lookup = Words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Every swap that the table offers for a text, and the free verbs without punctuation behind them.
    /// Where two words match together, the first of them offers neither a swap of its own nor a place for a hedge.</summary>
    public static void Find(SegmentedText text, Rng rng, List<Edit> swaps, List<int> verbs)
    {
        for (var i = 0; i < text.Count; i++)
        {
            var word = text.Word(i);
            var (first, length) = UnicodeForms.Core(word).GetOffsetAndLength(word.Length);
            if (length == 0 || !text.IsFree(i) || !Lookup.TryGetValue(word[first..(first + length)], out var entry)) continue;
            if (entry.Begins && i + 1 < text.Count && first + length == word.Length && text.IsFree(i + 1) && Two(text, i, first, rng, swaps))
            {
                i++;
                if (IsVerb(text.Word(i))) verbs.Add(i);
                continue;
            }
            if (entry.Opposites.Length > 0)
                swaps.Add(new(text.Start(i) + first, length, Cased(word[first..(first + length)], One(entry.Opposites, rng))));
            if (entry.IsVerb && length == word.Length) verbs.Add(i);
        }
    }

    static bool IsVerb(ReadOnlySpan<char> word) => Lookup.TryGetValue(word, out var entry) && entry.IsVerb;

    static bool Two(SegmentedText text, int i, int first, Rng rng, List<Edit> swaps)
    {
        var left = text.Word(i)[first..];
        var right = text.Word(i + 1);
        var core = right[UnicodeForms.Core(right)];
        if (core.Length == 0 || core[0] != right[0] || !Pairs.TryGetValue($"{left} {core}", out var opposites)) return false;
        var start = text.Start(i) + first;
        swaps.Add(new(start, text.Start(i + 1) + core.Length - start, Cased(left, One(opposites, rng))));
        return true;
    }

    static string One(string[] all, Rng rng) => all.Length == 1 ? all[0] : all[rng.Below(all.Length)];

    // GIVE becomes WITHHOLD, Give becomes Withhold.
    static ReadOnlyMemory<char> Cased(ReadOnlySpan<char> model, string word)
    {
        if (!char.IsUpper(model[0])) return word.AsMemory();
        foreach (var c in model)
            if (char.IsLower(c) || model.Length == 1) return $"{char.ToUpperInvariant(word[0])}{word[1..]}".AsMemory();
        return word.ToUpperInvariant().AsMemory();
    }

    static FrozenDictionary<string, string[]> Read()
    {
        var table = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Resource.Lines("opposites.txt"))
        {
            var twoWays = line.Contains(" | ", StringComparison.Ordinal);
            if (line.Split(twoWays ? " | " : " > ") is not [var a, var b]) throw new InvalidOperationException($"opposites.txt: '{line}' is no pair");
            Add(a, b);
            if (twoWays) Add(b, a);
        }
        return table.ToFrozenDictionary(t => t.Key, t => t.Value.ToArray(), StringComparer.OrdinalIgnoreCase);

        void Add(string word, string opposite)
        {
            if (!table.TryGetValue(word, out var all)) table[word] = all = [];
            if (!all.Contains(opposite)) all.Add(opposite);
        }
    }

    static FrozenDictionary<string, Entry> Known()
    {
        var verbs = Resource.Lines("verbs.txt").SelectMany(l => l.Split(' ')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var begins = Table.Keys.Where(k => k.Contains(' ', StringComparison.Ordinal)).Select(k => k.Split(' ')[0])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Table.Keys.Where(k => !k.Contains(' ', StringComparison.Ordinal)).Concat(verbs).Concat(begins)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(k => k, k => new Entry(Table.GetValueOrDefault(k) ?? [], begins.Contains(k), verbs.Contains(k)),
                StringComparer.OrdinalIgnoreCase);
    }
}

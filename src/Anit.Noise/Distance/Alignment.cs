namespace Anit.Noise.Distance;

/// <summary>What happened to a word.</summary>
public enum Change
{
    /// <summary>It stands in both texts.</summary>
    Kept,

    /// <summary>Another took its place.</summary>
    Substituted,

    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>It is new.</summary>
    Inserted,
}

/// <summary>One step of an alignment; a word's range is empty where the text has none in this step.</summary>
/// <param name="Change">What happened.</param>
/// <param name="Clean">The word in the clean text.</param>
/// <param name="Noisy">The word in the noisy text.</param>
public readonly record struct Step(Change Change, Range Clean, Range Noisy);

/// <summary>Aligns two texts word by word with the fewest changes, for showing what noise did.</summary>
public static class Alignment
{
    /// <summary>The steps from the first word to the last. Words are compared as <see cref="WordDistance"/> does.</summary>
    public static List<Step> Of(string clean, string noisy, Segmenter segmenter = Segmenter.Auto)
    {
        var (a, b) = (new WordSpans(), new WordSpans());
        a.Find(clean, segmenter);
        b.Find(noisy, a.Graphemes ? Segmenter.Grapheme : Segmenter.Whitespace);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var pattern = Enumerable.Range(0, a.Count).Select(i => Number(clean[a.Start(i)..a.End(i)])).ToArray();
        var symbols = numbers.Count;
        var text = Enumerable.Range(0, b.Count).Select(i => Number(noisy[b.Start(i)..b.End(i)])).ToArray();
        var vertical = new VerticalDifferences(pattern.Length, text.Length);
        Levenshtein.BitParallel(pattern, text, symbols, vertical);

        var steps = new List<Step>();
        var (row, column) = (pattern.Length, text.Length);
        while (row > 0 || column > 0)
        {
            if (row > 0 && column > 0 && pattern[row - 1] == text[column - 1])
                steps.Add(new(Change.Kept, Word(a, --row), Word(b, --column)));
            else if (row > 0 && vertical.Of(row, column) == 1)
                steps.Add(new(Change.Deleted, Word(a, --row), default));
            else if (row == 0 || vertical.Of(row, column - 1) == -1)
                steps.Add(new(Change.Inserted, default, Word(b, --column)));
            else
                steps.Add(new(Change.Substituted, Word(a, --row), Word(b, --column)));
        }
        steps.Reverse();
        return steps;

        int Number(string word)
        {
            var form = UnicodeForms.Nfc(word);
            if (!numbers.TryGetValue(form, out var number)) numbers[form] = number = numbers.Count;
            return number;
        }
        static Range Word(WordSpans words, int i) => words.Start(i)..words.End(i);
    }
}

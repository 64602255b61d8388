using System.Reflection;
using System.Runtime.InteropServices;

namespace Anit.Noise;

/// <summary>The words that replacement and insertion draw from, without repetition.</summary>
public sealed class Vocabulary
{
    const int Tries = 10_000;
    readonly string[] words;
    readonly string[] single; // those that are one word also where graphemes are words
    readonly bool plain; // all are their own normal form: cheaper to compare

    /// <summary>A vocabulary of the given words; repetitions, also in another case, are dropped.</summary>
    /// <param name="words">Words without white space.</param>
    /// <param name="source">Where they come from, for messages.</param>
    public Vocabulary(IEnumerable<string> words, string source = "the vocabulary")
    {
        Source = source;
        this.words = [.. words.Select(w => w.Trim()).Where(w => w.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
        foreach (var word in this.words)
            if (word.Any(char.IsWhiteSpace)) throw new InvalidDataException($"{source}: '{word}' is more than one word; expected one word a line");
        if (this.words.Length < 2) throw new InvalidDataException($"{source}: {this.words.Length} words; a vocabulary needs at least 2");
        plain = Array.TrueForAll(this.words, w => UnicodeForms.IsPlain(w));
        single = Array.TrueForAll(this.words, IsSingle) ? this.words : Array.FindAll(this.words, IsSingle);
    }

    /// <summary>The embedded list of common English words, lower-case letters only, 2 to 12 letters each.</summary>
    public static Vocabulary English { get; } = new(Resource.Lines("english.txt").SelectMany(l => l.Split(' ')), "the English vocabulary");

    /// <summary>Where the words come from.</summary>
    public string Source { get; }

    /// <summary>The words, in their order.</summary>
    public IReadOnlyList<string> All => words;

    /// <summary>Draws a word that is new to this row: not drawn before, not forbidden, not in the text.</summary>
    /// <param name="text">The row.</param>
    /// <param name="rng">The row's generator.</param>
    /// <param name="isReplacement">Whether it takes another word's place and so must not stand in the text.</param>
    internal string Draw(SegmentedText text, Rng rng, bool isReplacement)
    {
        var from = text.Graphemes ? single : words;
        for (var i = 0; i < Tries; i++)
        {
            var place = rng.Below(from.Length);
            if (CollectionsMarshal.AsSpan(text.Taken).Contains(place)) continue;
            var word = from[place];
            if (text.Forbidden is { } forbidden && forbidden.Contains(word)) continue;
            // A noise word that stands elsewhere in the text could be aligned with itself there, and the distance would fall below k;
            // in another case ("here" beside "Here") it would be hardly any noise.
            if (isReplacement && text.Occurs(word, plain)) continue;
            text.Taken.Add(place);
            return word;
        }
        throw new InvalidDataException($"{Source}: no word left for this row after {Tries} draws; protect fewer words or give a larger vocabulary");
    }

    /// <summary>Refuses to draw more than half of the words for one text.</summary>
    internal void CheckEnough(int k, bool graphemes)
    {
        var size = (graphemes ? single : words).Length;
        if (size < 2L * k)
            throw new InvalidDataException($"{Source}: {size} words, but an instruction needs {k} distinct ones; "
                + $"at least {2L * k} are expected, give a larger vocabulary or a smaller omega");
    }

    static bool IsSingle(string word) => word.All(char.IsAsciiLetterOrDigit) || Words.In(word, Segmenter.Grapheme).Count == 1;
}

/// <summary>The word lists inside the assembly.</summary>
static class Resource
{
    public static IEnumerable<string> Lines(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#') yield return line;
    }
}

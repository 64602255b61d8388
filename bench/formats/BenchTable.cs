using Anit.Data;

namespace Anit.Bench;

/// <summary>Instruction-like rows from a seed: Zipf words, ten columns, about 826 bytes a row.</summary>
static class BenchTable
{
    static readonly string[] Noises = ["none", "swap", "delete", "insert", "drop", "repeat", "shuffle", "synonym", "case"];
    static readonly string[] Labels = ["person", "location", "organization", "date", "product", "event", "law", "language"];
    static readonly string[] Syllables =
        ("ba ce di fo gu ha ke li mo nu pa qui re si to va we xi yo za bra cle "
            + "dri flo gra ing er ation ment ness ly ous al en st or ive an is um").Split(' ');

    public static Schema Schema { get; } = new(
    [
        new("id", DataType.Int64, false), new("instruction", DataType.Utf8, false), new("context", DataType.Utf8, false),
        new("target", DataType.Utf8, false), new("noisy_instruction", DataType.Utf8, false), new("noise_type", DataType.Dictionary, false),
        new("omega", DataType.Float64, false), new("seed", DataType.Int64, false), new("distance", DataType.Int32, false),
            new("d_norm", DataType.Float64, false),
    ], new Dictionary<string, string> { ["beta"] = "0.25" });

    public static IEnumerable<ColumnBatch> Batches(int rows, int batchRows)
    {
        var random = new Random(20240501);
        var words = Vocabulary(new Random(7));
        var builders = Schema.Fields.Select(f => ColumnBuilder.For(f.Type)).ToArray();
        for (var row = 0; row < rows; row++)
        {
            Row(row, random, words, builders);
            if ((row + 1) % batchRows == 0 || row + 1 == rows) yield return new(Schema, [.. builders.Select(b => b.Build())]);
        }
    }

    static void Row(int row, Random random, string[] words, ColumnBuilder[] to)
    {
        var label = Labels[random.Next(Labels.Length)];
        var length = Math.Min(120, 10 + (int)(-Math.Log(1 - random.NextDouble()) * 28));
        var instruction = $"Given the passage, list every {label} that is mentioned. {(length > 12 ? Text(random, words, length - 12) : "")}";
        var noise = Noises[random.Next(Noises.Length)];
        var omega = noise == "none" ? 0 : Math.Round(random.NextDouble(), 3);
        var (noisy, distance) = Noisy(random, words, instruction, omega);
        ((FixedBuilder<long>)to[0]).Append(row);
        ((Utf8Builder)to[1]).Append(instruction);
        ((Utf8Builder)to[2]).Append(Text(random, words, random.Next(15, 70)));
        ((Utf8Builder)to[3]).Append(string.Join("; ", Enumerable.Range(0, random.Next(5)).Select(_ => $"{Labels[random.Next(8)]}: "
            + $"{Word(random, words)} {Word(random, words)}")));
        ((Utf8Builder)to[4]).Append(noisy);
        ((DictionaryBuilder)to[5]).Append(noise);
        ((FixedBuilder<double>)to[6]).Append(omega);
        ((FixedBuilder<long>)to[7]).Append(random.NextInt64());
        ((FixedBuilder<int>)to[8]).Append(distance);
        ((FixedBuilder<double>)to[9]).Append((double)distance / Math.Max(1, instruction.Length));
    }

    static string Text(Random random, string[] words, int count)
    {
        var sentences = new List<string>();
        while (count > 0)
        {
            var part = Math.Min(count, random.Next(6, 19));
            var sentence = string.Join(' ', Enumerable.Range(0, part).Select(_ => Word(random, words)));
            sentences.Add($"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}.");
            count -= part;
        }
        return string.Join(' ', sentences);
    }

    static (string Text, int Edits) Noisy(Random random, string[] words, string text, double omega)
    {
        var (edits, all) = (0, text.Split(' '));
        for (var i = 0; i < all.Length; i++)
        {
            if (random.NextDouble() >= omega / 2) continue;
            all[i] = Word(random, words);
            edits++;
        }
        return (string.Join(' ', all), edits);
    }

    /// <summary>Zipf-like: the rank is exponential in a uniform number.</summary>
    static string Word(Random random, string[] words) =>
        words[Math.Clamp((int)(Math.Exp(random.NextDouble() * Math.Log(words.Length + 1)) - 1), 0, words.Length - 1)];

    static string[] Vocabulary(Random random)
    {
        var words = new HashSet<string>(
            "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they".Split(' '));
        while (words.Count < 20_000)
            words.Add(string.Concat(Enumerable.Range(0, 2 + random.Next(3)).Select(_ => Syllables[random.Next(Syllables.Length)])));
        return [.. words];
    }
}

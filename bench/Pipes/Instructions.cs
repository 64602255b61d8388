using System.Text;
using Anit.Data;

namespace Anit.Bench;

/// <summary>Instruction-like rows from a seed: ten columns, about 825 bytes a row, words by Zipf's law from 20,000.</summary>
static class Instructions
{
    const int BatchRows = 32_768, Words = 20_000, Seed = 20240501;
    static readonly string[] Noises = ["truncate", "shuffle", "insert", "replace", "pad", "opposite"];

    public static async Task WriteAsync(string path, int rows)
    {
        var schema = new Schema([
            new("id", DataType.Int64), new("instruction", DataType.Utf8), new("context", DataType.Utf8), new("target", DataType.Utf8),
                new("noisy_instruction", DataType.Utf8),
            new("noise_type", DataType.Dictionary), new("omega", DataType.Float64), new("seed", DataType.Int64), new("distance", DataType.Int32),
                new("d_norm", DataType.Float64)]);
        var random = new Random(Seed);
        var vocabulary = Enumerable.Range(0, Words).Select(_ => Word(random)).ToArray();
        var builders = schema.Fields.Select(field => ColumnBuilder.For(field.Type)).ToArray();
        await using var writer = Table.Create(path, schema);
        for (var row = 0; row < rows; row++)
        {
            ((FixedBuilder<long>)builders[0]).Append(row);
            Text(builders[1], random, vocabulary, 25);
            Text(builders[2], random, vocabulary, 60);
            Text(builders[3], random, vocabulary, 8);
            Text(builders[4], random, vocabulary, 25);
            ((DictionaryBuilder)builders[5]).Append(Noises[random.Next(Noises.Length)]);
            ((FixedBuilder<double>)builders[6]).Append(random.Next(1, 10) / 10.0);
            ((FixedBuilder<long>)builders[7]).Append(random.NextInt64());
            ((FixedBuilder<int>)builders[8]).Append(random.Next(40));
            ((FixedBuilder<double>)builders[9]).Append(random.NextDouble());
            if (builders[0].Length < BatchRows && row + 1 < rows) continue;
            await writer.WriteAsync(new ColumnBatch(schema, [.. builders.Select(builder => builder.Build())]));
        }
        await writer.FinishAsync();
    }

    static void Text(ColumnBuilder builder, Random random, string[] vocabulary, int mean)
    {
        var text = new StringBuilder();
        for (var words = 1 + random.Next(2 * mean - 1); words > 0; words--)
        {
            if (text.Length > 0) text.Append(' ');
            text.Append(vocabulary[(int)Math.Pow(Words, random.NextDouble()) - 1]); // density 1/rank
        }
        ((Utf8Builder)builder).Append(text.ToString());
    }

    static string Word(Random random)
    {
        const string Consonants = "bcdfghklmnprstvw", Vowels = "aeiou";
        var word = new StringBuilder();
        for (var syllables = 1 + random.Next(4); syllables > 0; syllables--)
            word.Append(Consonants[random.Next(Consonants.Length)]).Append(Vowels[random.Next(Vowels.Length)]);
        return word.ToString();
    }
}

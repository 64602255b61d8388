using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anit.Data.HuggingFace;

namespace Anit.Data;

/// <summary>Folders of splits as Hugging Face's <c>load_dataset</c> reads them: <c>data/train-00000-of-00001.parquet</c> and a README.md.</summary>
/// <example><code>
/// await HubFolder.WriteAsync("my-data", "My data", [("train", "train.parquet"), ("test", "test.parquet")]);
/// await using var reader = await Table.OpenAsync(HubFolder.FilesOf("my-data", "test"));
/// </code></example>
public static class HubFolder
{
    // data_files.py of datasets: what a file or folder may be called.
    static readonly string[][] Synonyms =
        [["train", "training"], ["validation", "valid", "dev", "val"], ["test", "testing", "eval", "evaluation"]];

    const string Apart = "[-._ 0-9/]";

    /// <summary>The files of a split: <c>data/SPLIT-00000-of-...</c>, else files or folders in whose name the split is a word by itself
    /// (<c>dev</c> and <c>valid</c> are <c>validation</c>).</summary>
    /// <exception cref="FileNotFoundException">There are none; the splits that there are are named.</exception>
    public static IReadOnlyList<string> FilesOf(string folder, string split)
    {
        var files = TableFiles.Find(folder);
        string Below(string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');
        string[] sharded = [.. files.Where(f => Regex.IsMatch(Below(f), $@"^data/{Regex.Escape(split)}-\d{{5}}-of-\d{{5}}"))];
        if (sharded.Length > 0) return sharded;
        string[] named = [.. files.Where(f => Is(Below(f), Synonyms.FirstOrDefault(words => words.Contains(split)) ?? [split]))];
        if (named.Length > 0) return named;
        var known = files.Select(Below).Select(f => Regex.Match(f, @"^data/(.+?)-\d{5}-of-\d{5}") is { Success: true } m ? m.Groups[1].Value
            : Synonyms.FirstOrDefault(words => Is(f, words))?[0]).OfType<string>().Distinct().ToArray();
        throw new FileNotFoundException($"{folder}: no split '{split}'; {(known.Length == 0 ? "no file is named for a split"
            : $"there is {string.Join(", ", known)}")}", folder);

        static bool Is(string file, string[] words) => Regex.IsMatch(file, $"(^|{Apart})({string.Join('|', words.Select(Regex.Escape))}){Apart}");
    }

    /// <summary>Writes a folder, which appears when it is whole: a Parquet file a split, and a card with the columns. Class labels keep their
    /// names.</summary>
    /// <param name="folder">Where it will be; missing or empty, unless it is to be replaced.</param>
    /// <param name="title">The card's heading.</param>
    /// <param name="splits">The splits, each by its word and a table; all have the same columns.</param>
    /// <param name="license">A license's name of the Hub's list, such as mit.</param>
    /// <param name="replace">Replace what is there.</param>
    /// <param name="read">How to read the tables.</param>
    /// <param name="stop">Cancels.</param>
    /// <exception cref="DataFormatException">Splits of different columns, or one that is no word.</exception>
    public static async Task WriteAsync(string folder, string title, IReadOnlyList<(string Split, DataSource Table)> splits, string? license = null,
        bool replace = false, ReadOptions? read = null, CancellationToken stop = default)
    {
        var place = Path.GetFullPath(folder).TrimEnd('/');
        if (File.Exists(place) || (!replace && Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any()))
            throw new IOException($"{folder}: is there already; name a folder that is missing or empty");
        var temporary = Path.Combine(Path.GetDirectoryName(place)!, $".{Path.GetFileName(place)}.{Path.GetRandomFileName()}.tmp");
        Directory.CreateDirectory(Path.Combine(temporary, "data"));
        try
        {
            var (written, first, features) = (new List<HubSplit>(), (Schema?)null, (JsonObject?)null);
            foreach (var (split, source) in splits)
            {
                if (!Regex.IsMatch(split, @"^\w+(\.\w+)*$"))
                    throw new DataFormatException($"'{split}' is no name of a split: letters, digits, _ and .");
                await using var reader = await Table.OpenAsync(source, read, stop).ConfigureAwait(false);
                var schema = Described(reader.Schema);
                first ??= schema;
                features ??= HubFeatures.Features(schema)!;
                if (Difference(first, schema) is { } column)
                    throw new DataFormatException($"not the columns of the first split, as load_dataset wants it: {column}").At(file: source.Name);
                var path = Path.Combine(temporary, "data", $"{split}-00000-of-00001.parquet");
                await using (var writer = Table.Create(path, schema))
                {
                    await foreach (var batch in reader.ReadBatchesAsync(stop).ConfigureAwait(false))
                        await writer.WriteAsync(batch.WithSchema(schema), stop).ConfigureAwait(false);
                    await writer.FinishAsync(reader.LateMetadata).ConfigureAwait(false);
                }
                var footer = await ParquetFooter.ReadAsync(path, stop).ConfigureAwait(false);
                written.Add(new(split, footer.Rows, footer.Columns.Sum(c => c.RawBytes), new FileInfo(path).Length));
            }
            await File.WriteAllTextAsync(Path.Combine(temporary, "README.md"), HubCard.Write(title, license, first!, features!, written), stop)
                .ConfigureAwait(false);
            var old = temporary + ".old";
            if (Directory.Exists(place)) Directory.Move(place, old);
            Directory.Move(temporary, place);
            if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    // With a feature for each column: those that are described, the others by their types.
    static Schema Described(Schema schema)
    {
        var known = HubFeatures.Features(schema);
        var features = new JsonObject([.. schema.Fields.DistinctBy(f => f.Name)
            .Select(f => KeyValuePair.Create(f.Name, (JsonNode?)(known?[f.Name] ?? HubFeatures.Of(f.Type)).DeepClone()))]);
        return schema.WithMetadata(HubFeatures.Key, new JsonObject { ["info"] = new JsonObject { ["features"] = features } }.ToJsonString());
    }

    static string? Difference(Schema first, Schema next) =>
        first.Fields.FirstOrDefault(f => !next.Has(f.Name) || next[f.Name].Type.Decoded != f.Type.Decoded)?.Name
        ?? next.Fields.FirstOrDefault(f => !first.Has(f.Name))?.Name
        ?? (first.Fields.Select(f => f.Name).SequenceEqual(next.Fields.Select(f => f.Name)) ? null : "their order")
        ?? (JsonNode.DeepEquals(HubFeatures.Features(first), HubFeatures.Features(next)) ? null : "their class labels");
}

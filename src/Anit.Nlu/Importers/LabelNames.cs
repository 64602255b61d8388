using System.Text.Json;

namespace Anit.Nlu.Importers;

/// <summary>How labels are called: natural words, the dataset's own codes, or names from a user's file.</summary>
/// <remarks>A file is a JSON object from code to name, <c>{"PER": "person", "LOC": "place"}</c>; its names are the options, in its order.</remarks>
public sealed class LabelNames
{
    readonly Func<LabelTable, LabelTable> choose;

    LabelNames(Func<LabelTable, LabelTable> choose) => this.choose = choose;

    /// <summary>Natural words, as in the paper: person, location, organization, else.</summary>
    public static LabelNames Natural { get; } = new(table => table);

    /// <summary>The dataset's own codes: PER, LOC, ORG, MISC.</summary>
    public static LabelNames Original { get; } = new(table => new([.. table.Codes.Select(code => (code, code))]));

    /// <summary>Names from a file.</summary>
    /// <exception cref="InvalidDataException">The file is no JSON object of strings.</exception>
    public static LabelNames Load(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var json = JsonDocument.Parse(file);
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || json.RootElement.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
                throw new InvalidDataException($"{path}: found JSON that is not an object of strings, expected {{\"code\": \"name\", ...}}");
            var table = new LabelTable([.. json.RootElement.EnumerateObject().Select(p => (p.Name, p.Value.GetString()!))]);
            return new(_ => table);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: line {e.LineNumber + 1}: found text that is no JSON, expected {{\"code\": \"name\", ...}}", e);
        }
    }

    internal LabelTable Of(LabelTable dataset) => choose(dataset);
}

/// <summary>Codes of a dataset and the names they get, in the order of the options.</summary>
sealed class LabelTable
{
    readonly Dictionary<string, string> names;

    public LabelTable(IReadOnlyList<(string Code, string Name)> entries)
    {
        Entries = entries;
        names = entries.DistinctBy(e => e.Code).ToDictionary(e => e.Code, e => e.Name, StringComparer.Ordinal);
        Codes = [.. entries.Select(e => e.Code)];
        Options = [.. entries.Select(e => e.Name).Distinct(StringComparer.Ordinal)];
    }

    public IReadOnlyList<(string Code, string Name)> Entries { get; }

    public IReadOnlyList<string> Codes { get; }

    /// <summary>The names, each once.</summary>
    public IReadOnlyList<string> Options { get; }

    public string? Find(string code) => names.GetValueOrDefault(code);
}

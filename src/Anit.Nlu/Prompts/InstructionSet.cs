using System.Text.Json;

namespace Anit.Nlu.Prompts;

/// <summary>What a task is asked with: the instruction, the question and the answer format.</summary>
/// <remarks>Each may name the row's labels itself, by <c>{labels}</c>.</remarks>
public sealed record TaskWording(string Instruction, string? Question, string? Format)
{
    const string Place = "{labels}";

    /// <summary>Whether a text of it names the labels, so that the row needs no options of their own.</summary>
    public bool NamesLabels => Instruction.Contains(Place, StringComparison.Ordinal)
        || Question?.Contains(Place, StringComparison.Ordinal) == true || Format?.Contains(Place, StringComparison.Ordinal) == true;

    /// <summary>The wording with the labels in their places: "person", "person or place", "person, place or organization".</summary>
    public TaskWording Fill(IReadOnlyList<string> labels)
    {
        if (!NamesLabels) return this;
        var named = labels.Count > 1 ? $"{string.Join(", ", labels.SkipLast(1))} or {labels[^1]}" : string.Concat(labels);
        return new(Filled(Instruction)!, Filled(Question), Filled(Format));

        string? Filled(string? text) => text?.Replace(Place, named, StringComparison.Ordinal);
    }
}

/// <summary>One wording or several for each task, with exceptions for datasets; read from JSON.</summary>
/// <remarks>The file is one object: <c>{"ner": {"instruction": "...", "question": "...", "format": "..."}, "sst2": [{...}, {...}]}</c>. A key
/// is the name of a dataset or of a task, and a dataset's entry wins over its task's. <c>note</c> is free text.</remarks>
public sealed class InstructionSet
{
    const string Note = "note", Fields = "\"instruction\", \"question\", \"format\"";

    readonly Dictionary<string, TaskWording[]> wordings;
    readonly string name;

    InstructionSet(string name, Dictionary<string, TaskWording[]> wordings) => (this.name, this.wordings) = (name, wordings);

    /// <summary>One sentence a task, <c>data/instructions/concise.json</c>.</summary>
    public static InstructionSet Concise { get; } = Embedded("concise");

    /// <summary>Numbered steps, <c>data/instructions/detailed.json</c>.</summary>
    public static InstructionSet Detailed { get; } = Embedded("detailed");

    /// <summary>Reads a user's own file.</summary>
    /// <exception cref="InvalidDataException">The file is not of that form.</exception>
    public static InstructionSet Load(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>The wordings for a dataset, or else for its task; at least one.</summary>
    /// <exception cref="InvalidDataException">The file has neither.</exception>
    public IReadOnlyList<TaskWording> For(string dataset, string task) =>
        wordings.TryGetValue(dataset, out var wording) || wordings.TryGetValue(task, out wording)
            ? wording
            : throw new InvalidDataException($"{name}: found no entry for \"{dataset}\" or \"{task}\"; add one with an \"instruction\"");

    static InstructionSet Embedded(string name)
    {
        using var file = typeof(InstructionSet).Assembly.GetManifestResourceStream($"instructions/{name}.json")!;
        return Read(file, name);
    }

    static InstructionSet Read(Stream file, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(file,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw Bad(name, "the top", json.RootElement, "an object of wordings");
            return new(name, json.RootElement.EnumerateObject().Where(p => p.Name != Note)
                .ToDictionary(p => p.Name, p => Wordings(name, p.Name, p.Value), StringComparer.Ordinal));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: line {e.LineNumber + 1}: found text that is no JSON; expected an object of wordings", e);
        }
    }

    static TaskWording[] Wordings(string file, string key, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array when value.GetArrayLength() > 0 => [.. value.EnumerateArray().Select((one, i) => Wording(file, $"{key}[{i}]", one))],
        JsonValueKind.Array => throw Bad(file, key, "no wording", "at least one"),
        _ => [Wording(file, key, value)],
    };

    static TaskWording Wording(string file, string key, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad(file, key, value, $"an object with {Fields}, or a list of such");
        string? instruction = null, question = null, format = null;
        foreach (var field in value.EnumerateObject())
        {
            var text = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()
                : throw Bad(file, $"{key}.{field.Name}", field.Value, "a string");
            switch (field.Name)
            {
                case "instruction": instruction = text; break;
                case "question": question = text; break;
                case "format": format = text; break;
                default: throw Bad(file, key, field.Name, $"only {Fields}");
            }
        }
        return string.IsNullOrWhiteSpace(instruction)
            ? throw Bad(file, key, "no instruction", "a non-empty \"instruction\"")
            : new(instruction, question, format);
    }

    static InvalidDataException Bad(string file, string where, object found, string expected) =>
        new($"{file}: {where}: found {Shown.Of(found.ToString() ?? "")}, expected {expected}");
}

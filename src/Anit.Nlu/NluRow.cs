namespace Anit.Nlu;

/// <summary>One example: an instruction, its context and the gold answer in the grammar of its task.</summary>
/// <remarks>The columns of the row as every stage of the pipeline sees them: instruction I_r, context C (question, format,
/// options, text) and target Y of the paper (doi 10.1609/AAAI.V39I22.34513, section 3).</remarks>
public sealed record NluRow
{
    /// <summary>Stable identity, e.g. <c>conll2003/train/000123</c>: dataset, split, zero-based number of the record.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="NluTask"/>.</summary>
    public required string Task { get; init; }

    /// <summary>The raw instruction.</summary>
    public required string Instruction { get; init; }

    /// <summary>The noisy instruction, null for a clean row.</summary>
    public string? NoisyInstruction { get; init; }

    /// <summary>The kind of noise in it, where the table says so.</summary>
    public string? Noise { get; init; }

    /// <summary>What is asked about the text.</summary>
    public string? Question { get; init; }

    /// <summary>How the answer has to look.</summary>
    public string? Format { get; init; }

    /// <summary>The labels to choose from, in the order in which the prompt lists them.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The text to be understood.</summary>
    public string? Text { get; init; }

    /// <summary>The gold answer.</summary>
    public required string Target { get; init; }
}

/// <summary>Names of the tasks, as they stand in the column <c>task</c>.</summary>
public static class NluTask
{
    /// <summary>Named entity recognition: <c>type: span; type: span</c>.</summary>
    public const string Ner = "ner";

    /// <summary>Relation extraction: <c>relation: head, tail</c>.</summary>
    public const string Relations = "re";

    /// <summary>Text classification: <c>label: class</c>.</summary>
    public const string Classification = "tc";

    /// <summary>Aspect sentiment triplets: <c>polarity: aspect, opinion</c>.</summary>
    public const string Aspects = "absa";

    /// <summary>Anything else; the answer is free text and is scored by exact match.</summary>
    public const string Other = "other";

    /// <summary>All five names.</summary>
    public static IReadOnlyList<string> All { get; } = [Ner, Relations, Classification, Aspects, Other];
}

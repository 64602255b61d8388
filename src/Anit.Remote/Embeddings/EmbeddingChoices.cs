namespace Anit.Remote.Embeddings;

/// <summary>Which vectors, and in which batches.</summary>
public sealed record EmbeddingChoices
{
    /// <summary>The model that is asked when none is named.</summary>
    public const string UsualModel = "text-embedding-3-large";

    /// <summary>The model's name on its server.</summary>
    public string Model { get; init; } = UsualModel;

    /// <summary>Numbers a vector shall have, for models that can shorten theirs; null for what the model gives.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Numbers that vectors from the same model had before; another length is an error. Null when none is known.</summary>
    public int? Expected { get; init; }

    /// <summary>Texts a request; OpenAI takes 2,048.</summary>
    public int TextsAtOnce { get; init; } = 256;

    /// <summary>Tokens a request, as estimated; OpenAI takes 300,000.</summary>
    public int TokensAtOnce { get; init; } = 100_000;
}

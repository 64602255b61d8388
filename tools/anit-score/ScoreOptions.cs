using Anit.Tools.Score.Embedders;

namespace Anit.Tools.Score;

/// <summary>What the user asked anit-score to do.</summary>
sealed record ScoreOptions
{
    public required StageIO Files { get; init; }
    public required string Method { get; init; }
    public Normalization? Normalize { get; init; }
    public BetaScope Scope { get; init; }
    public string? ScaleFrom { get; init; }
    public (EmbedderKind Kind, EmbedderSetup Setup)? Embedder { get; init; }
    public Segmenter Segmenter { get; init; }
    public required TableColumns Columns { get; init; }
    public bool Again { get; init; }
    public string? Manifest { get; init; }
    public string? Report { get; init; }
    public Shard Shard { get; init; }
    public int Threads { get; init; }
    public bool DryRun { get; init; }

    /// <summary>Only say what the vectors would cost.</summary>
    public bool OnlyEstimate { get; init; }

    /// <summary>Whether all texts are to be counted before the first one is paid for.</summary>
    public bool HasCostLimit { get; init; }

    /// <summary>The folder of vectors that were paid for: <c>--cache</c>, or <c>ANIT_CACHE</c>.</summary>
    public string? Cache => Files.Cache ?? (Environment.GetEnvironmentVariable("ANIT_CACHE") is { Length: > 0 } folder ? folder : null);
}

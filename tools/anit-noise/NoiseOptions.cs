using Anit.Noise;

namespace Anit.Tools.Noise;

/// <summary>What the user asked anit-noise to do.</summary>
sealed record NoiseOptions
{
    public required StageIO Files { get; init; }
    public required IReadOnlyList<(NoiseDescription Kind, decimal Weight)> Kinds { get; init; }

    /// <summary>The settings of single kinds: a word, a file, or empty for a switch.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public decimal Omega { get; init; }
    public decimal Phi { get; init; }
    public ulong Seed { get; init; }
    public int? Epoch { get; init; }
    public SelectionKind Selection { get; init; }
    public WordCount Count { get; init; }
    public Segmenter Segmenter { get; init; }
    public required string Vocabulary { get; init; }
    public string? Pool { get; init; }
    public required string PoolColumn { get; init; }
    public IReadOnlyList<string> Protect { get; init; } = [];
    public string? ProtectList { get; init; }
    public bool AllowLabels { get; init; }
    public required TableColumns Columns { get; init; }

    /// <summary>The texts inside a column, where --column names such; a column of that very name goes first.</summary>
    public NestedPath? Nested => NestedPath.Parse(Columns.Text);

    public bool Again { get; init; }
    public string? Manifest { get; init; }
    public string? Report { get; init; }
    public Shard Shard { get; init; }
    public int Threads { get; init; }
    public bool DryRun { get; init; }
    public int Limit { get; init; }

    public bool Uses(NoiseNeeds need) => Kinds.Any(k => k.Kind.Needs.HasFlag(need));
}

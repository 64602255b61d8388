namespace Anit.Tools.Score;

/// <summary>The words of <c>--method</c>.</summary>
static class Methods
{
    /// <summary>Word-level edit distance, the rule-based estimate.</summary>
    public const string Rbe = "rbe";

    /// <summary>Vectors of a language model.</summary>
    public const string Lme = "lme";

    /// <summary>Token states of an encoder.</summary>
    public const string BertScore = "bertscore";

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<string> All { get; } = [Rbe, Lme, BertScore, .. DistanceKinds.Names];

    /// <summary>What each measures.</summary>
    public static string Help { get; } = string.Join("; ", (string[])[
        $"How far is measured: {Rbe}, edits of words", $"{Lme}, 1 - cosine of vectors", $"{BertScore}, 1 - F1 of matched token states",
        .. DistanceKinds.All.Select(kind => $"{kind.Name}, {kind.Help}")]);

    /// <summary>Whether a method asks a model.</summary>
    public static bool Embeds(string method) => method is Lme or BertScore;
}

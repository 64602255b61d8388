namespace Anit.Tools.Score;

/// <summary>The words of <c>--method</c>.</summary>
static class Methods
{
    /// <summary>Word-level edit distance, the rule-based estimate.</summary>
    public const string Rbe = "rbe";

    /// <summary>Vectors of a language model.</summary>
    public const string Lme = "lme";

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<string> All { get; } = [Rbe, Lme];

    /// <summary>Whether a method asks a model for vectors.</summary>
    public static bool Embeds(string method) => method is Lme;
}

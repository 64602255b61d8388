namespace Anit.Nlu.Answers;

/// <summary>The labels an answer may use, with other spellings that stand for them.</summary>
/// <remarks>Lookup ignores case. Where labels differ by case alone, the exact spelling wins.</remarks>
public sealed class LabelSet
{
    readonly Dictionary<string, string> exact;
    readonly Dictionary<string, string> folded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Labels in the order of the options; aliases such as <c>PER</c> for <c>person</c> point to one of them.</summary>
    public LabelSet(IEnumerable<string>? options, IReadOnlyDictionary<string, string>? aliases = null)
    {
        var spellings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in options ?? [])
        {
            var label = Spelling.Strict(option);
            if (label.Length > 0) spellings.TryAdd(label, label);
        }
        foreach (var (alias, label) in aliases ?? new Dictionary<string, string>())
        {
            if (spellings.TryGetValue(Spelling.Strict(label), out var known)) spellings.TryAdd(Spelling.Strict(alias), known);
        }
        exact = spellings;
        foreach (var (spelling, label) in spellings) folded.TryAdd(spelling, label);
        LongestFirst = [.. exact.Keys.OrderByDescending(s => s.Length).ThenBy(s => s, StringComparer.Ordinal)];
    }

    /// <summary>Every spelling, the longest first, so that "sports team location teams" is not read as "sports team location".</summary>
    public IReadOnlyList<string> LongestFirst { get; }

    /// <summary>The label that a spelling stands for: exact first, then regardless of case; null when there is none.</summary>
    public string? Find(string spelling) =>
        exact.TryGetValue(spelling, out var label) || folded.TryGetValue(spelling, out label) ? label : null;
}

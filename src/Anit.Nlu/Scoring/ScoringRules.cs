namespace Anit.Nlu.Scoring;

/// <summary>How items are compared. The default is the headline: strict spelling, multisets, nothing forgiven.</summary>
/// <remarks>The last four switches repeat what other scorers do, only to show how much of a difference between papers they make.</remarks>
public sealed record ScoringRules
{
    /// <summary>Strict: NFC, white space collapsed, case counts.</summary>
    public static ScoringRules Strict { get; } = new();

    /// <summary>Lenient: case, white space and the shape of quotes and dashes do not count, a full-width colon is accepted.</summary>
    public static ScoringRules LenientSpelling { get; } = new() { Lenient = true };

    /// <summary>Compare under the lenient spelling.</summary>
    public bool Lenient { get; init; }

    /// <summary>An answer of <c>None</c> is an item of its own, right when gold says None too (InstructUIE's NER scorer).</summary>
    public bool NoneAsItem { get; init; }

    /// <summary>Repeated items count once (InstructUIE, UniversalNER).</summary>
    public bool SetMatch { get; init; }

    /// <summary>Compare under InstructUIE's normalisation: lower case, no spaces round punctuation, "location" as "located".</summary>
    public bool InstructUieNormalize { get; init; }

    /// <summary>Pieces that are no item are forgotten instead of counted as wrong.</summary>
    public bool DropMalformed { get; init; }

    /// <summary>Name and rules of each switch of other scorers, then of all together.</summary>
    public static IReadOnlyList<(string Name, ScoringRules Rules)> Legacy { get; } =
    [
        ("none_as_item", new() { NoneAsItem = true }),
        ("set_match", new() { SetMatch = true }),
        ("instructuie_normalize", new() { InstructUieNormalize = true }),
        ("drop_malformed", new() { DropMalformed = true }),
        ("all", new() { NoneAsItem = true, SetMatch = true, InstructUieNormalize = true, DropMalformed = true }),
    ];
}

namespace Anit.Nlu.Answers;

/// <summary>One item of an answer: a label with one span (entity), two spans (relation, aspect with opinion) or none (class).</summary>
/// <param name="Label">The label as the row's options spell it, or as the answer spells it when it is none of them.</param>
/// <param name="First">Span, head or aspect; empty for a class.</param>
/// <param name="Second">Tail or opinion; empty where the task has one span.</param>
public readonly record struct AnswerItem(string Label, string First = "", string Second = "");

/// <summary>What an answer was read as.</summary>
/// <param name="Items">Items in the order of the answer, repeats included, unknown labels included.</param>
/// <param name="Malformed">Pieces that are no item at all; each counts as one wrong prediction.</param>
/// <param name="Flags">What was odd about the answer.</param>
public sealed record ParsedAnswer(IReadOnlyList<AnswerItem> Items, IReadOnlyList<string> Malformed, AnswerFlags Flags)
{
    /// <summary>Number of items whose label is none of the options.</summary>
    public int UnknownLabels { get; init; }

    /// <summary>Number of items with a span that does not stand in the text.</summary>
    public int NotInText { get; init; }

    /// <summary>True when nothing at all was predicted: no item and no malformed piece.</summary>
    public bool IsEmpty => Items.Count == 0 && Malformed.Count == 0;
}

/// <summary>Oddities of an answer, reported and never punished beyond the items themselves.</summary>
[Flags]
public enum AnswerFlags
{
    /// <summary>Nothing odd.</summary>
    None = 0,

    /// <summary>The answer was empty where it should have said <c>None</c>.</summary>
    EmptyOutput = 1,

    /// <summary>The comma between two spans could not be told by the text.</summary>
    AmbiguousComma = 2,

    /// <summary>An item is repeated more often than its first span occurs in the text.</summary>
    Repeat = 4,
}

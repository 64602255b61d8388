namespace Anit.Samples;

/// <summary>Gold answers in the grammar of each task, in the order of the text.</summary>
internal static class Answers
{
    public const string None = "None";

    public static string Entities(Passage passage, IReadOnlyList<EntityLabel> labels) => Joined(
        from span in passage.Spans
        from label in labels
        where label.Kinds.Contains(span.Kind)
        orderby span.Start, span.Length
        select $"{label.Name}: {span.Text}");

    public static string Relations(Passage passage, IReadOnlyList<RelationLabel> labels)
    {
        var items =
            from fact in passage.Facts
            from label in labels
            where label.Relation == fact.Relation
            let head = label.Inverse ? fact.Tail : fact.Head
            let tail = label.Inverse ? fact.Head : fact.Tail
            select (Head: head, Tail: tail, label.Name);
        return Joined(items.OrderBy(i => i.Head.Start).ThenBy(i => i.Head.Length).ThenBy(i => i.Name, StringComparer.Ordinal)
            .ThenBy(i => i.Tail.Start)
            .Select(i => $"{i.Name}: {i.Head.Text}, {i.Tail.Text}"));
    }

    /// <param name="passage">A review whose facts are called pos, neg and neu.</param>
    /// <param name="positive">The label of praise.</param>
    /// <param name="negative">The label of blame.</param>
    /// <param name="neutral">The label of neither, or null where it is not asked for.</param>
    public static string Judgements(Passage passage, string positive, string negative, string? neutral) => Joined(
        passage.Facts.Select(f => (f.Head, f.Tail, Label: f.Relation switch { "pos" => positive, "neg" => negative, _ => neutral }))
            .Where(i => i.Label is not null)
            .OrderBy(i => i.Head.Start).ThenBy(i => i.Tail.Start).Select(i => $"{i.Label}: {i.Head.Text}, {i.Tail.Text}"));

    public static string Class(string label) => $"label: {label}";

    static string Joined(IEnumerable<string> items) => string.Join("; ", items) is { Length: > 0 } answer ? answer : None;
}

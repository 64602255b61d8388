namespace Anit.Nlu.Answers;

/// <summary>Writes and reads answers.</summary>
/// <remarks>
/// <code>
/// answer = "None" | item { ";" SP item }
/// item   = type ":" SP span | relation ":" SP head "," SP tail | polarity ":" SP aspect "," SP opinion
/// class  = "label" ":" SP label
/// </code>
/// Reading is anchored at known labels, so a semicolon, colon or comma inside a value does no harm. It never fails: what is no
/// item becomes a malformed piece.
/// </remarks>
public static class AnswerGrammar
{
    /// <summary>The answer that says there is nothing to find.</summary>
    public const string Nothing = "None";

    /// <summary>The word before a class.</summary>
    public const string ClassLabel = "label";

    /// <summary>Writes items as an answer of the task; no items give <c>None</c>.</summary>
    public static string Write(string task, IReadOnlyList<AnswerItem> items) => (task, items) switch
    {
        (NluTask.Classification, [var item]) => $"{ClassLabel}: {item.Label}",
        (NluTask.Classification, _) => throw new ArgumentException($"{items.Count} classes for one text; give exactly one", nameof(items)),
        (NluTask.Other, _) => throw new ArgumentException("free text has no items; use the text itself as the answer", nameof(task)),
        (_, []) => Nothing,
        (NluTask.Ner, _) => string.Join("; ", items.Select(i => $"{i.Label}: {i.First}")),
        (NluTask.Relations or NluTask.Aspects, _) => string.Join("; ", items.Select(i => $"{i.Label}: {i.First}, {i.Second}")),
        _ => throw new ArgumentException($"task \"{task}\" is none of {string.Join(", ", NluTask.All)}", nameof(task)),
    };

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">What stands after <c>Answer:</c>; anything behind the first line break or end-of-text mark is cut.</param>
    /// <param name="task">One of <see cref="NluTask"/>.</param>
    /// <param name="options">The row's labels; null where it has none.</param>
    /// <param name="text">The row's text, which settles which comma separates two spans.</param>
    /// <param name="aliases">Other spellings of labels, e.g. <c>PER</c> for <c>person</c>.</param>
    /// <param name="lenient">Also accept a full-width colon, and compare with the text regardless of case.</param>
    public static ParsedAnswer Parse(string answer, string task, IReadOnlyList<string>? options, string? text,
        IReadOnlyDictionary<string, string>? aliases = null, bool lenient = false) =>
        Parse(answer, task, new LabelSet(options, aliases), text, lenient);

    /// <summary>Reads an answer with a label set made beforehand.</summary>
    public static ParsedAnswer Parse(string answer, string task, LabelSet labels, string? text, bool lenient = false)
    {
        if (task == NluTask.Other) return FreeText(answer);

        var line = AnswerLine.Of(answer);
        if (task == NluTask.Classification) return ClassReader.Read(line, labels, lenient);
        if (line.SaysNothing) return new([], [], line.IsBlank ? AnswerFlags.EmptyOutput : AnswerFlags.None);
        return new ItemReader(labels, new TextIndex(text, lenient), pairs: task is NluTask.Relations or NluTask.Aspects, lenient).Read(line.Text);
    }

    static ParsedAnswer FreeText(string answer)
    {
        var text = Spelling.Strict(AnswerLine.CutAtEnd(answer));
        return text.Length == 0 ? new([], [], AnswerFlags.EmptyOutput) : new([new("", text)], [], AnswerFlags.None);
    }
}

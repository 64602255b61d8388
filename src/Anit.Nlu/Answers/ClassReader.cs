namespace Anit.Nlu.Answers;

/// <summary>Reads the answer of a classification: <c>label: X</c> or bare <c>X</c>.</summary>
static class ClassReader
{
    public static ParsedAnswer Read(AnswerLine line, LabelSet labels, bool lenient)
    {
        var name = WithoutPrefix(line.Text, lenient);
        if (labels.Find(name) is { } label) return new([new(label)], [], AnswerFlags.None);
        if (line.SaysNothing) return new([], [], line.IsBlank ? AnswerFlags.EmptyOutput : AnswerFlags.None);
        if (name.Length == 0) return new([], [line.Text], AnswerFlags.None);
        return new([new(name)], [], AnswerFlags.None) { UnknownLabels = 1 };
    }

    static string WithoutPrefix(string text, bool lenient)
    {
        if (!text.StartsWith(AnswerGrammar.ClassLabel, StringComparison.OrdinalIgnoreCase)) return text;
        var rest = text[AnswerGrammar.ClassLabel.Length..].TrimStart();
        return rest.Length > 0 && (rest[0] == ':' || lenient && rest[0] == '：') ? rest[1..].TrimStart() : text;
    }
}

namespace Anit.Nlu.Answers;

/// <summary>An answer cut to its line and freed of one pair of quotes or brackets around it.</summary>
readonly record struct AnswerLine(string Text, bool IsBlank, bool SaysNothing)
{
    // End marks of the models we tune, for predictions that were made elsewhere and kept them.
    static readonly string[] EndMarks =
        ["</s>", "<eos>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|im_end|>", "<end_of_turn>"];

    static readonly HashSet<string> NothingWords = new(StringComparer.OrdinalIgnoreCase) { "", "none", "none.", "null", "n/a", "[]" };

    const string Opening = "\"'“‘[({";
    const string Closing = "\"'”’])}";

    public static AnswerLine Of(string answer)
    {
        var cut = CutAtEnd(answer);
        var newline = cut.AsSpan().IndexOfAny('\n', '\r');
        var line = Spelling.Strict(newline < 0 ? cut : cut[..newline]);
        var inner = Unwrapped(line);
        return new(inner, line.Length == 0, NothingWords.Contains(line) || NothingWords.Contains(inner));
    }

    public static string CutAtEnd(string answer)
    {
        var end = EndMarks.Select(mark => answer.IndexOf(mark, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(answer.Length).Min();
        return answer[..end];
    }

    static string Unwrapped(string line)
    {
        if (line.Length < 2) return line;
        var pair = Opening.IndexOf(line[0], StringComparison.Ordinal);
        return pair >= 0 && line[^1] == Closing[pair] ? line[1..^1].Trim() : line;
    }
}

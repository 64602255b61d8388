namespace Anit.Nlu.Scoring;

/// <summary>What is wrong with an item of an answer.</summary>
public enum ItemError
{
    /// <summary>Nothing: gold and prediction agree.</summary>
    None,

    /// <summary>A gold item that no prediction comes near.</summary>
    Missing,

    /// <summary>A prediction that comes near no gold item.</summary>
    Spurious,

    /// <summary>The spans of a gold item under another label; of a classification, another class.</summary>
    WrongLabel,

    /// <summary>The label of a gold item with spans that overlap its own; of free text, another text.</summary>
    WrongSpan,

    /// <summary>A piece that is no item; of a classification, nothing that could be read.</summary>
    Malformed,
}

/// <summary>A gold item, a predicted one, or a pair of them, with what is wrong.</summary>
/// <param name="Error">What.</param>
/// <param name="Gold">The gold item; null where there is none.</param>
/// <param name="Predicted">The predicted item; null where there is none.</param>
/// <param name="Piece">A malformed piece of the prediction, or of a gold answer that misses it.</param>
public readonly record struct JudgedItem(ItemError Error, AnswerItem? Gold, AnswerItem? Predicted, string? Piece = null)
{
    /// <summary>What it adds to the counts in strict spelling; over an answer the sums are the scorer's.</summary>
    public Counts Counts => Error == ItemError.None ? new(1, 0, 0)
        : new(0, Error == ItemError.Missing ? 0 : 1, Error == ItemError.Spurious || (Error == ItemError.Malformed && Gold is null) ? 0 : 1);
}

/// <summary>Tells the errors of an answer apart, for people to look at; the score knows only right and wrong.</summary>
/// <remarks>First items that are equal in strict spelling are paired, then those with equal spans, then those of one label whose spans overlap:
/// one stands in the other, or they share characters of the text. Each step takes items in the order of the answers.</remarks>
public static class ItemErrors
{
    /// <summary>The items of a gold answer and of a prediction to it: right ones, errors of predictions, and what was missed.</summary>
    /// <param name="gold">The gold answer as read.</param>
    /// <param name="answer">The prediction as read.</param>
    /// <param name="task">One of <see cref="NluTask"/>.</param>
    /// <param name="text">The row's text; null where it has none.</param>
    public static IReadOnlyList<JudgedItem> Of(ParsedAnswer gold, ParsedAnswer answer, string task, string? text)
    {
        var (wanted, made) = (Entries(gold, task), Entries(answer, task));
        var judged = new List<JudgedItem>();
        Pair((g, p) => g.Key == p.Key, ItemError.None);
        if (task == NluTask.Classification && made is [{ Item: null } unreadable] && wanted is [{ Item: { } missed }])
            return [new(ItemError.Malformed, missed, null, unreadable.Piece)];
        Pair((g, p) => g.Item is { } a && p.Item is { } b && task != NluTask.Other && SameSpans(a, b), ItemError.WrongLabel);
        var inText = new TextIndex(text, ignoreCase: false);
        Pair((g, p) => g.Item is { } a && p.Item is { } b && (task == NluTask.Other || (SameLabel(a, b) && Overlap(a, b, inText))),
            ItemError.WrongSpan);
        judged.AddRange(made.Select(p => p.Item is null ? new JudgedItem(ItemError.Malformed, null, null, p.Piece)
            : new(ItemError.Spurious, null, p.Item)));
        judged.AddRange(wanted.Select(g => new JudgedItem(ItemError.Missing, g.Item, null, g.Piece)));
        return judged;

        void Pair(Func<Entry, Entry, bool> fit, ItemError error)
        {
            for (var p = 0; p < made.Count; p++)
            {
                var g = wanted.FindIndex(w => fit(w, made[p]));
                if (g < 0) continue;
                judged.Add(new(error, wanted[g].Item, made[p].Item, made[p].Piece));
                wanted.RemoveAt(g);
                made.RemoveAt(p--);
            }
        }
    }

    readonly record struct Entry(string Key, AnswerItem? Item, string? Piece);

    // The scorer's own keys, so that what is right here is right there.
    static List<Entry> Entries(ParsedAnswer answer, string task) =>
        [.. ItemKeys.Of(answer, task, ScoringRules.Strict).Select((key, i) => i < answer.Items.Count ? new Entry(key.Text, answer.Items[i], null)
            : new(key.Text, null, answer.Malformed.ElementAtOrDefault(i - answer.Items.Count) ?? ""))];

    static bool SameSpans(AnswerItem a, AnswerItem b) => Same(a.First, b.First) && Same(a.Second, b.Second);

    static bool SameLabel(AnswerItem a, AnswerItem b) => Same(a.Label, b.Label);

    static bool Same(string a, string b) => Spelling.Strict(a) == Spelling.Strict(b);

    static bool Overlap(AnswerItem a, AnswerItem b, TextIndex text) =>
        Overlap(Spelling.Strict(a.First), Spelling.Strict(b.First), text)
        && (a.Second.Length == 0 && b.Second.Length == 0 || Overlap(Spelling.Strict(a.Second), Spelling.Strict(b.Second), text));

    static bool Overlap(string a, string b, TextIndex text) => a.Length > 0 && b.Length > 0 &&
        (a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal)
            || text.Places(a).Any(at => text.Places(b).Any(other => at < other + b.Length && other < at + a.Length)));
}

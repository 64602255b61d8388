using Anit.Nlu;

namespace Anit.Tools.Eval;

/// <summary>An answer to look at: what was asked, what was said, and what is right and wrong about it.</summary>
/// <param name="Made">The answer.</param>
/// <param name="Noise">The noise in its instruction, or the name of the instruction.</param>
/// <param name="Items">Its items, judged.</param>
sealed record LoggedAnswer(Prediction Made, string Noise, IReadOnlyList<JudgedItem> Items)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsRight => Items.All(item => item.Error == ItemError.None);
}

/// <summary>The answers of one run as a report shows them: counted by noise, label against label, and some of them one by one.</summary>
/// <remarks>Kept are wrong answers, and right ones to raw instructions, which wrong ones to noisy instructions are held against.</remarks>
sealed class AnswerLog
{
    /// <summary>How many answers of a kind are kept.</summary>
    const int Most = 20_000;

    readonly List<LoggedAnswer> answers = [];
    readonly Dictionary<(string Task, bool Raw), LabelConfusion> confusions = [];
    readonly Dictionary<string, Counts> noises = new(StringComparer.Ordinal);
    int right;

    /// <summary>Those that are kept, in the order in which they came.</summary>
    public IReadOnlyList<LoggedAnswer> Answers => answers;

    /// <summary>How many were wrong.</summary>
    public long Wrong { get; private set; }

    /// <summary>How many wrong ones were too many to keep.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Counts by noise, or by the name of the instruction; in the order in which they came, raw first.</summary>
    public IEnumerable<(string Noise, Counts Counts)> Noises => noises.OrderBy(n => n.Key != Predictions.Raw).Select(n => (n.Key, n.Value));

    /// <summary>Labels against labels, by task; of raw instructions, and of all others together.</summary>
    public IEnumerable<(string Task, bool Raw, LabelConfusion Labels)> Confusions =>
        confusions.OrderBy(c => c.Key.Task, StringComparer.Ordinal).ThenBy(c => !c.Key.Raw).Select(c => (c.Key.Task, c.Key.Raw, c.Value));

    /// <summary>Looks at an answer that was scored.</summary>
    public void Add(Prediction made, RowScore score)
    {
        var answer = new LoggedAnswer(made, NoiseOf(made), ItemErrors.Of(score.Gold, score.Answer, made.Row.Task, made.Row.Text));
        noises[answer.Noise] = noises.GetValueOrDefault(answer.Noise) + score.Strict;
        var raw = made.Condition == Predictions.Raw;
        if (made.Row.Task != NluTask.Other)
        {
            if (!confusions.TryGetValue((made.Row.Task, raw), out var confusion)) confusions[(made.Row.Task, raw)] = confusion = new();
            confusion.Add(answer.Items);
        }
        if (answer.IsRight)
        {
            if (raw && right++ < Most) answers.Add(answer);
        }
        else if (Wrong++ < Most) answers.Add(answer);
        else LeftOut++;
    }

    // A table that anit-noise made says which noise it was; a grid's conditions have it in their names.
    static string NoiseOf(Prediction made) => NoisyCondition.Parse(made.Condition) is { } cell ? cell.Noise
        : made.Condition == Predictions.Noisy ? made.Row.Noise ?? Predictions.Noisy : made.Condition;
}

/// <summary>How often gold labels met predicted ones. Items meet where they have the same spans; a class meets a class.</summary>
sealed class LabelConfusion
{
    /// <summary>What stands in a label's place where a gold item met none of the same spans, or a predicted one no gold item.</summary>
    public const string Nothing = "";

    readonly Dictionary<(string Gold, string Predicted), long> cells = [];

    /// <summary>How often a gold label met a predicted one.</summary>
    public long this[string gold, string predicted] => cells.GetValueOrDefault((gold, predicted));

    /// <summary>The labels, the most frequent first.</summary>
    public IReadOnlyList<string> Labels => [.. cells.SelectMany(c => new[] { (Label: c.Key.Gold, c.Value), (Label: c.Key.Predicted, c.Value) })
        .Where(c => c.Label != Nothing).GroupBy(c => c.Label).OrderByDescending(g => g.Sum(c => c.Value))
        .ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key)];

    /// <summary>Adds an answer. Labels of which the spans differ are not confused: both sides met nothing.</summary>
    public void Add(IReadOnlyList<JudgedItem> items)
    {
        foreach (var item in items)
        {
            if (item.Error == ItemError.WrongSpan)
            {
                Count(item.Gold!.Value.Label, Nothing);
                Count(Nothing, item.Predicted!.Value.Label);
            }
            else Count(item.Gold?.Label ?? Nothing, item.Predicted?.Label ?? Nothing);
        }
    }

    void Count(string gold, string predicted)
    {
        if (gold != Nothing || predicted != Nothing) cells[(gold, predicted)] = this[gold, predicted] + 1;
    }
}

using System.Text.RegularExpressions;

namespace Anit.Nlu.Scoring;

/// <summary>The strings that two answers are compared by: one a predicted item, in the spelling that the rules ask for.</summary>
static partial class ItemKeys
{
    /// <summary>Label under which malformed pieces are listed.</summary>
    public const string MalformedLabel = "(malformed)";

    const char Separator = '\u001F';

    public readonly record struct Key(string Label, string Text);

    public static List<Key> Of(ParsedAnswer answer, string task, ScoringRules rules)
    {
        var keys = answer.Items.Select(item => new Key(item.Label, Text(item, task, rules)));
        if (!rules.DropMalformed) keys = keys.Concat(answer.Malformed.Select(m => new Key(MalformedLabel, Separator + Spelled(m, rules))));
        if (rules.SetMatch) keys = keys.DistinctBy(k => k.Text);
        var list = keys.ToList();

        // A classification is one prediction a row, whatever the model wrote: nothing readable is one wrong answer.
        if (task == NluTask.Classification && list.Count == 0) return [new(MalformedLabel, $"{Separator}")];
        if (rules.NoneAsItem && answer.IsEmpty && !answer.Flags.HasFlag(AnswerFlags.EmptyOutput))
            list.Add(new(AnswerGrammar.Nothing, AnswerGrammar.Nothing));
        return list;
    }

    static string Text(AnswerItem item, string task, ScoringRules rules) => task switch
    {
        NluTask.Ner => $"{Spelled(item.Label, rules)}{Separator}{Spelled(item.First, rules)}",
        NluTask.Relations or NluTask.Aspects =>
            $"{Spelled(item.Label, rules)}{Separator}{Spelled(item.First, rules)}{Separator}{Spelled(item.Second, rules)}",
        NluTask.Classification => Spelled(item.Label, rules),
        _ => Spelled(item.First, rules),
    };

    static string Spelled(string text, ScoringRules rules) =>
        rules.InstructUieNormalize ? InstructUie(text) : rules.Lenient ? Spelling.Lenient(text) : Spelling.Strict(text);

    // The published behaviour of InstructUIE's scorer (method notes C.1), written anew.
    static string InstructUie(string text)
    {
        var plain = Spelling.Strict(text.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal))
            .ToLowerInvariant().Replace('\u2019', '\'').Replace('\u2018', '\'');
        plain = SpacedPunctuation().Replace(plain, "$1");
        plain = RepeatedPunctuation().Replace(plain, "$1");
        return plain.Replace("location", "located", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s*([,:().;_'\-])\s*")]
    private static partial Regex SpacedPunctuation();

    [GeneratedRegex(@"([,:().;_'\-])\1+")]
    private static partial Regex RepeatedPunctuation();
}

namespace Anit.Samples;

/// <summary>Small exercises that teach a model to copy: repeat a text, list its names, answer from it, find the next word.</summary>
internal sealed class OtherRows(Writer writer, Rng rng)
{
    public Row Small(string id, Passage any, Passage news)
    {
        switch (rng.Below(10))
        {
            case < 5 when Fact(news) is var (question, answer):
                return new(id, "other", Instruction("fact"), question, null, null, news.Text, answer);
            case < 7:
                return new(id, "other", Instruction("names"), null, null, null, news.Text, Listed(news));
            case < 8:
                var words = any.Text.Split(' ');
                var at = rng.Below(words.Length - 1);
                if (words.Count(w => w == words[at]) > 1 || !words[at].All(char.IsLetter) || !words[at + 1].All(char.IsLetter)) goto default;
                return new(id, "other", Instruction("after"), words[at], null, null, any.Text, words[at + 1]);
            default:
                return new(id, "other", Instruction("copy"), null, null, null, any.Text, any.Text);
        }
    }

    string Instruction(string exercise) => writer.Must($"{exercise}.instruction", 99).Text;

    static string Listed(Passage news) =>
        string.Join("; ", news.Spans.Where(s => s.Kind is not ("day" or "month" or "year" or "money")).OrderBy(s => s.Start).Select(s => s.Text))
            is { Length: > 0 } names ? names : Answers.None;

    // A question with one answer: no second fact of that kind about the same name.
    (string Question, string Answer)? Fact(Passage news)
    {
        var sure = news.Facts.Where(f => news.Facts.Count(g => g.Relation == f.Relation) == 1).ToList();
        if (sure.Count == 0) return null;
        var fact = rng.Pick(sure);
        var (symbol, given, answer) = rng.Chance(0.5) ? ("h", fact.Tail, fact.Head) : ("t", fact.Head, fact.Tail);
        symbol = $"fact.{fact.Relation}.{symbol}";
        return Grammar.Standard.Has(symbol) ? (writer.Must(symbol).Text.Replace("X", given.Text), answer.Text) : null;
    }
}

namespace Anit.Samples;

/// <summary>Reads one line of the grammar, such as <c>3* {person:p} ~found {company:o} -> founder_of(p,o)</c>.</summary>
internal sealed class ProductionParser
{
    readonly string text;
    int at;

    ProductionParser(string text) => this.text = text;

    public static Production Parse(string line)
    {
        var weight = 1;
        var star = line.IndexOf("* ", StringComparison.Ordinal);
        if (star > 0 && int.TryParse(line.AsSpan(0, star), out var given)) (weight, line) = (given, line[(star + 2)..]);

        var arrow = line.IndexOf("->", StringComparison.Ordinal);
        var body = new ProductionParser(arrow < 0 ? line : line[..arrow]).Sequence("");
        return new(weight, body, arrow < 0 ? [] : [.. line[(arrow + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Fact)]);
    }

    static FactRule Fact(string text)
    {
        var parts = text.Split('(', ',', ')');
        return parts.Length == 4 ? new(parts[0], parts[1], parts[2]) : throw new FormatException($"'{text}' is no relation(head,tail)");
    }

    // Reads nodes up to one of the closing letters, which it leaves in place.
    List<Node> Sequence(string closing)
    {
        var nodes = new List<Node>();
        while (true)
        {
            while (at < text.Length && text[at] == ' ') at++;
            if (at == text.Length)
                return closing.Length == 0 ? nodes : throw new FormatException($"'{text}' lacks one of '{closing}'");
            if (closing.Contains(text[at])) return nodes;
            nodes.Add(One());
        }
    }

    Node One()
    {
        switch (text[at])
        {
            case '<': return Call(Inside('<', '>'));
            case '{' when text[at + 1] == '#': return Marked();
            case '{':
                var (kind, variable) = Pair(Inside('{', '}'));
                return new Node.Mention(kind, variable);
            case '(': return Choice();
            case '[': return Maybe();
            case '@': at++; return new Node.Setting(Plain());
            case '~' when text[at + 1] == '!': at += 2; return Verb(VerbForm.FiniteNegated);
            case '~': at++; return Verb(VerbForm.Finite);
            case '%' when at + 1 < text.Length && text[at + 1] != ' ': at++; return Verb(VerbForm.PastParticiple);
            case '^': at++; return Verb(VerbForm.PresentParticiple);
            default: return new Node.Word(Plain());
        }
    }

    // ~(go|come {day}) bends the first word of each way.
    Node Verb(VerbForm form)
    {
        var lemma = One();
        return lemma is Node.Choice choice
            ? new Node.Choice([.. choice.Ways.Select(way => (IReadOnlyList<Node>)[new Node.Verb(form, way[0]), .. way.Skip(1)])])
            : new Node.Verb(form, lemma);
    }

    static Node.Call Call(string inside)
    {
        var parts = inside.Split(' ');
        var (symbol, own, plural) = (parts[0], parts[0].EndsWith('!'), false);
        if (own) symbol = symbol[..^1];
        if (symbol.EndsWith("+s", StringComparison.Ordinal)) (symbol, plural) = (symbol[..^2], true);
        var parameters = parts.Skip(1).Select(part => part.Split('=')).Select(pair => (pair[0], pair[1])).ToList();
        return new(symbol, plural, own || parameters.Count > 0, parameters);
    }

    Node.Marked Marked()
    {
        at += 2;
        var (tag, variable) = Pair(Plain());
        var body = Sequence("}");
        at++;
        return new(tag, variable, body);
    }

    Node.Choice Choice()
    {
        var ways = new List<IReadOnlyList<Node>>();
        do
        {
            at++;
            ways.Add(Sequence("|)"));
        }
        while (text[at] == '|');
        at++;
        return new(ways);
    }

    Node.Maybe Maybe()
    {
        at++;
        var colon = at;
        while (char.IsAsciiDigit(text[colon])) colon++;
        var percent = 50;
        if (colon > at && text[colon] == ':') (percent, at) = (int.Parse(text.AsSpan(at, colon - at)), colon + 1);
        var body = Sequence("]");
        at++;
        return new(percent, body);
    }

    string Plain()
    {
        var start = at;
        while (at < text.Length && !" |()[]{}<>".Contains(text[at])) at++;
        return at > start ? text[start..at].Replace('_', ' ') : throw new FormatException($"'{text}' has a stray '{text[at]}' at {at}");
    }

    string Inside(char open, char close)
    {
        var end = text.IndexOf(close, at);
        if (end < 0) throw new FormatException($"'{text}' opens a '{open}' that it does not close");
        var inside = text[(at + 1)..end];
        at = end + 1;
        return inside;
    }

    static (string Name, string? Variable) Pair(string text) =>
        text.IndexOf(':') is var colon && colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
}

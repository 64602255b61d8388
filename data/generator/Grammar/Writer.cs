namespace Anit.Samples;

/// <summary>Expands symbols of the grammar into passages, at random.</summary>
internal sealed class Writer(Grammar grammar, Names names, Rng rng)
{
    const int DeepestNesting = 40, LongestText = 60;

    Draft draft = new();
    int depth;

    /// <summary>A text for a symbol, or null where the expansion ran away or contradicts itself; try again then.</summary>
    public Passage? Write(string symbol, params (string Name, string Value)[] parameters)
    {
        draft = new();
        depth = 0;
        var scope = new Scope { Tense = Story(), Parameters = parameters.ToDictionary(p => p.Name, p => p.Value) };
        return Expand(symbol, scope) && draft.Count > 0 ? draft.Render() : null;
    }

    /// <summary>A text for a symbol, trying until one is at most <paramref name="mostWords"/> long.</summary>
    public Passage Must(string symbol, int mostWords = 40, params (string Name, string Value)[] parameters)
    {
        while (true)
            if (Write(symbol, parameters) is { } passage && passage.Words <= mostWords) return passage;
    }

    sealed class Scope
    {
        public Tense Tense { get; set; }
        public Number Number { get; set; }
        public Name LastName { get; set; }
        public Dictionary<string, string> Parameters { get; init; } = [];
        public Dictionary<string, (int Span, Name Name)> Known { get; } = [];

        public Scope Inner(IReadOnlyList<(string Name, string Value)> given)
        {
            var parameters = new Dictionary<string, string>(Parameters);
            foreach (var (name, value) in given) parameters[name] = Fill(value);
            return new() { Tense = Tense, Parameters = parameters };
        }

        // In a symbol's dotted name, $t stands for the value of parameter t.
        public string Fill(string symbol) => !symbol.Contains('$') ? symbol
            : string.Join('.', symbol.Split('.').Select(part => part.StartsWith('$') ? Parameters[part[1..]] : part));
    }

    bool Expand(string symbol, Scope scope, bool plural = false)
    {
        if (grammar.Productions(symbol) is not { } productions)
        {
            var word = Word(symbol);
            draft.Add(plural ? Inflection.Plural(word) : word);
            return draft.Count <= LongestText;
        }
        if (++depth > DeepestNesting) return false;
        var production = productions.Count == 1 ? productions[0] : productions[rng.Weighted([.. productions.Select(p => p.Weight)])];
        if (!Expand(production.Body, scope)) return false;
        depth--;
        foreach (var fact in production.Facts)
            if (scope.Known.TryGetValue(fact.Head, out var head) && scope.Known.TryGetValue(fact.Tail, out var tail))
                draft.AddFact(scope.Fill(fact.Relation), head.Span, tail.Span);
        return true;
    }

    bool Expand(IReadOnlyList<Node> body, Scope scope)
    {
        foreach (var node in body)
            if (!Expand(node, scope)) return false;
        return true;
    }

    bool Expand(Node node, Scope scope)
    {
        switch (node)
        {
            case Node.Word word: draft.Add(word.Text); return true;
            case Node.Call call: return Expand(scope.Fill(call.Symbol), call.OwnScope ? scope.Inner(call.Parameters) : scope, call.Plural);
            case Node.Verb verb: draft.Add(Inflected(verb, scope)); return true;
            case Node.Mention mention: return Expand(mention, scope);
            case Node.Choice choice: return Expand(rng.Pick(choice.Ways), scope);
            case Node.Maybe maybe: return rng.Below(100) >= maybe.Percent || Expand(maybe.Body, scope);
            case Node.Setting setting: Set(setting.What, scope); return true;
            case Node.Marked marked:
                var span = draft.Open(scope.Fill(marked.Tag));
                if (!Expand(marked.Body, scope)) return false;
                draft.Close(span);
                if (draft.Repeats(span)) return false;
                if (marked.Variable is { } variable) scope.Known[variable] = (span, default);
                return true;
            default: throw new InvalidOperationException($"no rule for {node}");
        }
    }

    bool Expand(Node.Mention mention, Scope scope)
    {
        var again = mention.Variable is { } v && scope.Known.TryGetValue(v, out var known) ? known.Name : (Name?)null;
        var kind = scope.Fill(mention.Kind);
        var bare = kind.EndsWith('!');
        if (bare) kind = kind[..^1];
        var name = again ?? names.Make(kind, rng);
        if (kind is "day" or "month" or "year" && (draft.HasTime() || !Fits(name.First, scope.Tense))) return false;
        var (before, surface) = again is null ? (name.Before, name.First) : (name.BeforeAgain, name.Again);
        if (again is null && draft.Uses(kind, surface)) return false; // two people of one name would be one person to a reader
        foreach (var word in (bare ? "" : before).Split(' ', StringSplitOptions.RemoveEmptyEntries)) draft.Add(word);
        var span = draft.Open(kind);
        draft.Add(surface);
        draft.Close(span);
        if (again is null && mention.Variable is { } variable) scope.Known[variable] = (span, name);
        scope.LastName = name;
        return true;
    }

    // "has left in May" and "will leave in 1994" are no English.
    static bool Fits(string time, Tense tense) => tense switch
    {
        Tense.Perfect => false,
        Tense.Present or Tense.Future or Tense.Modal or Tense.Would =>
            !char.IsAsciiDigit(time[^1]) || time.Length < 4 || !char.IsAsciiDigit(time[^4]),
        _ => true,
    };

    string Inflected(Node.Verb verb, Scope scope)
    {
        var lemma = verb.Lemma switch
        {
            Node.Word word => word.Text,
            Node.Call call => Word(scope.Fill(call.Symbol)),
            var other => throw new FormatException($"{other} is no verb"),
        };
        return verb.Form switch
        {
            VerbForm.PastParticiple => Inflection.Participle(lemma),
            VerbForm.PresentParticiple => Inflection.Gerund(lemma),
            var form => Inflection.Finite(lemma, scope.Tense, scope.Number, form == VerbForm.FiniteNegated, rng),
        };
    }

    string Word(string list) => rng.Pick(grammar.Words(list));

    void Set(string what, Scope scope)
    {
        switch (what)
        {
            case "sg": scope.Number = Number.Singular; break;
            case "pl": scope.Number = Number.Plural; break;
            case "name": scope.Number = scope.LastName.Plural ? Number.Plural : Number.Singular; break;
            case "i": scope.Number = Number.First; break;
            case "past": scope.Tense = Tense.Past; break;
            case "present": scope.Tense = Tense.Present; break;
            case "future": scope.Tense = Tense.Future; break;
            case "perfect": scope.Tense = Tense.Perfect; break;
            case "pastperfect": scope.Tense = Tense.PastPerfect; break;
            case "modal": scope.Tense = Tense.Modal; break;
            case "would": scope.Tense = Tense.Would; break;
            case "progressive": scope.Tense = Tense.PastProgressive; break;
            case "story": scope.Tense = Story(); break;
            case "reported": scope.Tense = rng.Pick([Tense.Past, Tense.PastPerfect, Tense.Would, Tense.Past]); break;
            default: throw new FormatException($"@{what} is no tense or number");
        }
    }

    Tense Story() => rng.Below(20) switch
    {
        < 12 => Tense.Past,
        < 14 => Tense.Perfect,
        < 17 => Tense.Future,
        < 19 => Tense.Present,
        _ => Tense.Modal,
    };
}

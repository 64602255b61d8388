namespace Anit.Samples;

internal enum Tense { Past, Present, Future, Perfect, PastPerfect, Modal, Would, PastProgressive }

/// <summary>Singular and plural are the third person; First is "I".</summary>
internal enum Number { Singular, Plural, First }

/// <summary>English verb and noun forms: regular rules and a table of irregular ones.</summary>
internal static class Inflection
{
    static readonly Dictionary<string, (string Past, string Participle)> Irregular = Table();
    static readonly HashSet<string> Doubling = [.. Grammar.Standard.Words("verb.doubling")];
    static readonly Dictionary<string, string> Plurals = Grammar.Standard.Words("noun.irregular").Select(w => w.Split('/'))
        .ToDictionary(p => p[0], p => p[1]);

    /// <summary>The finite form, such as "has not sold" or "would sell". Verbs of several words bend the first.</summary>
    public static string Finite(string verb, Tense tense, Number number, bool negated, Rng rng)
    {
        var (first, rest) = Split(verb);
        if (first == "be" && tense is Tense.Past or Tense.Present && first == "be") return Negate(BeForm(tense, number), negated, rng) + rest;
        var plain = tense switch
        {
            Tense.Past when !negated => Past(first),
            Tense.Present when !negated => number == Number.Singular ? ThirdPerson(first) : first,
            _ => null,
        };
        if (plain is not null) return plain + rest;
        var (auxiliary, form) = tense switch
        {
            Tense.Past => ("did", first),
            Tense.Present => (number == Number.Singular ? "does" : "do", first),
            Tense.Future => ("will", first),
            Tense.Would => ("would", first),
            Tense.Modal => (rng.Pick(["could", "may", "might", "should", "must"]), first),
            Tense.Perfect => (number == Number.Singular ? "has" : "have", Participle(first)),
            Tense.PastPerfect => ("had", Participle(first)),
            _ => (BeForm(Tense.Past, number), Gerund(first)),
        };
        return $"{Negate(auxiliary, negated, rng)} {form}{rest}";
    }

    public static string Participle(string verb)
    {
        var (first, rest) = Split(verb);
        return (first == "be" ? "been" : Irregular.TryGetValue(first, out var forms) ? forms.Participle : Regular(first)) + rest;
    }

    public static string Gerund(string verb)
    {
        var (first, rest) = Split(verb);
        if (first == "be") return "being" + rest;
        if (first.EndsWith("ie", StringComparison.Ordinal)) return first[..^2] + "ying" + rest;
        if (first.EndsWith('e') && !first.EndsWith("ee", StringComparison.Ordinal) && !first.EndsWith("oe", StringComparison.Ordinal))
            return first[..^1] + "ing" + rest;
        return (Doubling.Contains(first) ? first + first[^1] : first) + "ing" + rest;
    }

    /// <summary>The plural; "head of state" bends its first part, "river bank" its last word.</summary>
    public static string Plural(string noun)
    {
        var of = noun.IndexOf(" of ", StringComparison.Ordinal);
        if (of > 0) return Plural(noun[..of]) + noun[of..];
        var space = noun.LastIndexOf(' ');
        if (space > 0) return noun[..(space + 1)] + Plural(noun[(space + 1)..]);
        if (char.IsUpper(noun[0])) return noun[0] + Plural(char.ToLowerInvariant(noun[0]) + noun[1..])[1..];
        return Plurals.TryGetValue(noun, out var irregular) ? irregular : WithS(noun);
    }

    static string Past(string verb) => verb == "be" ? "was" : Irregular.TryGetValue(verb, out var forms) ? forms.Past : Regular(verb);

    static string Regular(string verb)
    {
        if (verb.EndsWith('e')) return verb + "d";
        if (EndsInConsonantY(verb)) return verb[..^1] + "ied";
        return (Doubling.Contains(verb) ? verb + verb[^1] : verb) + "ed";
    }

    static string ThirdPerson(string verb) =>
        verb switch { "have" => "has", _ when verb.EndsWith('o') && !"aeiou".Contains(verb[^2]) => verb + "es", _ => WithS(verb) };

    static string WithS(string word)
    {
        if (EndsInConsonantY(word)) return word[..^1] + "ies";
        var hissing = word.EndsWith('s') || word.EndsWith('x') || word.EndsWith('z') || word.EndsWith("ch", StringComparison.Ordinal)
            || word.EndsWith("sh", StringComparison.Ordinal);
        return word + (hissing ? "es" : "s");
    }

    static bool EndsInConsonantY(string word) => word.EndsWith('y') && word.Length > 1 && !"aeiou".Contains(word[^2]);

    static string BeForm(Tense tense, Number number) => (tense, number) switch
    {
        (Tense.Past, Number.Plural) => "were",
        (Tense.Past, _) => "was",
        (_, Number.Plural) => "are",
        (_, Number.First) => "am",
        _ => "is",
    };

    static string Negate(string auxiliary, bool negated, Rng rng)
    {
        if (!negated) return auxiliary;
        if (rng.Chance(0.5) || auxiliary is "am" or "may" or "might") return auxiliary + " not";
        return auxiliary == "will" ? "won't" : auxiliary + "n't";
    }

    static (string Head, string Tail) Split(string verb) =>
        verb.IndexOf(' ') is var space && space < 0 ? (verb, "") : (verb[..space], verb[space..]);

    static Dictionary<string, (string, string)> Table() =>
        Grammar.Standard.Words("verb.irregular").Select(w => w.Split('/')).ToDictionary(p => p[0], p => (p[1], p[2]));
}

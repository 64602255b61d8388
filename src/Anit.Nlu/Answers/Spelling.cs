using System.Text;

namespace Anit.Nlu.Answers;

/// <summary>The two spellings under which values are compared.</summary>
public static class Spelling
{
    /// <summary>Unicode NFC, trimmed, runs of white space made one space. Case stays.</summary>
    public static string Strict(string text) => Collapsed(Composed(text));

    /// <summary>Strict, then lower case, no white space at all, straight quotes and plain hyphens.</summary>
    public static string Lenient(string text)
    {
        var strict = Strict(text);
        var kept = new StringBuilder(strict.Length);
        foreach (var c in strict)
        {
            if (!char.IsWhiteSpace(c)) kept.Append(char.ToLowerInvariant(Plain(c)));
        }
        return kept.ToString();
    }

    static char Plain(char c) => c switch
    {
        '\u2018' or '\u2019' or '\u201A' or '\u201B' or '\u2032' or '`' or '\u00B4' => '\'',
        '\u201C' or '\u201D' or '\u201E' or '\u201F' or '\u2033' or '\u00AB' or '\u00BB' => '"',
        '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2015' or '\u2212' => '-',
        _ => c,
    };

    // A lone surrogate and U+FFFE cannot be normalised (the library refuses them), and a model may well produce one: such a text stays as it is.
    static string Composed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i]) || text[i] == '\uFFFE') return text;
        }
        return text.Normalize(NormalizationForm.FormC);
    }

    static string Collapsed(string text)
    {
        var clean = text.Length == 0 || !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]);
        for (var i = 1; clean && i < text.Length; i++)
        {
            clean = !char.IsWhiteSpace(text[i]) || text[i] == ' ' && text[i - 1] != ' ';
        }
        return clean ? text : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}

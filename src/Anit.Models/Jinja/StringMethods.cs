using System.Globalization;
using System.Text;

namespace Anit.Models.Jinja;

/// <summary>Python's methods of strings, as far as templates use them. Letters change case one by one (ß stays ß).</summary>
static class StringMethods
{
    /// <summary>A method: the string, what it is called with, and the rendering that counts what is made.</summary>
    public delegate object? Method(string text, Arguments arguments, Rendering rendering);

    static readonly Dictionary<string, Method> All = new(StringComparer.Ordinal)
    {
        ["strip"] = (s, a, _) => Stripped(s, a.Text(0, "chars", null), (text, letters) => text.Trim(letters)),
        ["lstrip"] = (s, a, _) => Stripped(s, a.Text(0, "chars", null), (text, letters) => text.TrimStart(letters)),
        ["rstrip"] = (s, a, _) => Stripped(s, a.Text(0, "chars", null), (text, letters) => text.TrimEnd(letters)),
        ["upper"] = (s, _, r) => r.Made(s.ToUpperInvariant()),
        ["lower"] = (s, _, r) => r.Made(s.ToLowerInvariant()),
        ["casefold"] = (s, _, r) => r.Made(s.ToLowerInvariant()),
        ["capitalize"] = (s, _, r) => r.Made(Capitalized(s)),
        ["swapcase"] = (s, _, r) => r.Made(string.Concat(s.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)))),
        ["title"] = (s, _, r) => r.Made(Title(s)),
        ["startswith"] = (s, a, _) => Affixes(a, "prefix").Any(p => s.StartsWith(p, StringComparison.Ordinal)),
        ["endswith"] = (s, a, _) => Affixes(a, "suffix").Any(p => s.EndsWith(p, StringComparison.Ordinal)),
        ["removeprefix"] = (s, a, _) => a.Text(0, "prefix", "") is { Length: > 0 } p && s.StartsWith(p, StringComparison.Ordinal) ? s[p.Length..] : s,
        ["removesuffix"] = (s, a, _) => a.Text(0, "suffix", "") is { Length: > 0 } p && s.EndsWith(p, StringComparison.Ordinal) ? s[..^p.Length] : s,
        ["replace"] = (s, a, r) => Replace(s, Needed(a, 0, "old"), Needed(a, 1, "new"), a.Whole(2, "count", -1), r),
        ["split"] = (s, a, r) => r.List(Split(s, a.Text(0, "sep", null), a.Whole(1, "maxsplit", -1))),
        ["rsplit"] = (s, a, r) => r.List(SplitFromEnd(s, a.Text(0, "sep", null), a.Whole(1, "maxsplit", -1))),
        ["splitlines"] = (s, a, r) => r.List(Python.Lines(s, a.Flag(0, "keepends", false))),
        ["partition"] = (s, a, _) => Partition(s, Needed(a, 0, "sep"), last: false),
        ["rpartition"] = (s, a, _) => Partition(s, Needed(a, 0, "sep"), last: true),
        ["join"] = (s, a, r) => Join(s, Values.Items(a.Need(0, "iterable")), r),
        ["find"] = (s, a, _) => Place(s, s.IndexOf(Needed(a, 0, "sub"), StringComparison.Ordinal)),
        ["rfind"] = (s, a, _) => Place(s, s.LastIndexOf(Needed(a, 0, "sub"), StringComparison.Ordinal)),
        ["index"] = (s, a, _) => Place(s, s.IndexOf(Needed(a, 0, "sub"), StringComparison.Ordinal)) is var at and >= 0 ? at
            : throw new Fault("index: the string has no such part"),
        ["count"] = (s, a, _) => Count(s, Needed(a, 0, "sub")),
        ["isdigit"] = (s, _, _) => s.Length > 0 && s.All(char.IsDigit),
        ["isnumeric"] = (s, _, _) => s.Length > 0 && s.All(char.IsNumber),
        ["isalpha"] = (s, _, _) => s.Length > 0 && s.All(char.IsLetter),
        ["isalnum"] = (s, _, _) => s.Length > 0 && s.All(c => char.IsLetter(c) || char.IsNumber(c)),
        ["isspace"] = (s, _, _) => s.Length > 0 && s.All(Python.IsBlank),
        ["isupper"] = (s, _, _) => s.Any(char.IsUpper) && !s.Any(char.IsLower),
        ["islower"] = (s, _, _) => s.Any(char.IsLower) && !s.Any(char.IsUpper),
        ["ljust"] = (s, a, r) => r.Made(s + Padding(s, a, r)),
        ["rjust"] = (s, a, r) => r.Made(Padding(s, a, r) + s),
        ["zfill"] = (s, a, r) => ZeroFilled(s, a.Whole(0, "width", 0), r),
    };

    /// <summary>The method of a name; null where there is none.</summary>
    public static Method? Of(string name) => All.GetValueOrDefault(name);

    /// <summary>First letter large, the others small.</summary>
    public static string Capitalized(string text) => text.Length == 0 ? text
        : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>With other parts, at most so many from the left; below 0 all.</summary>
    public static string Replace(string text, string old, string other, int count, Rendering rendering)
    {
        var result = new StringBuilder();
        var at = 0;
        for (var from = 0; count != 0 && from <= text.Length; count--)
        {
            var found = text.IndexOf(old, from, StringComparison.Ordinal);
            if (found < 0) break;
            rendering.Spend();
            result.Append(text, at, found - at).Append(other);
            if (result.Length > Rendering.LongestText) break; // Made says so
            at = found + old.Length;
            from = old.Length > 0 ? at : found + 1; // an empty part is before every letter and at the end
        }
        return rendering.Made(result.Append(text, at, text.Length - at).ToString());
    }

    /// <summary>Items as text with a string between them.</summary>
    public static string Join(string between, IEnumerable<object?> items, Rendering rendering)
    {
        var result = new StringBuilder();
        foreach (var (i, item) in items.Index())
        {
            rendering.Spend();
            if (i > 0) result.Append(between);
            result.Append(item as string ?? throw new Fault($"join found {Values.Kind(item)} among the strings"));
            if (result.Length > Rendering.LongestText) rendering.Room(result.Length);
        }
        return rendering.Made(result.ToString());
    }

    // No letters to strip is not the same as none named, which means white space; .NET takes both for white space.
    static string Stripped(string text, string? letters, Func<string, char[], string> strip) =>
        letters is null ? strip(text, Python.Blanks) : letters.Length == 0 ? text : strip(text, letters.ToCharArray());

    static string Needed(Arguments arguments, int place, string name) => arguments.Need(place, name) as string
        ?? throw new Fault($"{arguments.Function} wants a string as '{name}'");

    static IEnumerable<string> Affixes(Arguments arguments, string name) => arguments.Need(0, name) switch
    {
        string affix => [affix],
        object?[] several when several.All(s => s is string) => several.Cast<string>(),
        var other => throw new Fault($"{arguments.Function} wants a string or a tuple of strings, found {Values.Kind(other)}"),
    };

    static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var c in text)
        {
            result.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }
        return result.ToString();
    }

    static IEnumerable<string> Split(string text, string? separator, int most)
    {
        if (separator is null)
        {
            for (var at = 0; ;)
            {
                while (at < text.Length && Python.IsBlank(text[at])) at++;
                if (at == text.Length) yield break;
                var end = at;
                while (end < text.Length && !Python.IsBlank(text[end])) end++;
                if (most == 0)
                {
                    yield return text[at..];
                    yield break;
                }
                most--;
                yield return text[at..end];
                at = end;
            }
        }
        if (separator.Length == 0) throw new Fault("split wants a separator that is not empty");
        var start = 0;
        for (; most != 0 && text.IndexOf(separator, start, StringComparison.Ordinal) is var found and >= 0; most--)
        {
            yield return text[start..found];
            start = found + separator.Length;
        }
        yield return text[start..];
    }

    static IEnumerable<string> SplitFromEnd(string text, string? separator, int most)
    {
        if (most < 0) return Split(text, separator, -1);
        var parts = new List<string>();
        if (separator is null)
        {
            var reversed = Split(Reversed(text), null, most).Select(Reversed);
            return reversed.Reverse();
        }
        if (separator.Length == 0) throw new Fault("rsplit wants a separator that is not empty");
        var end = text.Length;
        for (; most > 0 && end >= separator.Length; most--)
        {
            var found = text.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal);
            if (found < 0) break;
            parts.Add(text[(found + separator.Length)..end]);
            end = found;
        }
        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    static string Reversed(string text) => string.Concat(text.Reverse());

    static object?[] Partition(string text, string separator, bool last)
    {
        if (separator.Length == 0) throw new Fault("partition wants a separator that is not empty");
        var at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0) return last ? ["", "", text] : [text, "", ""];
        return [text[..at], separator, text[(at + separator.Length)..]];
    }

    static long Place(string text, int offset) => offset < 0 ? -1 : Python.Length(text[..offset]);

    static long Count(string text, string part)
    {
        if (part.Length == 0) return Python.Length(text) + 1;
        var count = 0L;
        for (var at = 0; text.IndexOf(part, at, StringComparison.Ordinal) is var found and >= 0; at = found + part.Length) count++;
        return count;
    }

    static string Padding(string text, Arguments arguments, Rendering rendering)
    {
        var missing = arguments.Whole(0, "width", 0) - Python.Length(text);
        var with = arguments.Text(1, "fillchar", " ")!;
        if (missing <= 0) return "";
        rendering.Room(missing);
        return new(with.Length == 1 ? with[0] : throw new Fault($"{arguments.Function} fills with one letter"), missing);
    }

    static string ZeroFilled(string text, int width, Rendering rendering)
    {
        var missing = width - Python.Length(text);
        if (missing <= 0) return text;
        rendering.Room(missing);
        var sign = text.Length > 0 && text[0] is '+' or '-' ? text[..1] : "";
        return sign + new string('0', missing) + text[sign.Length..];
    }

    /// <summary>Every word large at its beginning, as the filter <c>title</c> does it: words begin after blanks, dashes and opening
    /// brackets.</summary>
    public static string TitleWords(string text)
    {
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var c in text)
        {
            result.Append(inWord ? char.ToLower(c, CultureInfo.InvariantCulture) : char.ToUpper(c, CultureInfo.InvariantCulture));
            inWord = !(Python.IsBlank(c) || c is '-' or '(' or '{' or '[' or '<');
        }
        return result.ToString();
    }
}

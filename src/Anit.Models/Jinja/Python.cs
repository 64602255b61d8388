using System.Globalization;
using System.Text;

namespace Anit.Models.Jinja;

/// <summary>Strings as Python has them: white space, line breaks, lengths and places in code points, numbers in print.</summary>
static class Python
{
    /// <summary>What <c>str.strip</c> removes: .NET's white space, and the four separators U+001C to U+001F.</summary>
    public static readonly char[] Blanks = [.. Enumerable.Range(0, 0x3001).Select(c => (char)c).Where(IsBlank)];

    static readonly char[] LineBreaks = ['\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'];

    /// <summary>Whether Python calls a character white space.</summary>
    public static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>Code points of a string; half a pair counts as one.</summary>
    public static int Length(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDBFF')) return text.Length;
        var count = 0;
        for (var i = 0; i < text.Length; i += Width(text, i)) count++;
        return count;
    }

    /// <summary>Code points, each as a string.</summary>
    public static IEnumerable<string> CodePoints(string text)
    {
        for (var i = 0; i < text.Length; i += Width(text, i)) yield return text.Substring(i, Width(text, i));
    }

    /// <summary>A piece from one code point to another, places already inside the string.</summary>
    public static string Slice(string text, int from, int to)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDBFF')) return text[from..to];
        var start = Offset(text, 0, from);
        return text[start..Offset(text, start, to - from)];
    }

    /// <summary>The lines of a string without their ends, as <c>str.splitlines</c>.</summary>
    public static List<string> Lines(string text, bool keepEnds = false)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOfAny(LineBreaks, start);
            if (end < 0) end = text.Length;
            var next = end == text.Length ? end : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }
        return lines;
    }

    /// <summary>A float as <c>repr</c> writes it: the shortest digits that give the same number, an exponent below 1e-4 and from 1e16.</summary>
    public static string Text(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        var (digits, exponent) = Decimal(number.ToString("R", CultureInfo.InvariantCulture));
        var sign = double.IsNegative(number) ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            var mantissa = digits.Length == 1 ? digits : digits[0] + "." + digits[1..];
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>A string with quotes and escapes, as <c>repr</c> writes it.</summary>
    public static void Quote(string text, StringBuilder output)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote);
        foreach (var c in text)
        {
            switch (c)
            {
                case '\\': output.Append("\\\\"); break;
                case '\n': output.Append("\\n"); break;
                case '\r': output.Append("\\r"); break;
                case '\t': output.Append("\\t"); break;
                case var _ when c == quote: output.Append('\\').Append(c); break;
                case < ' ' or >= '\x7f' and <= '\xa0' or '\xad': output.Append($"\\x{(int)c:x2}"); break;
                case '\u2028' or '\u2029' or '\uFEFF' or >= '\u2000' and <= '\u200F' or '\u3000': output.Append($"\\u{(int)c:x4}"); break;
                default: output.Append(c); break;
            }
        }
        output.Append(quote);
    }

    // Digits without zeros at either end, and the power of ten of the first one.
    static (string Digits, int Exponent) Decimal(string shortest)
    {
        var text = shortest.TrimStart('-');
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (e >= 0) text = text[..e];
        var point = text.IndexOf('.', StringComparison.Ordinal);
        exponent += (point < 0 ? text.Length : point) - 1;
        var digits = text.Replace(".", "", StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        return digits.Length == 0 ? ("0", 0) : (digits, exponent - zeros);
    }

    static int Offset(string text, int from, int codePoints)
    {
        for (; codePoints > 0; codePoints--) from += Width(text, from);
        return from;
    }

    static int Width(string text, int i) =>
        char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
}

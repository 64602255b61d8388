using System.Globalization;
using System.Net;

namespace Anit.Models.Jinja;

/// <summary>The filters of Jinja that chat templates use, and <c>tojson</c> as transformers defines it.</summary>
static class Filters
{
    /// <summary>A filter: what stands before it, its arguments, the rendering.</summary>
    public delegate object? Filter(object? value, Arguments arguments, Rendering rendering);

    static readonly Dictionary<string, Filter> All = new(StringComparer.Ordinal)
    {
        ["abs"] = (v, _, _) => Values.Number(v) switch
        {
            long n => n == long.MinValue ? throw new Fault("abs: the number is beyond 64 bits") : (object)Math.Abs(n),
            double d => Math.Abs(d),
            _ => throw new Fault($"abs of {Values.Kind(v)}"),
        },
        ["attr"] = (v, a, _) => a.Need(0, "name") is string name && v is not Dict ? Lookup.Attribute(v, name) : new Undefined("attr"),
        ["capitalize"] = (v, _, r) => r.Made(StringMethods.Capitalized(Operations.Text(v, r))),
        ["default"] = Default,
        ["d"] = Default,
        ["escape"] = Escape,
        ["e"] = Escape,
        ["forceescape"] = Escape,
        ["float"] = (v, a, _) => ToFloat(v) ?? a.Take(0, "default", 0.0),
        ["indent"] = Indent,
        ["int"] = (v, a, _) => ToInt(v, a.Whole(1, "base", 10)) ?? a.Take(0, "default", 0L),
        ["join"] = Join,
        ["length"] = (v, _, _) => Values.Length(v),
        ["count"] = (v, _, _) => Values.Length(v),
        ["lower"] = (v, _, r) => r.Made(Operations.Text(v, r).ToLowerInvariant()),
        ["replace"] = (v, a, r) => StringMethods.Replace(Operations.Text(v, r), Operations.Text(a.Need(0, "old"), r),
            Operations.Text(a.Need(1, "new"), r), a.Take(2, "count", null) is long n ? (int)Math.Clamp(n, -1, int.MaxValue) : -1, r),
        ["round"] = (v, a, _) => Round(v, a),
        ["safe"] = (v, _, r) => Operations.Text(v, r),
        ["string"] = (v, _, r) => Operations.Text(v, r),
        ["title"] = (v, _, r) => r.Made(StringMethods.TitleWords(Operations.Text(v, r))),
        ["tojson"] = (v, a, r) => Json.Write(v, a, r),
        ["trim"] = (v, a, r) => a.Text(0, "chars", null) is { } letters
            ? letters.Length == 0 ? Operations.Text(v, r) : Operations.Text(v, r).Trim(letters.ToCharArray())
            : Operations.Text(v, r).Trim(Python.Blanks),
        ["upper"] = (v, _, r) => r.Made(Operations.Text(v, r).ToUpperInvariant()),
        ["wordcount"] = (v, _, r) => (long)Words(Operations.Text(v, r)),
    };

    /// <summary>Applies a filter by its name.</summary>
    public static object? Apply(string name, object? value, Arguments arguments, Rendering rendering)
    {
        var filter = Of(name) ?? throw new Fault($"there is no filter '{name}'");
        rendering.Spend();
        var result = filter(value, arguments, rendering);
        arguments.Done();
        return result;
    }

    /// <summary>The filter of a name; null where there is none.</summary>
    public static Filter? Of(string name) => All.GetValueOrDefault(name) ?? SequenceFilters.Of(name);

    static object? Default(object? value, Arguments arguments, Rendering rendering)
    {
        var (preset, falseToo) = (arguments.Take(0, "default_value", ""), arguments.Flag(1, "boolean", false));
        return value is Undefined || (falseToo && !Values.Truth(value)) ? preset : value;
    }

    static string Escape(object? value, Arguments arguments, Rendering rendering) =>
        rendering.Made(WebUtility.HtmlEncode(Operations.Text(value, rendering).Replace("\"", "\u0001", StringComparison.Ordinal))
            .Replace("\u0001", "&#34;", StringComparison.Ordinal));

    static string Join(object? value, Arguments arguments, Rendering rendering)
    {
        var (between, path) = (Operations.Text(arguments.Take(0, "d", ""), rendering), arguments.Take(1, "attribute", null));
        var items = Values.Items(value).Select(item => path is null ? item : Lookup.Path(item, path));
        return StringMethods.Join(between, items.Select(item => (object?)Operations.Text(item, rendering)), rendering);
    }

    static string Indent(object? value, Arguments arguments, Rendering rendering)
    {
        var width = arguments.Take(0, "width", 4L);
        var by = width as string
            ?? (width is long n ? new string(' ', (int)Math.Clamp(n, 0, 1000)) : throw new Fault("indent wants a number or a string"));
        var (first, blank) = (arguments.Flag(1, "first", false), arguments.Flag(2, "blank", false));
        var lines = Python.Lines(Operations.Text(value, rendering) + "\n");
        rendering.Room(lines.Sum(l => (long)l.Length) + (long)lines.Count * (by.Length + 1));
        return string.Join('\n', lines.Select((line, i) => (i == 0 ? first : blank || line.Length > 0) ? by + line : line));
    }

    static object Round(object? value, Arguments arguments)
    {
        var (digits, how) = (arguments.Whole(0, "precision", 0), arguments.Text(1, "method", "common"));
        if (Values.Number(value) is not { } number) throw new Fault($"round of {Values.Kind(value)}");
        if (how == "common" && number is long whole) return Nearest(whole, digits);
        var (x, scale) = (Convert.ToDouble(number), Math.Pow(10, digits));
        return how switch
        {
            "ceil" => (object)(Math.Ceiling(x * scale) / scale),
            "floor" => Math.Floor(x * scale) / scale,
            "common" => Nearest(x, digits, scale),
            _ => throw new Fault($"round knows common, ceil and floor, not {how}"),
        };
    }

    // As Python rounds: the decimal digits that are nearest to the exact value, and the even one where two are.
    static double Nearest(double x, int digits, double scale)
    {
        var scaled = x * scale;
        var tie = Math.Abs(scaled - Math.Truncate(scaled)) == 0.5 && Math.FusedMultiplyAdd(x, scale, -scaled) == 0;
        if (!double.IsFinite(scaled)) return x;
        return tie || digits is < 0 or > 300 ? Math.Round(scaled, MidpointRounding.ToEven) / scale
            : double.Parse(x.ToString("F" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    static long Nearest(long x, int digits)
    {
        if (digits >= 0) return x;
        if (digits < -18) return 0;
        var step = (long)Math.Pow(10, -digits);
        var (rest, low) = (((x % step) + step) % step, x - ((x % step) + step) % step);
        return rest * 2 > step || (rest * 2 == step && low / step % 2 != 0) ? low + step : low;
    }

    static object? ToFloat(object? value) => value switch
    {
        string text => double.TryParse(text.Trim(Python.Blanks), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => Values.Number(value) is { } number ? Convert.ToDouble(number) : null,
    };

    static object? ToInt(object? value, int radix)
    {
        if (value is double d) return double.IsFinite(d) && Math.Abs(d) < 9e18 ? (long)d : null;
        if (value is not string text) return Values.Number(value);
        text = text.Trim(Python.Blanks);
        if (radix == 16 && long.TryParse(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text, NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out var hex)) return hex;
        if (radix == 10 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        return ToFloat(text) is double number ? ToInt(number, radix) : null;
    }

    static int Words(string text)
    {
        var (count, inWord) = (0, false);
        foreach (var c in text)
        {
            var letter = char.IsLetterOrDigit(c) || c == '_';
            if (letter && !inWord) count++;
            inWord = letter;
        }
        return count;
    }
}

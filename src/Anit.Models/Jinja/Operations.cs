using System.Text;

namespace Anit.Models.Jinja;

/// <summary>Arithmetic, comparison and print, as Python defines them for the values of a template.</summary>
static class Operations
{
    /// <summary>What two values give under an arithmetic sign.</summary>
    public static object? Apply(string sign, object? a, object? b, Rendering rendering)
    {
        if (sign == "~") return rendering.Made(Text(a, rendering) + Text(b, rendering));
        if (sign == "+")
        {
            switch (a, b)
            {
                case (string left, string right):
                    rendering.Room((long)left.Length + right.Length);
                    return left + right;
                case (List<object?> left, List<object?> right):
                    rendering.RoomForItems((long)left.Count + right.Count);
                    return (List<object?>)[.. left, .. right];
                case (object?[] left, object?[] right):
                    rendering.RoomForItems((long)left.Length + right.Length);
                    return (object?[])[.. left, .. right];
            }
        }
        if (sign == "*" && Repeated(a, b, rendering) is { } repeated) return repeated;
        if (Values.Number(a) is not { } x || Values.Number(b) is not { } y)
            throw new Fault(a is Undefined || b is Undefined ? $"{Values.Kind(a is Undefined ? a : b)} is used with '{sign}'"
                : sign == "%" && a is string ? "strings formatted by '%' are not supported"
                : $"{Values.Kind(a)} {sign} {Values.Kind(b)} is not possible");
        return x is long m && y is long n ? Whole(sign, m, n) : Real(sign, Convert.ToDouble(x), Convert.ToDouble(y));
    }

    /// <summary>Whether two values are equal.</summary>
    public static bool Equal(object? a, object? b, Rendering rendering)
    {
        rendering.Spend();
        if (ReferenceEquals(a, b)) return true;
        Rendering.Deeper();
        switch (a, b)
        {
            case (string left, string right): return left == right;
            case (Undefined, Undefined): return true;
            case (List<object?> left, List<object?> right): return AllEqual(left, right, rendering);
            case (object?[] left, object?[] right): return AllEqual(left, right, rendering);
            case (Dict left, Dict right):
                return left.Count == right.Count && left.Pairs.All(p => right.TryGet(p.Key, out var other) && Equal(p.Value, other, rendering));
        }
        return Values.Number(a) is { } x && Values.Number(b) is { } y
            && (x is long m && y is long n ? m == n : Convert.ToDouble(x) == Convert.ToDouble(y));
    }

    /// <summary>Which of two values comes first: below 0, 0, above 0.</summary>
    public static int Compare(object? a, object? b, Rendering rendering)
    {
        rendering.Spend();
        Rendering.Deeper();
        if (a is string s && b is string t) return CompareText(s, t);
        if (Values.Number(a) is { } x && Values.Number(b) is { } y)
            return x is long m && y is long n ? m.CompareTo(n) : Convert.ToDouble(x).CompareTo(Convert.ToDouble(y));
        if ((a, b) is (List<object?>, List<object?>) or (object?[], object?[]))
        {
            var (left, right) = (Values.Items(a).ToList(), Values.Items(b).ToList());
            for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
                if (!Equal(left[i], right[i], rendering)) return Compare(left[i], right[i], rendering);
            return left.Count.CompareTo(right.Count);
        }
        throw new Fault($"{Values.Kind(a)} and {Values.Kind(b)} have no order");
    }

    /// <summary>Whether a value is in another: a part of a string, an item of a list, a key of a mapping.</summary>
    public static bool Contains(object? whole, object? part, Rendering rendering) => whole switch
    {
        string text => part is string inner ? text.Contains(inner, StringComparison.Ordinal)
            : throw new Fault($"'in' looks for {Values.Kind(part)} in a string"),
        Dict entries => entries.TryGet(part, out _),
        _ => Values.Items(whole).Any(item => Equal(item, part, rendering)),
    };

    /// <summary>Python's <c>str</c>.</summary>
    public static string Text(object? value, Rendering rendering)
    {
        switch (value)
        {
            case string text: return text;
            case Undefined: return "";
            case null: return "None";
            case bool truth: return truth ? "True" : "False";
            case long number: return number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        var output = new StringBuilder();
        Show(value, output, rendering);
        return rendering.Made(output.ToString());
    }

    /// <summary>Python's <c>repr</c>.</summary>
    public static void Show(object? value, StringBuilder output, Rendering rendering)
    {
        rendering.Spend();
        if (output.Length > Rendering.LongestText) rendering.Room(output.Length);
        Rendering.Deeper();
        switch (value)
        {
            case double number: output.Append(Python.Text(number)); break;
            case string text: Python.Quote(text, output); break;
            case Undefined: output.Append("Undefined"); break;
            case List<object?> items: Show(items, '[', ']', output, rendering); break;
            case object?[] items: Show(items, '(', ')', output, rendering); break;
            case Dict entries:
                output.Append('{');
                foreach (var (i, (key, item)) in entries.Pairs.Index())
                {
                    if (i > 0) output.Append(", ");
                    Show(key, output, rendering);
                    output.Append(": ");
                    Show(item, output, rendering);
                }
                output.Append('}');
                break;
            case null or bool or long: output.Append(Text(value, rendering)); break;
            default: output.Append('<').Append(Values.Kind(value)).Append('>'); break;
        }
    }

    // Strings are ordered by code point; UTF-16 orders what lies above U+FFFF before U+E000.
    public static int CompareText(string a, string b)
    {
        var i = 0;
        while (i < a.Length && i < b.Length && a[i] == b[i]) i++;
        if (i == a.Length || i == b.Length) return a.Length.CompareTo(b.Length);
        return Rank(a[i]).CompareTo(Rank(b[i]));

        static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    static void Show(IReadOnlyList<object?> items, char open, char close, StringBuilder output, Rendering rendering)
    {
        output.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) output.Append(", ");
            Show(items[i], output, rendering);
        }
        if (open == '(' && items.Count == 1) output.Append(',');
        output.Append(close);
    }

    static bool AllEqual(IReadOnlyList<object?> a, IReadOnlyList<object?> b, Rendering rendering)
    {
        if (a.Count != b.Count) return false;
        for (var i = 0; i < a.Count; i++)
            if (!Equal(a[i], b[i], rendering)) return false;
        return true;
    }

    static object? Repeated(object? a, object? b, Rendering rendering)
    {
        if (a is long or bool && b is string or List<object?> or object?[]) (a, b) = (b, a);
        if (a is not (string or List<object?> or object?[]) || Values.Number(b) is not long times) return null;
        times = Math.Clamp(times, 0, int.MaxValue);
        if (a is string text)
        {
            rendering.Room(text.Length * times);
            return string.Concat(Enumerable.Repeat(text, (int)times));
        }
        rendering.RoomForItems(Values.Length(a) * times);
        var items = Enumerable.Repeat(a, (int)times).SelectMany(Values.Items);
        return a is object?[] ? items.ToArray() : items.ToList();
    }

    static object Whole(string sign, long a, long b)
    {
        try
        {
            return sign switch
            {
                "+" => (object)checked(a + b),
                "-" => checked(a - b),
                "*" => checked(a * b),
                "/" => (double)a / Divisor(b),
                "//" => checked(a / Divisor(b)) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
                "%" => b == -1 ? 0L : a % Divisor(b) is var rest && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest,
                _ => b < 0 ? (object)Math.Pow(a, b) : Power(a, b),
            };
        }
        catch (OverflowException)
        {
            throw new Fault($"{a} {sign} {b} is beyond the numbers of 64 bits");
        }
    }

    static long Power(long a, long exponent)
    {
        if (exponent > 64 && a is not (0 or 1 or -1)) throw new OverflowException();
        if (a == -1) return exponent % 2 == 0 ? 1 : -1;
        var result = 1L;
        for (var i = 0L; i < (a is 0 or 1 ? Math.Min(exponent, 1) : exponent); i++) result = checked(result * a);
        return result;
    }

    static long Divisor(long b) => b != 0 ? b : throw new Fault("division by zero");

    static double Real(string sign, double a, double b) => sign switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "**" => Math.Pow(a, b),
        _ when b == 0 => throw new Fault("division by zero"),
        "/" => a / b,
        "//" => Math.Floor(a / b),
        _ => a - b * Math.Floor(a / b),
    };
}

using System.Text;

namespace Anit.Models.Jinja;

/// <summary>The filter <c>tojson</c> as transformers has it: Python's <c>json.dumps</c> with letters kept as they are.</summary>
/// <remarks>Not Jinja's own, which escapes for HTML. With an indent, items stand on lines of their own and the separator is a comma alone.</remarks>
static class Json
{
    /// <summary>Whether and how lines are broken, and what stands between items and behind keys.</summary>
    readonly record struct Layout(string? Indent, string Between, string Colon, bool Sorted, bool Ascii);

    /// <summary>A value as JSON. Arguments: ensure_ascii, indent, separators, sort_keys.</summary>
    public static string Write(object? value, Arguments arguments, Rendering rendering)
    {
        var ascii = arguments.Flag(0, "ensure_ascii", false);
        var indent = arguments.Take(1, "indent", null) switch
        {
            null => null,
            string text => text,
            long n => new string(' ', (int)Math.Clamp(n, 0, 1000)),
            var other => throw new Fault($"tojson wants a number as 'indent', found {Values.Kind(other)}"),
        };
        var separators = arguments.Take(2, "separators", null);
        var sorted = arguments.Flag(3, "sort_keys", false);
        var layout = separators is null ? new Layout(indent, indent is null ? ", " : ",", ": ", sorted, ascii)
            : Values.Items(separators).ToList() is [string between, string colon] ? new(indent, between, colon, sorted, ascii)
            : throw new Fault("tojson wants two strings as 'separators'");
        var output = new StringBuilder();
        Write(value, output, layout, "\n", rendering);
        return rendering.Made(output.ToString());
    }

    static void Write(object? value, StringBuilder output, Layout layout, string line, Rendering rendering)
    {
        rendering.Spend();
        if (output.Length > Rendering.LongestText) rendering.Room(output.Length);
        Rendering.Deeper();
        switch (value)
        {
            case null: output.Append("null"); break;
            case bool truth: output.Append(truth ? "true" : "false"); break;
            case long number: output.Append(number); break;
            case double number: output.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity"
                : Python.Text(number)); break;
            case string text: Quote(text, output, layout.Ascii); break;
            case List<object?> or object?[]:
                var items = (IReadOnlyList<object?>)value;
                Items('[', ']', items.Select(item => (Action<string>)(inner => Write(item, output, layout, inner, rendering))), output, layout, line);
                break;
            case Dict entries:
                var pairs = layout.Sorted ? entries.Pairs.OrderBy(p => p.Key as string ?? throw new Fault("tojson sorts keys that are strings"),
                    Comparer<string>.Create(Operations.CompareText)) : entries.Pairs;
                Items('{', '}', pairs.Select(p => (Action<string>)(inner =>
                {
                    Quote(p.Key as string ?? Operations.Text(p.Key, rendering), output, layout.Ascii);
                    output.Append(layout.Colon);
                    Write(p.Value, output, layout, inner, rendering);
                })), output, layout, line);
                break;
            default: throw new Fault($"tojson of {Values.Kind(value)} is not possible");
        }
    }

    static void Items(char open, char close, IEnumerable<Action<string>> items, StringBuilder output, Layout layout, string line)
    {
        output.Append(open);
        var inner = line + layout.Indent;
        var any = false;
        foreach (var write in items)
        {
            if (any) output.Append(layout.Between);
            if (layout.Indent is not null) output.Append(inner);
            any = true;
            write(inner);
        }
        if (any && layout.Indent is not null) output.Append(line);
        output.Append(close);
    }

    static void Quote(string text, StringBuilder output, bool ascii)
    {
        output.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"': output.Append("\\\""); break;
                case '\\': output.Append("\\\\"); break;
                case '\n': output.Append("\\n"); break;
                case '\r': output.Append("\\r"); break;
                case '\t': output.Append("\\t"); break;
                case '\b': output.Append("\\b"); break;
                case '\f': output.Append("\\f"); break;
                case < ' ': output.Append($"\\u{(int)c:x4}"); break;
                case > '~' when ascii: output.Append($"\\u{(int)c:x4}"); break;
                default: output.Append(c); break;
            }
        }
        output.Append('"');
    }
}

using System.Globalization;

namespace Anit.Models.Jinja;

/// <summary>A template in Jinja, as far as Hugging Face's chat templates use it: <c>new JinjaTemplate("{{ a + 1 }}", "x").Render(...)</c>.</summary>
/// <remarks>Rendering equals Jinja's own (3.1) with transformers' settings: whitespace control (<see cref="Lexer"/>), <c>break</c> and
/// <c>continue</c>, <c>generation</c> blocks (rendered, otherwise without effect), <c>tojson</c>, <c>raise_exception</c>,
/// <c>strftime_now</c>. Values never change and nothing outside can be reached. Integers have 64 bits, letters change case one by one.
/// No template takes more than a few seconds, 32 Mi characters or the stack: it ends with an error instead.</remarks>
public sealed class JinjaTemplate
{
    readonly Block body;
    readonly string name;

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="name">What it is called in messages: its file.</param>
    /// <exception cref="InvalidDataException">It is no Jinja, or uses what is not supported.</exception>
    public JinjaTemplate(string source, string name)
    {
        this.name = name;
        body = TemplateParser.Parse(source, name);
    }

    /// <summary>Renders it.</summary>
    /// <param name="variables">What its names stand for: strings, numbers, booleans, null, sequences, dictionaries, JSON.</param>
    /// <param name="now">What <c>strftime_now</c> formats; without it the function is not defined, as templates allow for. Never the clock.</param>
    /// <exception cref="InvalidDataException">It fails, or says so itself by <c>raise_exception</c>.</exception>
    public string Render(IEnumerable<KeyValuePair<string, object?>> variables, DateTime? now = null)
    {
        var globals = new Scope(null);
        globals["range"] = (Callable)Range;
        globals["namespace"] = (Callable)NewNamespace;
        globals["dict"] = (Callable)NewDict;
        globals["raise_exception"] = (Callable)((rendering, arguments) => throw new Fault(Operations.Text(arguments.Need(0, "message"), rendering)));
        if (now is { } time) globals["strftime_now"] = (Callable)((_, arguments) => Time(time, arguments));
        var given = new Scope(globals);
        foreach (var (key, value) in variables) given[key] = Values.From(value);

        var rendering = new Rendering();
        try
        {
            body.Run(new(given), rendering);
            return rendering.Output;
        }
        catch (Fault fault)
        {
            throw TemplateError.At(name, rendering.Line, fault.Message);
        }
    }

    static object? Range(Rendering rendering, Arguments arguments)
    {
        var numbers = arguments.Positional.Select(a => Values.Number(a) is long n ? n
            : throw new Fault($"range wants integers, found {Values.Kind(a)}")).ToArray();
        var (from, to, step) = numbers switch
        {
            [var end] => (0L, end, 1L),
            [var start, var end] => (start, end, 1L),
            [var start, var end, var by] => (start, end, by),
            _ => throw new Fault($"range takes one to three integers, found {numbers.Length}"),
        };
        if (step == 0) throw new Fault("the step of a range is 0");
        var count = Math.Max(0, Math.Ceiling(((double)to - from) / step));
        rendering.RoomForItems(count > long.MaxValue ? long.MaxValue : (long)count);
        return Enumerable.Range(0, (int)count).Select(i => (object?)(from + i * step)).ToList();
    }

    static object? NewNamespace(Rendering rendering, Arguments arguments)
    {
        var space = new Namespace();
        foreach (var (key, value) in Pairs(arguments))
            space.Attributes[key as string ?? throw new Fault("an attribute is named by a string")] = value;
        return space;
    }

    static object? NewDict(Rendering rendering, Arguments arguments) => Dict.Of(Pairs(arguments));

    // A mapping or pairs, then named values.
    static IEnumerable<(object Key, object? Value)> Pairs(Arguments arguments)
    {
        foreach (var given in arguments.Positional)
        {
            foreach (var pair in given is Dict entries ? entries.Pairs.Select(p => (object?)new[] { p.Key, p.Value }) : Values.Items(given))
                yield return Values.Items(pair).ToArray() is [{ } key, var value] ? (key, value) : throw new Fault("a mapping is made of pairs");
        }
        foreach (var (name, value) in arguments.Named) yield return (name, value);
    }

    static string Time(DateTime time, Arguments arguments)
    {
        var format = arguments.Text(0, "format", null) ?? throw new Fault("strftime_now wants a format");
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var plain = format[++i] == '-' && i + 1 < format.Length; // %-d: without a zero before it
            if (plain) i++;
            var part = Part(time, format[i]);
            text.Append(plain ? part.TrimStart('0') is { Length: > 0 } short_ ? short_ : "0" : part);
        }
        return text.ToString();
    }

    static string Part(DateTime time, char code) => code switch
    {
        '%' => "%",
        'a' => Format(time, "ddd"),
        'A' => Format(time, "dddd"),
        'b' or 'h' => Format(time, "MMM"),
        'B' => Format(time, "MMMM"),
        'd' => Format(time, "dd"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'F' => Format(time, "yyyy-MM-dd"),
        'H' => Format(time, "HH"),
        'I' => Format(time, "hh"),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'm' => Format(time, "MM"),
        'M' => Format(time, "mm"),
        'n' => "\n",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'S' => Format(time, "ss"),
        'T' => Format(time, "HH:mm:ss"),
        'y' => Format(time, "yy"),
        'Y' => Format(time, "yyyy"),
        _ => throw new Fault($"strftime_now does not know %{code}"),
    };

    static string Format(DateTime time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}

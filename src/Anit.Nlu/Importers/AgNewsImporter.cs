using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Anit.Nlu.Importers;

/// <summary>AG News (Zhang et al. 2015, arXiv:1509.01626): <c>"class","title","description"</c>, one physical line a row, with or without a
/// header.</summary>
/// <remarks>The text is title and description joined by a space. A backslash stands where the source had a line break and becomes a space; runs of
/// white space become one space.</remarks>
static partial class AgNewsImporter
{
    static readonly LabelTable Labels = new([("1", "World"), ("2", "Sports"), ("3", "Business"), ("4", "Sci/Tech")]);

    public static ImportFormat Format { get; } = new("agnews", Read, (NluTask.Classification, Labels));

    static IEnumerable<NluRow> Read(ImportContext context) =>
        context.Rows(source => LineSource.Records(source, IsHeader), (line, number) => Row(context, line, number));

    // "Class Index","Title","Description" and its like: the names of the last two columns tell.
    static bool IsHeader(string line) =>
        line.Split(',').Select(name => name.Trim(' ', '"').ToLowerInvariant()).ToArray()
            is [not ("1" or "2" or "3" or "4"), "title", "description" or "text"];

    static NluRow Row(ImportContext context, Line line, long number)
    {
        var fields = Fields(line);
        if (fields.Count != 3) throw line.At.Bad($"{fields.Count} fields", "3 (class, title, description)");
        var text = Spelled($"{fields[1]} {fields[2]}", context.Options.DecodeHtml);
        if (text.Length == 0) throw line.At.Bad("no title and no description", "text");
        return context.Class(number, text, context.Name(fields[0].Trim(), line.At));
    }

    static string Spelled(string text, bool decode)
    {
        var line = text.Replace('\\', ' ');
        if (decode) line = WebUtility.HtmlDecode(HalfEntity().Replace(line, "&${entity};"));
        return string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    // An entity that lost its ampersand on the way.
    [GeneratedRegex(@"(?<![&\w])(?<entity>#\d{1,5}|quot|amp|lt|gt|nbsp);")]
    private static partial Regex HalfEntity();

    static List<string> Fields(Line line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var text = line.Text;
        for (var i = 0; i <= text.Length; i++)
        {
            field.Clear();
            if (i < text.Length && text[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i >= text.Length) throw line.At.Bad("a quote that is never closed", "a row on one line");
                    if (text[i] != '"') field.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
                    else break;
                }
                if (++i < text.Length && text[i] != ',')
                    throw line.At.Bad($"{Shown.Of(text[i..])} after a closing quote", "a comma; double quotes inside fields");
            }
            else
            {
                for (; i < text.Length && text[i] != ','; i++) field.Append(text[i]);
            }
            fields.Add(field.ToString());
        }
        return fields;
    }
}

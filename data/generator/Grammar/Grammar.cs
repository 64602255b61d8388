using System.Reflection;

namespace Anit.Samples;

/// <summary>All symbols of the lexicon: those with productions and those that are lists of words.</summary>
/// <remarks>Text format: <c>name:</c> heads productions, one a line; <c>name =</c> heads words between spaces, an
/// underscore standing for a space; <c>#</c> begins a remark. Heads may appear again to add to a symbol.</remarks>
internal sealed class Grammar
{
    readonly Dictionary<string, List<Production>> symbols = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<string>> lists = new(StringComparer.Ordinal);

    /// <summary>The lexicon that is built into this program.</summary>
    public static Grammar Standard { get; } = FromResources();

    public IEnumerable<string> Symbols => symbols.Keys.Concat(lists.Keys);

    public IReadOnlyDictionary<string, List<string>> Lists => lists;

    public bool Has(string name) => symbols.ContainsKey(name) || lists.ContainsKey(name);

    public IReadOnlyList<Production>? Productions(string name) => symbols.GetValueOrDefault(name);

    public IReadOnlyList<string> Words(string name) =>
        lists.GetValueOrDefault(name) ?? throw new KeyNotFoundException($"the lexicon has no list '{name}'");

    /// <summary>The records of a table: lines of cells between bars, as <c>labels</c> holds them.</summary>
    public static IEnumerable<string[]> Table(string resource) =>
        Lines(resource).Select(line => line.Split('|', StringSplitOptions.TrimEntries));

    public void Add(string source, IEnumerable<string> lines)
    {
        List<Production>? productions = null;
        List<string>? words = null;
        foreach (var line in lines)
        {
            if (!line.StartsWith(' '))
            {
                var list = line.EndsWith('=');
                var name = line.TrimEnd('=', ':', ' ');
                if (!list && !line.EndsWith(':')) throw new FormatException($"{source}: '{line}' should end with ':' or '='");
                productions = list ? null : Of(symbols, name);
                words = list ? Of(lists, name) : null;
            }
            else if (words is not null)
                words.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace('_', ' ')));
            else if (productions is not null)
                productions.Add(ProductionParser.Parse(line.Trim()));
        }
    }

    static List<T> Of<T>(Dictionary<string, List<T>> table, string name) =>
        table.TryGetValue(name, out var found) ? found : table[name] = [];

    static Grammar FromResources()
    {
        var grammar = new Grammar();
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames().Order(StringComparer.Ordinal))
            if (!name.StartsWith("labels", StringComparison.Ordinal) && !name.StartsWith("instructions/", StringComparison.Ordinal))
                grammar.Add(name, Lines(name));
        return grammar;
    }

    static IEnumerable<string> Lines(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var remark = line.IndexOf("# ", StringComparison.Ordinal);
            if (remark >= 0) line = line[..remark];
            if (line.Trim().Length > 0) yield return line.TrimEnd();
        }
    }
}

using System.Text;
using System.Text.RegularExpressions;

namespace Anit.Data.United;

/// <summary>Finds the files that a pattern names: * and ? within a name, [0-9] for one letter of some, ** for any folders.</summary>
static class PathPattern
{
    const string AnyFolders = "**";

    /// <summary>Whether a name has letters of a pattern.</summary>
    public static bool IsOne(string path) => path.AsSpan().IndexOfAny("*?[") >= 0;

    /// <summary>The files, each once, in natural order; names that begin with a dot only where the pattern says the dot.</summary>
    public static IReadOnlyList<string> Files(string pattern)
    {
        var names = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var start = pattern.StartsWith('/') ? "/" : "";
        return [.. Files(start, names).Distinct(StringComparer.Ordinal).Order(NaturalOrder.Instance)];
    }

    static IEnumerable<string> Files(string folder, ReadOnlyMemory<string> names)
    {
        var (name, rest) = (names.Span[0], names[1..]);
        var last = rest.IsEmpty;
        if (name == AnyFolders)
        {
            foreach (var inside in last ? Within(folder) : Folders(folder).Prepend(folder).SelectMany(f => Files(f, rest))) yield return inside;
        }
        else if (!IsOne(name))
        {
            var path = Path.Join(folder, name);
            if (last ? File.Exists(path) : Directory.Exists(path))
                foreach (var found in last ? [path] : Files(path, rest)) yield return found;
        }
        else
        {
            var fits = Expression(name);
            foreach (var path in Children(folder, folders: !last))
                if (fits.IsMatch(Path.GetFileName(path)) && (name[0] == '.' || Path.GetFileName(path)[0] != '.'))
                    foreach (var found in last ? [path] : Files(path, rest)) yield return found;
        }
    }

    static IEnumerable<string> Within(string folder) =>
        Folders(folder).Prepend(folder).SelectMany(f => Children(f, folders: false)).Where(path => Path.GetFileName(path)[0] != '.');

    // Links are not followed: they may lead in circles.
    static IEnumerable<string> Folders(string folder)
    {
        foreach (var child in Children(folder, folders: true).Order(NaturalOrder.Instance))
        {
            if (Path.GetFileName(child)[0] == '.' || new DirectoryInfo(child).LinkTarget is not null) continue;
            yield return child;
            foreach (var deeper in Folders(child)) yield return deeper;
        }
    }

    static IEnumerable<string> Children(string folder, bool folders)
    {
        var here = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(here)) return [];
        var names = folders ? Directory.EnumerateDirectories(here) : Directory.EnumerateFiles(here);
        return folder.Length == 0 ? names.Select(name => name[2..]) : names; // without the "./" that the user did not type
    }

    static Regex Expression(string name)
    {
        var text = new StringBuilder("^");
        for (var i = 0; i < name.Length; i++)
        {
            var end = name[i] == '[' ? name.IndexOf(']', Math.Min(i + 2, name.Length)) : -1;
            if (end > 0)
            {
                var letters = name[(i + 1)..end];
                var none = letters[0] is '!' or '^';
                text.Append(none ? "[^" : "[").Append((none ? letters[1..] : letters).Replace("\\", "\\\\").Replace("[", "\\[")
                    .Replace("^", "\\^")).Append(']');
                i = end;
            }
            else text.Append(name[i] switch { '*' => ".*", '?' => ".", var letter => Regex.Escape($"{letter}") });
        }
        return new Regex(text.Append('$').ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }
}

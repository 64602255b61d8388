using System.CommandLine;

namespace Anit.Cli;

/// <summary>Finds the option or word a user most likely meant.</summary>
public static class Nearest
{
    /// <summary>"; did you mean --omega?" where an unknown option in <paramref name="message"/> is close to a known one, else empty.</summary>
    internal static string Hint(ParseResult given, string message)
    {
        var quote = message.IndexOf('\'', StringComparison.Ordinal);
        var end = quote < 0 ? -1 : message.IndexOf('\'', quote + 1);
        if (end < 0 || !message.StartsWith("Unrecognized", StringComparison.Ordinal)) return "";
        var name = Of(message[(quote + 1)..end], Known(given.CommandResult.Command));
        return name is null ? "" : $"; did you mean {name}?";
    }

    /// <summary>The nearest candidate within a third of its length in edits, or null.</summary>
    public static string? Of(string word, IEnumerable<string> candidates) =>
        candidates.Select(c => (Name: c, Edits: Edits(word, c)))
                  .Where(c => c.Edits <= Math.Max(1, c.Name.Length / 3))
                  .OrderBy(c => c.Edits).ThenBy(c => c.Name, StringComparer.Ordinal)
                  .Select(c => c.Name).FirstOrDefault();

    static IEnumerable<string> Known(Command command) =>
        command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)).Concat(command.Subcommands.Select(c => c.Name));

    // Damerau's distance, each pair swapped once: two neighbouring letters in each other's place are one slip.
    static int Edits(string a, string b)
    {
        var (before, last, row) = (new int[b.Length + 1], new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray());
        for (var i = 1; i <= a.Length; i++)
        {
            (before, last, row) = (last, row, before);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
        }
        return row[b.Length];
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using System.Text;

namespace Anit.Cli;

/// <summary><c>--man</c>: the manual page of a tool and all its commands, made from the text of their help.</summary>
/// <remarks>Reading the help that users see, instead of the options behind it, leaves no second text that could say something else.</remarks>
static class ManPage
{
    public static void Install(RootCommand root)
    {
        var man = new Option<bool>("--man") { Description = $"Print the manual page, as in: {root.Name} --man | man -l -" };
        man.Action = new Completion.Printing(_ => Of(root));
        root.Options.Add(man);
    }

    static string Of(RootCommand root)
    {
        var version = (Assembly.GetEntryAssembly() ?? typeof(ManPage).Assembly).GetName().Version?.ToString(3);
        var page = new StringBuilder($".TH {Plain(root.Name.ToUpperInvariant())} 1 \"\" \"anit {version}\" \"ANIT\"\n.ad l\n.nh\n");
        page.Append($".SH NAME\n{Plain(root.Name)} \\- {Plain(root.Description ?? "")}\n");
        var sections = Sections(root, []);
        var known = Rows(sections, "Options").Select(row => row.Left).ToHashSet(StringComparer.Ordinal);
        page.Append($".SH SYNOPSIS\n{Text(sections, "Usage")}\n");
        Examples(page, ".SH EXAMPLES\n", sections);
        Table(page, ".SH ARGUMENTS\n", Rows(sections, "Arguments"));
        Table(page, ".SH OPTIONS\n", Rows(sections, "Options"));
        if (root.Subcommands.Count > 0)
        {
            page.Append(".SH COMMANDS\n");
            page.Append(".PP\nEvery command takes the options above, too, but for those that print something of the tool as a whole.\n");
            foreach (var command in root.Subcommands) Command(page, root, [command], sections, known);
        }
        page.Append(".SH EXIT STATUS\n");
        Table(page, "", [("0", "Done."), ("1", "The work failed."), ("2", "The command line is wrong."), ("3", "The input data is bad."),
            ("4", "The network or a remote service failed."), ("70", "A bug of ours; comes with its trace."),
            ("75", "Stopped after writing a checkpoint: run again."), ("130", "Interrupted."), ("143", "Terminated.")]);
        return page.ToString();
    }

    static void Command(StringBuilder page, RootCommand root, Command[] path, Dictionary<string, List<string>> above, HashSet<string> known)
    {
        var sections = Sections(root, path);
        var told = Rows(above, "Commands").Select(row => row.Left).FirstOrDefault(left => left.Split(' ')[0] == path[^1].Name) ?? path[^1].Name;
        var title = string.Join(' ', path.SkipLast(1).Select(c => c.Name).Append(told));
        page.Append($".SS \"{Plain(title)}\"\n{Text(sections, "Description")}\n.PP\n{Text(sections, "Usage")}\n");
        Examples(page, ".PP\n", sections);
        Table(page, "", Rows(sections, "Arguments"));
        Table(page, "", [.. Rows(sections, "Options").Where(row => !known.Contains(row.Left))]);
        foreach (var below in path[^1].Subcommands) Command(page, root, [.. path, below], sections, known);
    }

    // Lines under each heading of a command's help.
    static Dictionary<string, List<string>> Sections(RootCommand root, Command[] path)
    {
        using var output = new StringWriter();
        foreach (var help in root.Options.OfType<HelpOption>()) Help.Unwrapped(help);
        root.Parse([.. path.Select(c => c.Name), "--help"]).Invoke(new() { Output = output, EnableDefaultExceptionHandler = false });
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? lines = null;
        foreach (var line in output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd()))
        {
            if (line.Length == 0) continue;
            if (line[0] != ' ') sections[line.TrimEnd(':').Replace("Examples", "Example", StringComparison.Ordinal)] = lines = [];
            else lines?.Add(line[2..]);
        }
        return sections;
    }

    static List<(string Left, string Right)> Rows(Dictionary<string, List<string>> sections, string name)
    {
        var rows = new List<(string, string)>();
        foreach (var line in sections.GetValueOrDefault(name) ?? [])
        {
            var gap = line.IndexOf("  ", StringComparison.Ordinal);
            rows.Add(gap < 0 ? (line, "") : (line[..gap], line[gap..].TrimStart()));
        }
        return rows;
    }

    static string Text(Dictionary<string, List<string>> sections, string name) =>
        string.Join("\n.br\n", (sections.GetValueOrDefault(name) ?? []).Select(Plain));

    static void Examples(StringBuilder page, string heading, Dictionary<string, List<string>> sections)
    {
        if (sections.GetValueOrDefault("Example") is not { Count: > 0 } lines) return;
        page.Append(heading).Append(".nf\n");
        foreach (var line in lines) page.Append($"    {Plain(line)}\n");
        page.Append(".fi\n");
    }

    static void Table(StringBuilder page, string heading, List<(string Left, string Right)> rows)
    {
        if (rows.Count == 0) return;
        page.Append(heading);
        foreach (var (left, right) in rows) page.Append($".TP\n\\fB{Plain(left)}\\fR\n{Plain(right)}\n");
    }

    // roff's own signs: a backslash, a dash that must stay one, quotes that it would make curly, and a dot or apostrophe that begins a line.
    static string Plain(string text)
    {
        var plain = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("'", "\\(aq", StringComparison.Ordinal).Replace("`", "\\(ga", StringComparison.Ordinal)
            .Replace("^", "\\(ha", StringComparison.Ordinal).Replace("~", "\\(ti", StringComparison.Ordinal);
        return plain.Length > 0 && plain[0] == '.' ? "\\&" + plain : plain;
    }
}

using System.CommandLine;
using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Reports;

/// <summary><c>--report</c>: a page that a tool writes beside its result. It replaces nothing but an earlier report of the same tool.</summary>
static class ReportFile
{
    /// <summary>The option.</summary>
    public static Option<string?> Option(string holds) =>
        new("--report") { Description = $"Write an HTML page to this file: {holds}.", HelpName = "file" };

    /// <summary>Refuses a place that holds something else, before any work is done.</summary>
    /// <param name="path">The place; null for no report.</param>
    /// <param name="tool">Whose reports may be replaced.</param>
    /// <param name="force">Replace anything but what is read or written.</param>
    /// <param name="others">What is read or written; null and - are no files.</param>
    public static void Check(string? path, string tool, bool force, params IEnumerable<string?> others) =>
        Check(path, tool, force, "--report", others);

    /// <summary>The same for another option that names such a file.</summary>
    public static void Check(string? path, string tool, bool force, string option, IEnumerable<string?> others)
    {
        if (path is null) return;
        if (Streams.IsStandard(path)) throw new UserError($"{option} is -, where rows or scores go; name a file", Exit.Usage);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new UserError($"{path}: there is no directory {folder}; make it first", Exit.Usage);
        if (others.FirstOrDefault(other => !Streams.IsStandard(other) && Same(other!, path)) is { } same)
            throw new UserError($"{option} {path} is {same}, which is read or written, too; name another file", Exit.Usage);
        if (FileFacts.Of(path) is not { } there || there.Kind == FileKind.Special) return;
        if (there.Kind == FileKind.Directory) throw new UserError($"{path}: is a directory; name a file", Exit.Usage);
        if (!force && new FileInfo(path).Length > 0 && !IsOurs(path, tool))
            throw new UserError($"{path} is there already and is no report of {tool}; name another file, or replace it with --force");
    }

    /// <summary>Writes a page as a whole.</summary>
    public static void Write(string path, ReportPage page)
    {
        using var file = new AtomicFile(path);
        page.Write(file.Stream);
        file.Commit();
    }

    static bool Same(string one, string other) => Path.GetFullPath(one) == Path.GetFullPath(other) ||
        (FileFacts.Of(one) is { } there && FileFacts.Of(other) is { } here && there == here);

    static bool IsOurs(string path, string tool)
    {
        const int Head = 1_024;
        using var file = new StreamReader(path);
        var start = new char[Head];
        return new string(start, 0, file.ReadBlock(start)).Contains(ReportPage.Mark(tool), StringComparison.Ordinal);
    }
}

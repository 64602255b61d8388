using Anit.Cli;
using Anit.Data;

namespace Anit.Tools.Data;

/// <summary>A folder of tables that a command writes as a whole.</summary>
static class TableFolder
{
    /// <summary>Refuses a place where it cannot be, where the input lies, or where something is that the command may not replace: without --force
    /// anything, with it all but a folder of tables of ours.</summary>
    public static async Task CheckAsync(string folder, IEnumerable<string?> inputs, bool force, CancellationToken stop)
    {
        var full = Path.GetFullPath(folder).TrimEnd('/');
        if (File.Exists(full)) throw new UserError($"{folder}: is a file; name a folder", Exit.Usage);
        if (inputs.Any(path => path is not null && Path.GetFullPath(path).StartsWith(full + "/", StringComparison.Ordinal)))
            throw new UserError($"{folder}: what is read lies there; name another folder", Exit.Usage);
        if (!Directory.Exists(Path.GetDirectoryName(full)))
            throw new UserError($"{folder}: there is no directory {Path.GetDirectoryName(full)}; make it first", Exit.Usage);
        if (!Directory.Exists(full)) return;
        if (!force && Directory.EnumerateFileSystemEntries(full).Any())
            throw new UserError($"{folder} is there already and not empty; name another folder, or replace it with --force");
        foreach (var path in Directory.EnumerateFileSystemEntries(full, "*", SearchOption.AllDirectories))
            if (!await IsOurs(path, full, stop))
                throw new UserError($"{folder} holds {Path.GetRelativePath(full, path)}, which is not of ours; name another folder, or move it away");
    }

    static async Task<bool> IsOurs(string path, string folder, CancellationToken stop)
    {
        if (File.GetAttributes(path) is var kind && kind.HasFlag(FileAttributes.ReparsePoint)) return false;
        if (kind.HasFlag(FileAttributes.Directory)) return true; // what it holds comes by itself
        if (path == Path.Combine(folder, "README.md")) return File.ReadLines(path).Take(3).Contains("dataset_info:"); // a card
        if (Path.GetExtension(path) != ".parquet") return false;
        try
        {
            return (await ParquetFooter.ReadAsync(path, stop)).CreatedBy.StartsWith("anit version ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is DataFormatException or UnsupportedTypeException)
        {
            return false;
        }
    }
}

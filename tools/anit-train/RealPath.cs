using System.Runtime.InteropServices;

namespace Anit.Tools.Train;

/// <summary>Paths with their symbolic links resolved, so that a folder has one name, and the one step that swaps two of them.</summary>
static partial class RealPath
{
    const int Here = -100, Swap = 2; // AT_FDCWD, RENAME_EXCHANGE of renameat2(2)

    /// <summary>The absolute path without links; what does not exist stays as it is named.</summary>
    public static string Of(string path) => Of(path, links: 40);

    /// <summary>Whether a path, already resolved, is a folder or lies in it.</summary>
    public static bool Inside(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>Swaps two folders in one step; false where the system or its file system cannot.</summary>
    public static bool Exchange(string one, string other)
    {
        try
        {
            return OperatingSystem.IsLinux() && Rename(Here, one, Here, other, Swap) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // a C library without it
        }
    }

    static string Of(string path, int links)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } above) return full;
        var there = Path.Combine(Of(above, links), Path.GetFileName(full));
        return links > 0 && new FileInfo(there).LinkTarget is { } target ? Of(Path.Combine(Path.GetDirectoryName(there)!, target), links - 1) : there;
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Anit.Data;

/// <summary>A file written beside its place and renamed when whole: readers see the old content or the new, never half.</summary>
/// <remarks>The temporary file goes when this is disposed without <see cref="Commit"/> and when the process ends in any
/// way that runs exit handlers (return, exit, SIGTERM). What a killed process left is not locked any more, which is how the
/// next one that writes this file knows to remove it. A pipe or a device is written in place.</remarks>
public sealed class AtomicFile : IDisposable
{
    const int LongestName = 255; // bytes, on Linux's file systems

    static readonly ConcurrentDictionary<string, byte> Open = new();

    const int MostLinks = 40; // as Linux follows

    readonly string temporary;
    bool done; // nothing is left to rename or to remove

    static AtomicFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Abandoned.Delete(Open.Keys);

    /// <summary>Begins to write what will be <paramref name="path"/>.</summary>
    public AtomicFile(string path)
    {
        // A link stays; what it leads to is replaced.
        Path = System.IO.Path.GetFullPath(path);
        for (var links = 0; links < MostLinks && new FileInfo(Path).LinkTarget is { } target; links++)
            Path = System.IO.Path.GetFullPath(target, System.IO.Path.GetDirectoryName(Path)!);
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (Directory.Exists(Path)) throw new IOException($"{path} is a directory; name a file");
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{path}: there is no directory {folder}; make it first");
        if (FileFacts.Of(Path)?.Kind == FileKind.Special)
        {
            (temporary, done) = (Path, true);
            Stream = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return;
        }
        var bytes = Encoding.UTF8.GetByteCount(System.IO.Path.GetFileName(Path));
        if (bytes > LongestName) throw new IOException($"{path}: the name has {bytes} bytes, expected at most {LongestName}; choose a shorter one");
        var start = $".{Short(System.IO.Path.GetFileName(Path))}.";
        try
        {
            Abandoned.Remove(Directory.EnumerateFiles(folder, ".*.tmp").Where(other => IsTemporary(System.IO.Path.GetFileName(other), start)));
            Stream = Abandoned.Create(() => Name(System.IO.Path.Combine(folder, start)), FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: no file can be written in {folder}: {Errno.Reason(error)}", error);
        }
        temporary = Stream.Name;
    }

    /// <summary>The full path of the file to be.</summary>
    public string Path { get; }

    /// <summary>Where to write; unbuffered.</summary>
    public FileStream Stream { get; }

    // A long name is told from others by its digest.
    static string Short(string name)
    {
        const int Around = 18; // what comes before and after it
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length + Around <= LongestName ? name : Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    static bool IsTemporary(string name, string start)
    {
        const int Random = 12; // letters of GetRandomFileName: eight, a dot, three
        return name.StartsWith(start, StringComparison.Ordinal) && name.Length == start.Length + Random + ".tmp".Length
            && name[start.Length + 8] == '.';
    }

    // Known before it exists, so that it is removed whenever the process ends.
    static string Name(string start)
    {
        var path = $"{start}{System.IO.Path.GetRandomFileName()}.tmp";
        Open[path] = 0;
        return path;
    }

    /// <summary>Flushes to the disk and puts the file in its place.</summary>
    public void Commit()
    {
        if (done)
        {
            Stream.Dispose();
            return;
        }
        Disk.Flush(Stream);
        File.Move(temporary, Path, overwrite: true); // still locked, so that no other process removes it in between
        Stream.Dispose();
        done = true;
        Open.TryRemove(temporary, out _);
    }

    /// <summary>Removes the temporary file unless it was committed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (done) return;
        done = true;
        Abandoned.Delete([temporary]);
        Open.TryRemove(temporary, out _);
    }
}

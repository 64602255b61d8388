using System.Collections.Concurrent;

namespace Anit.Data;

/// <summary>A file written beside its place and renamed when whole: readers see the old content or the new, never half.</summary>
/// <remarks>The temporary file goes when this is disposed without <see cref="Commit"/> and when the process ends in any
/// way that runs exit handlers (return, exit, SIGTERM).</remarks>
public sealed class AtomicFile : IDisposable
{
    static readonly ConcurrentDictionary<string, byte> Open = new();

    readonly string temporary;
    bool done;

    static AtomicFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var path in Open.Keys) File.Delete(path);
    };

    /// <summary>Begins to write what will be <paramref name="path"/>.</summary>
    public AtomicFile(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (Directory.Exists(Path)) throw new IOException($"{path} is a directory; name a file");
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{path}: there is no directory {folder}; make it first");
        temporary = System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(Path)}.{System.IO.Path.GetRandomFileName()}.tmp");
        Open[temporary] = 0;
        Stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>The full path of the file to be.</summary>
    public string Path { get; }

    /// <summary>Where to write; unbuffered.</summary>
    public FileStream Stream { get; }

    /// <summary>Flushes to the disk and puts the file in its place.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(temporary, Path, overwrite: true);
        done = true;
        Open.TryRemove(temporary, out _);
    }

    /// <summary>Removes the temporary file unless it was committed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (done) return;
        done = true;
        File.Delete(temporary);
        Open.TryRemove(temporary, out _);
    }
}

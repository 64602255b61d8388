namespace Anit.Data.Receipts;

/// <summary>A folder of finished results by the key of the receipt that promises them.</summary>
/// <remarks>Entries appear whole or not at all: each is written beside its place, forced to disk and renamed. Two processes
/// may work on one key, the later rename wins and both wrote the same rows. What a killed process left is not locked any
/// more, which is how the next one knows to remove it.</remarks>
public sealed class ResultCache
{
    readonly string folder, work;

    /// <summary>Opens the cache in a folder, made when missing.</summary>
    public ResultCache(string folder)
    {
        this.folder = folder;
        work = Path.Combine(folder, "tmp");
        Directory.CreateDirectory(work);
        Abandoned.Remove(Directory.EnumerateFiles(work));
    }

    /// <summary>The path of a result, or null when the cache does not have it.</summary>
    public string? Find(string key) => PathOf(key) is var path && File.Exists(path) ? path : null;

    /// <summary>Begins a result; it becomes visible when its <see cref="CacheEntry.Keep"/> is called.</summary>
    public CacheEntry Begin(string key)
    {
        var file = Abandoned.Create(() => Path.Combine(work, $"{Path.GetFileName(PathOf(key))}.{Path.GetRandomFileName()}"), FileShare.None);
        return new CacheEntry(this, file, file.Name, PathOf(key));
    }

    internal string PathOf(string key)
    {
        var name = key.StartsWith("sha256:", StringComparison.Ordinal) ? key[7..] : key;
        if (name.Length < 8 || name.Any(letter => !char.IsAsciiHexDigitLower(letter)))
            throw new ArgumentException($"'{key}' is no cache key", nameof(key));
        return Path.Combine(folder, name[..2], name + ".arrow");
    }
}

/// <summary>A result on its way into the cache; disposing it without <see cref="Keep"/> leaves no trace.</summary>
public sealed class CacheEntry : IDisposable
{
    readonly ResultCache cache;
    readonly string temporary, place;
    bool kept;

    internal CacheEntry(ResultCache cache, FileStream file, string temporary, string place) =>
        (this.cache, File, this.temporary, this.place) = (cache, file, temporary, place);

    /// <summary>Where the result is written.</summary>
    public FileStream File { get; }

    /// <summary>Makes the result visible to all, also under another key when one is given.</summary>
    public void Keep(string? alsoAs = null)
    {
        Disk.Flush(File);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        System.IO.File.Move(temporary, place, overwrite: true); // still locked, so that no other process removes it in between
        kept = true;
        File.Dispose();
        if (alsoAs is null || cache.PathOf(alsoAs) is var other && (other == place || System.IO.File.Exists(other))) return;
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        try
        {
            System.IO.File.Delete(other); // a link whose target is gone
            System.IO.File.CreateSymbolicLink(other, Path.GetRelativePath(Path.GetDirectoryName(other)!, place));
        }
        catch (IOException) when (Path.Exists(other))
        {
            // Another process made the same link first.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Dispose();
        if (!kept) System.IO.File.Delete(temporary);
    }
}
